/** How fresh the page is, always in sight. */

import { h, write } from '../dom.js';
import { describe } from '../errors.js';
import { ago } from '../format.js';
import { t } from '../i18n.js';

export function status() {
  const word = h('span', { class: 'status-word', role: 'status' });
  const when = h('span', { class: 'status-when' });
  const element = h('p', { class: 'status', 'data-state': 'polling' }, h('span', { class: 'status-dot', 'aria-hidden': 'true' }), word, when);
  let [state, problem, updated] = ['polling', null, null];

  function render() {
    element.dataset.state = state;
    write(word, state === 'retrying' && problem ? `${t('live.retrying')} (${describe(problem)})` : t(`live.${state}`));
    write(when, updated === null ? t('live.never') : t('live.updated', { ago: ago(performance.now() - updated) }));
  }
  return {
    element, render,
    /** Milliseconds since the page was last up to date. */
    age: () => (updated === null ? 0 : performance.now() - updated),
    /** The device slept for so long, in which `performance.now()` may have stood still. */
    slept(milliseconds) {
      if (updated !== null) updated -= milliseconds;
      [state, problem] = ['retrying', null];
      render();
    },
    set(next, error = null) {
      [state, problem] = [next, error];
      if (next !== 'retrying') updated = performance.now();
      render();
    },
  };
}
