/** Notice and consent: the text, its version, and what the student said to it. */

import { h, put, write } from '../dom.js';
import { t, tag } from '../i18n.js';
import { text } from '../reading.js';

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

/** The notice with its two answers; `answer(granted, guardian)` is called with the choice. */
export function noticeForm(answer) {
  const title = h('h1', { 'data-text': 'join.notice' });
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
    element,
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
