/** Choosing class and lesson: the newest open lesson by itself, any other by hand. */

import { h } from '../dom.js';
import { t } from '../i18n.js';
import { day } from '../format.js';
import { lesson, text } from '../reading.js';

const enc = encodeURIComponent;

/** All classes with their lessons, newest first. */
export async function readLessons(api, signal) {
  const classes = await api.list('/v1/classes', 'classes', { signal });
  return Promise.all(classes.map(async (item) => ({
    id: text(item?.id), name: text(item?.name) || text(item?.id),
    lessons: (await api.list(`/v1/classes/${enc(text(item?.id))}/sessions`, 'sessions', { signal })).map(lesson),
  })));
}

/** The newest open lesson, else the newest of all, else null. */
export function newest(classes) {
  const all = classes.flatMap((item) => item.lessons);
  const open = all.filter((item) => item.endedAt === null);
  return (open.length ? open : all).reduce((best, item) => (best && best.startedAt >= item.startedAt ? best : item), null);
}

/** Two selects; `choose(lessonId | null, classId)` is called on a change by hand. */
export function picker(choose) {
  const classes = h('select', { id: 'class', onchange: () => choose(null, classes.value) });
  const lessons = h('select', { id: 'lesson', onchange: () => choose(lessons.value, classes.value) });
  const element = h('div', { class: 'picker' },
    h('span', { class: 'field' }, h('label', { for: 'class', 'data-text': 'pick.class' }), classes),
    h('span', { class: 'field' }, h('label', { for: 'lesson', 'data-text': 'pick.lesson' }), lessons));

  function update(all, chosenClass, chosenLesson) {
    options(classes, all.map(({ id, name }) => ({ value: id, label: name })), chosenClass);
    const own = all.find(({ id }) => id === chosenClass)?.lessons ?? [];
    options(lessons, own.map((item) => ({
      value: item.id, label: `${item.title} · ${item.endedAt === null ? t('pick.open') : day(item.startedAt)}`,
    })), chosenLesson);
  }
  return { element, update };
}

function options(select, wanted, chosen) {
  const same = select.length === wanted.length
    && wanted.every(({ value, label }, index) => select[index].value === value && select[index].text === label);
  if (!same) select.replaceChildren(...wanted.map(({ value, label }) => h('option', { value }, label)));
  select.value = chosen ?? '';
  select.disabled = wanted.length === 0;
}
