/** The student's lessons beside each other: mean as a bar on a common scale, coverage in words. */

import { arrange, h, put, s, write } from '../dom.js';
import { day, percent } from '../format.js';
import { t } from '../i18n.js';

/** `choose(lessonId)` is called when a lesson is picked. */
export function comparison(choose) {
  const rows = new Map();
  const list = h('ol', { class: 'lessons' });
  const none = h('p', { class: 'muted' });
  const element = h('section', { class: 'card', 'aria-labelledby': 'compare-title' },
    h('h2', { id: 'compare-title', 'data-text': 'report.compare' }), list, none);

  function update(lessons, shown) {
    const known = lessons.toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0));
    const present = new Set(known.map(({ id }) => id));
    for (const id of rows.keys()) if (!present.has(id)) rows.delete(id);
    for (const lesson of known) {
      if (!rows.has(lesson.id)) rows.set(lesson.id, row(() => choose(lesson.id)));
      rows.get(lesson.id).update(lesson, lesson.id === shown);
    }
    arrange(list, known.map(({ id }) => rows.get(id).element));
    write(none, known.length > 1 ? '' : t('report.compare.none'));
  }
  return { element, update };
}

/** A lesson's row, changed in place, so that its button keeps the focus. */
function row(pick) {
  const title = h('bdi');
  const [when, coverage] = ['lesson-day', 'lesson-coverage'].map((name) => h('span', { class: `muted ${name}` }));
  const mean = h('span', { class: 'lesson-mean' });
  const bar = s('rect', { class: 'lesson-fill', height: 10 });
  const element = h('li', { class: 'lesson-row' },
    h('button', { type: 'button', class: 'lesson-name', onclick: pick }, title), when,
    s('svg', { class: 'lesson-bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      s('rect', { class: 'lesson-track', width: 100, height: 10 }), bar),
    mean, coverage);

  function update(lesson, isShown) {
    put(element, 'aria-current', isShown ? 'true' : null);
    write(title, lesson.title);
    write(when, day(lesson.startedAt));
    put(bar, 'width', (lesson.mean ?? 0) * 100);
    write(mean, percent(lesson.mean));
    write(coverage, lesson.coverage === null ? '' : t('report.compare.coverage', { coverage: percent(lesson.coverage) }));
  }
  return { element, update };
}
