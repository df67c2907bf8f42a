/** Errors in the reader's language. */

import { has, t } from './i18n.js';
import { h } from './dom.js';

export function describe(error) {
  const key = `error.${error.code}`;
  return has(key) ? t(key) : t('error.server', { message: error.message || error.code || String(error) });
}

/** A notice with a button that tries again. */
export function errorNotice(error, retry) {
  return h('div', { class: 'notice notice-error', role: 'alert' },
    h('p', {}, describe(error)),
    h('button', { type: 'button', onclick: retry }, t('error.retry')));
}
