/** One student's tile, changed in place. */

import { sparkline } from '../charts/sparkline.js';
import { h, put, write } from '../dom.js';
import { ago, percent } from '../format.js';
import { t } from '../i18n.js';
import { levelMark, setLevelMark } from '../levels.js';
import { withQuery } from '../api.js';
import { FRESH_MS } from '../reading.js';

const WINDOWS = 30;
const STEADY = 0.02;

/** A list item with `update(student, lesson)` and `age(now)`, `now` being the server's time in ms. */
export function tile() {
  const name = h('bdi', { class: 'tile-name' });
  const link = h('a', { class: 'tile-link' }, name);
  const mark = levelMark('unknown');
  const level = h('span', { class: 'tile-level' });
  const score = h('span', { class: 'tile-score' });
  const spark = sparkline(WINDOWS);
  const detail = h('span', { class: 'tile-detail' });
  const seen = h('span', { class: 'tile-seen' });
  const element = h('li', { class: 'tile' },
    link, h('div', { class: 'tile-now' }, mark, level, score), spark.element, h('div', { class: 'tile-foot' }, detail, seen));
  let [student, isOld] = [null, false];

  function update(next, lesson) {
    student = next;
    put(element, 'data-student', next.id);
    write(name, next.name);
    put(link, 'href', withQuery('/report', { class: lesson.class, student: next.id, session: lesson.id }));
    put(link, 'title', next.name);
    spark.update(next.spark);
    read();
  }

  function read() {
    const known = isOld ? 'unknown' : student.level;
    put(element, 'data-level', known);
    setLevelMark(mark, known);
    write(level, t(`level.${known}`));
    write(score, known === 'unknown' ? '' : percent(student.score));
    write(detail, isOld ? '' : describe(student));
  }

  /** Where no news come, a reading grows old here: then it is shown no more. */
  function age(now) {
    if (!student) return;
    const wasOld = isOld;
    isOld = student.lastSeen !== null && now - student.lastSeen > FRESH_MS;
    if (isOld !== wasOld) read();
    write(seen, student.lastSeen === null ? t('student.never') : t('student.seen', { ago: ago(now - student.lastSeen) }));
  }
  return { element, update, age };
}

/** Why nothing is known, else the expression and where the score is going. */
function describe({ level, status, expression, trend, lastSeen }) {
  if (level === 'unknown') return lastSeen !== null && status && status !== 'scored' ? t(`status.${status}`) : '';
  const parts = [];
  if (expression) parts.push(t(`expression.${expression}`));
  if (trend !== null) parts.push(trend > STEADY ? `↗ ${t('student.rising')}` : trend < -STEADY ? `↘ ${t('student.falling')}` : `→ ${t('student.steady')}`);
  return parts.join(' · ');
}
