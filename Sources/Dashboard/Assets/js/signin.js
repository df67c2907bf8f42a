/** The sign-in form: the token is its only input, Enter submits. */

import { Api } from './api.js';
import { apply, t } from './i18n.js';
import { h, write } from './dom.js';
import { describe } from './errors.js';
import { isSendable } from './token.js';

/** Asks until the server takes a token; gives the token and who it belongs to. `reason` and `errand` are keys of the locale. */
export function signIn(main, reason = null, errand = null) {
  return new Promise((resolve) => {
    const input = h('input', {
      id: 'token', name: 'token', type: 'password', required: true, autocomplete: 'off', autocapitalize: 'off',
      spellcheck: 'false', 'aria-describedby': 'token-hint token-problem',
    });
    const problem = h('p', { id: 'token-problem', class: 'problem', role: 'alert' }, reason ? t(reason) : '');
    const button = h('button', { type: 'submit', class: 'primary', 'data-text': 'signin.submit' });

    async function submit(event) {
      event.preventDefault();
      const token = input.value.trim();
      write(problem, isSendable(token) || token === '' ? '' : t('signin.unusable'));
      if (!isSendable(token)) return input.focus();
      button.disabled = true;
      write(button, t('signin.busy'));
      try {
        resolve({ token, me: await new Api(token).get('/v1/me') });
      } catch (error) {
        write(problem, error.status === 401 ? t('signin.refused') : describe(error));
        input.select();
      } finally {
        button.disabled = false;
        write(button, t('signin.submit'));
      }
    }

    main.replaceChildren(h('form', { class: 'card signin', onsubmit: submit },
      h('h1', { 'data-text': 'signin.title' }),
      errand && h('p', { 'data-text': errand }),
      h('label', { for: 'token', 'data-text': 'signin.token' }),
      input,
      h('p', { id: 'token-hint', class: 'muted', 'data-text': 'signin.hint' }),
      problem,
      button));
    apply(main);
    input.focus();
  });
}
