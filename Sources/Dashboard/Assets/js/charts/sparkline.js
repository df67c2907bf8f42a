/** The last windows of one student, 0…1; a gap is a gap. */

import { put, s } from '../dom.js';
import { linePath, runs, scale } from './scale.js';

const [WIDTH, HEIGHT, PAD] = [120, 28, 3];

/** An SVG and how to give it values (oldest first, null unknown). */
export function sparkline(points) {
  const line = s('path', { class: 'spark-line' });
  const last = s('path', { class: 'spark-last' });
  const element = s('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('path', { class: 'spark-base', d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }), line, last);
  const x = scale([0, points - 1], [PAD, WIDTH - PAD]);
  const y = scale([0, 1], [HEIGHT - PAD, PAD]);

  function update(values) {
    const recent = values.slice(-points);
    const shift = points - recent.length;
    const found = runs(recent.map((value, index) => ({ value, index: index + shift })), ({ value }) => value !== null);
    put(line, 'd', linePath(found, ({ index }) => x(index), ({ value }) => y(value), 3));
    const newest = recent.at(-1) ?? null;
    // No length and a round cap: a dot that stays round however the picture is stretched.
    put(last, 'd', newest === null ? null : `M${x(points - 1)} ${Math.round(y(newest) * 10) / 10}h0`);
  }
  return { element, update };
}
