/** One student's score over a lesson: gaps hatched, low stretches shaded and marked, coverage as a strip below. */

import { s } from '../dom.js';
import { clock, percent } from '../format.js';
import { t } from '../i18n.js';
import { keyFor } from '../rule.js';
import { chart } from './chart.js';
import { frame } from './frame.js';
import { linePath, runs } from './scale.js';

const STRIP = 8;

/** A chart whose data are `{ windows, episodes, start, end, rule }`. */
export function timelineChart(height = 240) {
  return chart({ height, draw, describe });
}

function draw(width, height, { windows, episodes, start, end }) {
  if (!windows.length) return { nodes: [], points: [] };
  const { x, y, grid, top, bottom } = frame(width, height, start, end);
  const middle = (window) => x((window.start + window.end) / 2);
  const breadth = Math.max(2, x(windows[0].end) - x(windows[0].start));
  const neighbours = (a, b) => b.start <= a.end;
  const line = (name) => linePath(runs(windows, (window) => window[name] !== null, neighbours), middle, (window) => y(window[name]), breadth);
  const span = (className, from, to, at, tall) =>
    s('rect', { class: className, x: x(from).toFixed(1), width: Math.max(0.5, x(to) - x(from)).toFixed(1), y: at, height: tall });
  const shaded = episodes.map((episode) => [
    span('episode', episode.start, episode.end, top, bottom - top),
    s('path', { class: 'episode-mark', d: `M${x((episode.start + episode.end) / 2) - 5} ${top}h10l-5 8z` }),
  ]);
  const strip = windows.filter((window) => window.coverage > 0).map((window) =>
    span('coverage', window.start, window.end, bottom - window.coverage * STRIP, window.coverage * STRIP));
  return {
    nodes: [...grid, ...gaps(windows, start, end).map((gap) => span('gap', gap.start, gap.end, top, bottom - top)), ...shaded.flat(), ...strip,
      s('path', { class: 'raw', d: line('score') }), s('path', { class: 'median', d: line('smoothed') })],
    points: windows.map((window) => ({ x: middle(window), text: say(window) })),
  };
}

/** Stretches between `start` and `end`, a window long or longer, of which nothing is known. */
function gaps(windows, start, end) {
  const found = [];
  const shortest = windows[0].end - windows[0].start;
  let at = start;
  for (const window of windows.filter(({ score }) => score !== null)) {
    if (window.start - at >= shortest) found.push({ start: at, end: window.start });
    at = Math.max(at, window.end);
  }
  if (end - at >= shortest) found.push({ start: at, end });
  return found;
}

function say(window) {
  const time = `${clock(window.start, { seconds: true })}–${clock(window.end, { seconds: true })}`;
  return window.score === null
    ? t('chart.point.unknown', { time })
    : t('chart.point.score', { time, score: percent(window.score), level: t(`level.${window.level}`), scored: window.scored, received: window.received });
}

function describe({ windows, episodes, start, end, rule }) {
  const scores = windows.map(({ score }) => score).filter((score) => score !== null);
  if (!scores.length) return t(keyFor('chart.timeline.none', rule));
  return t(keyFor('chart.timeline.summary', rule), {
    from: clock(start), to: clock(end), lowest: percent(Math.min(...scores)), highest: percent(Math.max(...scores)),
    low: episodes.length, gaps: gaps(windows, start, end).length,
  });
}
