/** A button that ends the lesson that goes on, and asks first: it cannot be taken back. */

import { h, put, write } from '../dom.js';
import { describe } from '../errors.js';

/** `end(lessonId)` asks the server; what it throws is shown. */
export function ending(end) {
  let lesson = null;
  const no = h('button', { value: '', 'data-text': 'end.no' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const dialog = h('dialog', { class: 'card', 'aria-labelledby': 'end-title', onclose: decided },
    h('form', { method: 'dialog' },
      h('h2', { id: 'end-title', 'data-text': 'end.title' }), h('p', { 'data-text': 'end.hint' }),
      h('p', { class: 'row' },
        h('button', { value: 'end', id: 'end-yes', 'data-text': 'end.yes' }), no)));
  const button = h('button', { type: 'button', id: 'end', 'data-text': 'end.button', onclick: ask });
  const element = h('div', { class: 'ending', hidden: true }, button, problem, dialog);

  function ask() {
    dialog.returnValue = '';
    dialog.showModal();
    no.focus();
  }

  async function decided() {
    if (dialog.returnValue !== 'end') return;
    write(problem, '');
    button.disabled = true;
    try {
      await end(lesson);
    } catch (error) {
      write(problem, describe(error));
    }
    button.disabled = false;
  }

  /** Of the lesson that is shown now, or of none. */
  function update(shown) {
    if (shown?.id !== lesson) {
      if (dialog.open) dialog.close(''); // It asked about another one.
      write(problem, '');
    }
    lesson = shown?.id ?? null;
    put(element, 'hidden', !shown || shown.endedAt !== null);
  }
  return { element, update };
}
