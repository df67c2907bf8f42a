/** Axes of a chart over time with 0…100 % upwards: grid, labels, and the plot area in pixels. */

import { s } from '../dom.js';
import { clock, percent } from '../format.js';
import { scale, timeTicks } from './scale.js';

const MARGIN = { left: 44, right: 10, top: 8, bottom: 24 };

/** Grid and scales for a chart of `width` × `height` pixels from `start` to `end` (ms). */
export function frame(width, height, start, end) {
  const x = scale([start, end], [MARGIN.left, width - MARGIN.right]);
  const y = scale([0, 1], [height - MARGIN.bottom, MARGIN.top]);
  const levels = height < 120 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  const horizontal = levels.map((value) => [
    s('line', { class: value === 0 ? 'axis' : 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
    s('text', { class: 'tick', x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, percent(value)),
  ]);
  const vertical = timeTicks(start, end, Math.max(2, Math.floor(width / 90))).map((at) => [
    s('line', { class: 'grid', x1: x(at), x2: x(at), y1: y(0), y2: y(0) + 4 }),
    s('text', { class: 'tick', x: Math.min(x(at), width - MARGIN.right - 16), y: height - 6, 'text-anchor': 'middle' }, clock(at)),
  ]);
  return { x, y, left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom, grid: [...horizontal, ...vertical].flat() };
}
