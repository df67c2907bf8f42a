/** Whose report, and over what: class and student for teachers, the lesson for everyone. */

import { h, put } from '../dom.js';
import { day } from '../format.js';
import { t } from '../i18n.js';
import { lesson, text } from '../reading.js';

const enc = encodeURIComponent;
const ALL = '';

/**
 * `changed({ class, student, session, lesson })` is called at first and on each change, with null where there is no student;
 * `session` null means all lessons. With `openOnly` lessons that have ended, and all of them at once, are no choice.
 */
export function choice({ api, me, signal, changed, openOnly = false }) {
  const selects = Object.fromEntries(['class', 'student', 'session'].map((name) =>
    [name, h('select', { id: `pick-${name}`, onchange: () => pick(name) })]));
  const field = (name, key, hidden) => h('span', { class: 'field', hidden }, h('label', { for: `pick-${name}`, 'data-text': key }), selects[name]);
  const isStudent = me.role === 'student';
  const element = h('div', { class: 'picker' },
    field('class', 'pick.class', me.class !== null), field('student', 'pick.student', isStudent), field('session', 'pick.lesson', false));
  let [lessons, current] = [[], {}];

  const read = (path, name) => api.list(path, name, { signal });

  /** Reads the lists and starts with what is wished, where it exists. */
  async function start(wished) {
    const classes = me.class !== null ? [{ id: me.class }] : (await read('/v1/classes', 'classes')).map(({ id, name }) => ({ id: text(id), name: text(name) }));
    fill(selects.class, classes.map(({ id, name }) => [id, name || id]), wished.class ?? me.class);
    await enterClass(wished);
  }

  async function enterClass({ student, session }) {
    const group = selects.class.value;
    if (!group) return changed(null);
    lessons = [];
    for (const name of ['student', 'session']) fill(selects[name], []);
    const [students, sessions] = await Promise.all([
      isStudent ? [{ student: me.student }] : read(`/v1/classes/${enc(group)}/students`, 'students'),
      read(`/v1/classes/${enc(group)}/sessions`, 'sessions'),
    ]);
    if (selects.class.value !== group) return; // Another class was picked meanwhile.
    lessons = sessions.map(lesson).filter(({ endedAt }) => !openOnly || endedAt === null);
    const names = students.map((item) => [text(item.id ?? item.student), text(item.display_name) || text(item.id)])
      .sort(([, a], [, b]) => a.localeCompare(b));
    fill(selects.student, names, isStudent ? me.student : student);
    drawLessons(session === undefined ? lessons[0]?.id ?? ALL : session ?? ALL);
    announce();
  }

  function drawLessons(chosen) {
    const named = lessons.map((item) => [item.id, `${item.title} · ${item.endedAt === null ? t('pick.open') : day(item.startedAt)}`]);
    fill(selects.session, openOnly ? named : [[ALL, t('pick.all')], ...named], chosen);
  }

  function pick(name) {
    if (name === 'class') enterClass({}).catch((error) => changed(null, error));
    else announce();
  }

  function announce() {
    current = { class: selects.class.value, student: selects.student.value, session: selects.session.value || null };
    changed(current.student ? { ...current, lesson: lessons.find(({ id }) => id === current.session) ?? null } : null);
  }

  /** A lesson that was open is over. */
  function ended(session, endedAt) {
    lessons = lessons.map((item) => (item.id === session ? { ...item, endedAt } : item));
    drawLessons(selects.session.value);
  }

  return {
    element, start, ended,
    redraw: () => drawLessons(selects.session.value),
    choose(session) { selects.session.value = session; announce(); },
  };
}

function fill(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, label]) => h('option', { value }, label)));
  if (pairs.some(([value]) => value === chosen)) select.value = chosen;
  put(select, 'disabled', pairs.length === 0);
}
