/** The student's lessons beside each other: mean as a bar on a common scale, coverage in words. */

import { h, s, write } from '../dom.js';
import { day, percent } from '../format.js';
import { t } from '../i18n.js';

/** `choose(lessonId)` is called when a lesson is picked. */
export function comparison(choose) {
  const rows = h('ol', { class: 'lessons' });
  const none = h('p', { class: 'muted' });
  const element = h('section', { class: 'card', 'aria-labelledby': 'compare-title' },
    h('h2', { id: 'compare-title', 'data-text': 'report.compare' }), rows, none);

  function update(lessons, shown) {
    const known = lessons.toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0));
    rows.replaceChildren(...known.map((lesson) => h('li', { class: 'lesson-row', 'aria-current': lesson.id === shown ? 'true' : null },
      h('button', { type: 'button', class: 'lesson-name', onclick: () => choose(lesson.id) }, h('bdi', {}, lesson.title)),
      h('span', { class: 'muted lesson-day' }, day(lesson.startedAt)),
      s('svg', { class: 'lesson-bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        s('rect', { class: 'lesson-track', width: 100, height: 10 }),
        s('rect', { class: 'lesson-fill', width: (lesson.mean ?? 0) * 100, height: 10 })),
      h('span', { class: 'lesson-mean' }, percent(lesson.mean)),
      h('span', { class: 'muted lesson-coverage' }, lesson.coverage === null ? '' : t('report.compare.coverage', { coverage: percent(lesson.coverage) })))));
    write(none, known.length > 1 ? '' : t('report.compare.none'));
  }
  return { element, update };
}
