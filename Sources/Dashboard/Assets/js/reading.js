/** The server's JSON as checked values: what is missing or wrong becomes null or `unknown`, never a number. */

import { ApiError } from './api.js';

/** Milliseconds after which a reading says nothing of now: the server's rule. */
export const FRESH_MS = 30_000;
export const LEVELS = ['high', 'medium', 'low', 'unknown'];
/** The expressions in the order they are drawn upon each other, the calmest first. */
export const STACKED = ['neutral', 'happy', 'surprise', 'sad', 'fear', 'disgust', 'angry'];
export const EXPRESSIONS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'];

export const text = (value, otherwise = '') => (typeof value === 'string' ? value : otherwise);
export const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
export const count = (value) => Math.max(0, Math.trunc(number(value) ?? 0));
export const share = (value) => (number(value) === null ? null : Math.min(1, Math.max(0, value)));
export const list = (value) => (Array.isArray(value) ? value : []);
export const level = (value) => (LEVELS.includes(value) ? value : 'unknown');

/** Milliseconds since 1970 of an RFC 3339 time, else null. */
export function moment(value) {
  const milliseconds = Date.parse(text(value));
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** Seven shares by expression, or null unless all are there. */
export function expressions(value) {
  const shares = EXPRESSIONS.map((name) => share(value?.[name]));
  return shares.includes(null) ? null : Object.fromEntries(EXPRESSIONS.map((name, index) => [name, shares[index]]));
}

export function lesson(value) {
  return {
    id: text(value?.id), class: text(value?.class), title: text(value?.title) || text(value?.id),
    startedAt: moment(value?.started_at), endedAt: moment(value?.ended_at),
  };
}

function student(value) {
  const score = share(value?.score);
  return {
    id: value.student, name: text(value.display_name) || value.student, status: text(value.status),
    score, level: score === null ? 'unknown' : level(value.level),
    expression: EXPRESSIONS.includes(value.expression) ? value.expression : null,
    trend: number(value.trend), lastSeen: moment(value.last_seen), coverage: share(value.coverage),
    spark: list(value.spark).map((percent) => share(number(percent) === null ? null : percent / 100)),
  };
}

function timeline(value) {
  const length = list(value?.median).length;
  const column = (name) => Array.from({ length }, (_, index) => share(list(value[name])[index]));
  const [start, step] = [moment(value?.start), number(value?.step_s)];
  if (start === null || !(step > 0)) return [];
  const [median, q1, q3, coverage] = ['median', 'q1', 'q3', 'coverage'].map(column);
  return median.map((_, index) => ({
    start: start + index * step * 1000, end: start + (index + 1) * step * 1000,
    median: median[index], q1: q1[index], q3: q3[index], coverage: coverage[index],
  }));
}

/** The dashboard's JSON; throws `bad_answer` where it is not one. */
export function dashboard(value) {
  if (typeof value?.session?.id !== 'string' || typeof value.class !== 'object' || value.class === null) {
    throw new ApiError(200, 'bad_answer', 'not a dashboard');
  }
  const median = share(value.class.median);
  return {
    lesson: lesson(value.session), mode: text(value.mode), rule: text(value.rule),
    generatedAt: moment(value.generated_at), pollAfter: Math.min(60_000, Math.max(500, number(value.poll_after_ms) ?? 2000)),
    class: {
      students: count(value.class.students), present: count(value.class.present), faces: count(value.class.group_faces),
      median, q1: share(value.class.q1), q3: share(value.class.q3), coverage: share(value.class.coverage),
      level: median === null ? 'unknown' : level(value.class.level),
      expressions: expressions(value.class.expressions), timeline: timeline(value.class.timeline),
    },
    students: list(value.students).filter((item) => typeof item?.student === 'string').map(student),
  };
}
