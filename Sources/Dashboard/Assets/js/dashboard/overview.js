/** The class as a whole: now, over the lesson, and its expressions. */

import { bandChart } from '../charts/band.js';
import { shares } from '../charts/shares.js';
import { h, put, write } from '../dom.js';
import { percent } from '../format.js';
import { t } from '../i18n.js';
import { levelMark, setLevelMark } from '../levels.js';
import { STACKED } from '../reading.js';
import { readsNoExpressions, say } from '../rule.js';

export function overview() {
  const mark = levelMark('unknown');
  const level = h('span', { class: 'now-level' });
  const median = h('span', { class: 'now-figure', id: 'class-median' });
  const quartiles = h('p', { class: 'now-quartiles' });
  const present = h('p', { id: 'class-present' });
  const coverage = h('p', { class: 'muted' });
  const note = h('p', { class: 'muted note' });
  const [what, by] = [h('p', { class: 'muted' }), h('p', { class: 'muted fine', id: 'class-rule' })];
  const timeline = bandChart();
  const parts = shares(STACKED, (kind) => t(`expression.${kind}`));
  const none = h('p', { class: 'muted' });
  const expressions = h('section', { class: 'card class-expressions', 'aria-labelledby': 'expressions-title' },
    h('h2', { id: 'expressions-title', 'data-text': 'class.expressions' }), parts.element, none);
  const element = h('div', { class: 'overview' },
    h('section', { class: 'card now', 'aria-labelledby': 'now-title' },
      h('h2', { id: 'now-title', 'data-text': 'class.title' }),
      h('p', { class: 'now-line' }, median, h('span', { class: 'now-tag' }, mark, level)),
      what, quartiles, present, coverage, note, by),
    h('section', { class: 'card lesson-chart', 'aria-labelledby': 'lesson-title' },
      h('h2', { id: 'lesson-title', 'data-text': 'class.timeline' }), timeline.element),
    expressions);

  let [latest, isOld] = [null, false];

  function update(value) {
    latest = value;
    render();
  }

  /** Where no news come, figures of now grow old: then they are shown no more. */
  function age(old) {
    if (old === isOld) return;
    isOld = old;
    if (latest) render();
  }

  function render() {
    const { class: known, mode, rule } = latest;
    const figures = isOld ? { ...known, median: null, q1: null, q3: null, level: 'unknown' } : known;
    setLevelMark(mark, figures.level);
    write(level, t(`level.${figures.level}`));
    write(median, percent(figures.median));
    write(quartiles, figures.q1 === null || figures.q3 === null ? '' : t('class.quartiles', { q1: percent(figures.q1), q3: percent(figures.q3) }));
    write(present, isOld ? '' : t('class.present', figures) + (figures.faces ? ` · ${t('class.faces', figures)}` : ''));
    write(coverage, figures.coverage === null ? '' : t('class.coverage', { coverage: percent(figures.coverage) }));
    const withheld = mode === 'aggregate' && known.median === null && figures.present + figures.faces > 0;
    write(note, withheld ? t('class.withheld') : mode === 'aggregate' ? t('class.aggregate') : '');
    say(what, 'class.median', rule);
    write(by, rule ? t('rule.name', { rule }) : '');
    timeline.update(figures.timeline, rule);
    put(expressions, 'hidden', readsNoExpressions(rule));
    put(parts.element, 'hidden', figures.expressions === null);
    write(none, figures.expressions === null ? t('class.expressions.none') : '');
    if (figures.expressions) parts.update(figures.expressions);
  }
  return { element, update, age };
}
