/** The words for what a scoring rule measures: a presence rule only sees whether a face is in front of the camera. */

import { h, put, write } from './dom.js';
import { t } from './i18n.js';

/** The key of the words for figures of `rule` (`name@version`). */
export const keyFor = (key, rule) => (readsNoExpressions(rule) ? `face.${key}` : key);

/** Whether a rule takes only that a face is there. */
export const readsNoExpressions = (rule) => rule.startsWith('presence@');

/** Gives an element those words, also for the languages it is switched to. */
export function say(element, key, rule) {
  put(element, 'data-text', keyFor(key, rule));
  write(element, t(keyFor(key, rule)));
}

/** In small print, for a report: its rule, and whether figures of others are mixed in. */
export function ruleNote() {
  const [name, mixed] = ['report-rule', 'report-mixed'].map((id) => h('p', { class: 'muted fine', id }));
  function update({ rule, rules }) {
    write(name, rule ? t('rule.name', { rule }) : '');
    const isMixed = rules.length > 1 || rules.some((other) => other !== rule);
    write(mixed, isMixed ? t('rule.mixed', { rules: rules.join(', ') }) : '');
  }
  return { element: h('div', {}, name, mixed), update };
}
