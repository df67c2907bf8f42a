/** Notice and consent: the text, its version, and what the student said to it. */

import { h, put, write } from '../dom.js';
import { t, tag } from '../i18n.js';
import { backOff, sleep } from '../live.js';
import { text } from '../reading.js';
import { session } from '../storage.js';

const KEY = 'classpulse.withdrawals';
const path = ({ class: group, student }) => `/v1/classes/${encodeURIComponent(group)}/students/${encodeURIComponent(student)}`;

/** The notice, and whether this student has agreed to this version of it. */
export async function readConsent(api, subject, signal) {
  const [notice, record] = await Promise.all([api.get('/v1/notice', { signal }), api.get(path(subject), { signal })]);
  const version = text(notice?.version);
  const granted = record?.consent?.granted === true && record.consent.notice_version === version;
  return { version, text: text(notice?.text), chinese: text(notice?.translations?.zh), granted, name: text(record?.display_name) || subject.student };
}

export function writeConsent(api, subject, { granted, version, guardian = false }, options) {
  return api.send('PUT', `${path(subject)}/consent`, { granted, notice_version: version, guardian }, options);
}

/** Versions of the notice by whose withdrawal the server has not recorded yet; in the tab, for a reload and another sign-in. */
const open = () => JSON.parse(session.getItem(KEY) ?? '{}');

/** Whether somebody's withdrawal waits in this tab. */
export const isAnyOpen = () => Object.keys(open()).length > 0;

function keep(whose, version) {
  session.setItem(KEY, JSON.stringify({ ...open(), [whose]: version }));
}

function forget(whose) {
  const { [whose]: recorded, ...others } = open();
  if (Object.keys(others).length) session.setItem(KEY, JSON.stringify(others));
  else session.removeItem(KEY);
}

/** What this page has tried to send in vain: it warns before it is closed, also at the sign-in. */
const unsent = new Set();
const warn = (event) => event.preventDefault();

/** Withdrawals on their way to the server, each repeated until it has heard or refused. */
export class Withdrawals {
  #errors = new Map(); // By path: null while it is being sent, else why the server refused it.
  #api;
  #signal;
  #changed;

  /** `changed(subject)` is called once one is recorded or refused. */
  constructor(api, signal, changed) {
    [this.#api, this.#signal, this.#changed] = [api, signal, changed];
  }

  isOpen(subject) {
    return Object.hasOwn(open(), path(subject));
  }

  /** Why the server refused it, or null. */
  error(subject) {
    return this.#errors.get(path(subject)) ?? null;
  }

  async send(subject, version = open()[path(subject)]) {
    const whose = path(subject);
    if (this.#errors.get(whose) === null) return;
    this.#errors.set(whose, null);
    keep(whose, version);
    unsent.add(whose);
    addEventListener('beforeunload', warn);
    for (let failures = 1; !this.#signal.aborted; failures += 1) {
      try {
        await writeConsent(this.#api, subject, { granted: false, version }, { keepalive: true });
        return this.#settled(subject, whose);
      } catch (error) {
        if (error.status === 404) return this.#settled(subject, whose); // Erased meanwhile.
        if (!error.retryable) {
          this.#errors.set(whose, error);
          return this.#changed(subject);
        }
        await sleep(error.retryAfter ?? backOff(failures));
      }
    }
  }

  #settled(subject, whose) {
    this.#errors.delete(whose);
    forget(whose);
    unsent.delete(whose);
    if (!unsent.size) removeEventListener('beforeunload', warn);
    this.#changed(subject);
  }
}

/** The notice with its two answers; `answer(granted, guardian)` is called with the choice. */
export function noticeForm(answer) {
  const title = h('h1', { tabindex: -1, 'data-text': 'join.notice' });
  const body = h('div', { class: 'notice-text' });
  const version = h('p', { class: 'muted' });
  const guardian = h('input', { type: 'checkbox', id: 'guardian' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const buttons = [
    h('button', { type: 'button', class: 'primary', id: 'agree', 'data-text': 'join.agree', onclick: () => answer(true, guardian.checked) }),
    h('button', { type: 'button', id: 'decline', 'data-text': 'join.decline', onclick: () => answer(false, false) }),
  ];
  const element = h('section', { class: 'card notice-card' }, title, body, version,
    h('p', { class: 'notice-guardian' }, guardian, h('label', { for: 'guardian', 'data-text': 'join.guardian' })), problem, h('div', { class: 'row' }, buttons));
  return {
    element, title,
    /** For another question: what was ticked for the last one says nothing about this one. */
    clear() { guardian.checked = false; },
    show(notice, problemText = '') {
      const translated = tag().startsWith('zh') && notice.chinese;
      put(body, 'lang', translated ? tag() : 'en');
      body.replaceChildren(...(translated || notice.text).split(/\n\s*\n/).map((paragraph) => h('p', {}, paragraph)));
      write(version, t('join.version', { version: notice.version }));
      write(problem, problemText);
      for (const button of buttons) put(button, 'disabled', false);
    },
    busy() { for (const button of buttons) put(button, 'disabled', true); },
  };
}
