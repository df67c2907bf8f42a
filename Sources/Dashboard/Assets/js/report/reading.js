/** Report and timeline as checked values. */

import { ApiError } from '../api.js';
import { count, expressions, LEVELS, level, list, moment, number, share, text } from '../reading.js';

/** A student's report over one lesson or all; throws `bad_answer` where it is not one. */
export function report(value) {
  if (typeof value?.student !== 'string') throw new ApiError(200, 'bad_answer', 'not a report');
  const mean = share(value.mean);
  return {
    class: text(value.class), student: value.student, name: text(value.display_name) || value.student,
    session: text(value.session) || null, rule: text(value.rule), rules: list(value.rules).map((rule) => text(rule)).filter(Boolean),
    from: moment(value.from), to: moment(value.to),
    frames: { received: count(value.frames?.received), scored: count(value.frames?.scored) },
    mean, level: mean === null ? 'unknown' : level(value.level), coverage: share(value.coverage),
    quantiles: { p25: share(value.quantiles?.p25), p50: share(value.quantiles?.p50), p75: share(value.quantiles?.p75) },
    time: Object.fromEntries(LEVELS.map((name) => [name, Math.max(0, number(value.time_per_level?.[name]) ?? 0)])),
    expressions: expressions(value.expressions), trend: number(value.trend),
    episodes: list(value.low_episodes).map((item) => ({ start: moment(item?.start), end: moment(item?.end), mean: share(item?.mean) }))
      .filter(({ start, end }) => start !== null && end !== null).sort((a, b) => a.start - b.start),
    lessons: list(value.sessions).filter((item) => typeof item?.id === 'string').map((item) => ({
      id: item.id, title: text(item.title) || item.id, startedAt: moment(item.started_at), mean: share(item.mean), coverage: share(item.coverage),
    })),
  };
}

/** Windows in order of time; those without a readable time are left out. */
export function windows(values) {
  return values.map((value) => ({
    start: moment(value?.start), end: moment(value?.end), received: count(value?.received), scored: count(value?.scored),
    coverage: share(value?.coverage), score: share(value?.score), smoothed: share(value?.smoothed),
    level: level(value?.level), expressions: expressions(value?.expressions),
  })).filter(({ start, end }) => start !== null && end > start).sort((a, b) => a.start - b.start);
}
