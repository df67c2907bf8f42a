/** Straight scales, and paths that break where a value is unknown. */

/** Maps `[d0, d1]` to `[r0, r1]`. */
export function scale([d0, d1], [r0, r1]) {
  const slope = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * slope;
}

const round = (value) => Math.round(value * 10) / 10;

/** Runs of neighbouring points for which `isKnown` holds; `joins(a, b)` may say that two points are no neighbours. */
export function runs(points, isKnown, joins = () => true) {
  const found = [];
  let previous = null;
  for (const point of points) {
    if (!isKnown(point)) {
      previous = null;
    } else {
      if (previous && joins(previous, point)) found.at(-1).push(point);
      else found.push([point]);
      previous = point;
    }
  }
  return found;
}

/** An open line through each run; a run of one point is a short dash of `width`, so that it can be seen. */
export function linePath(found, x, y, width = 1) {
  return found.map((run) => {
    if (run.length === 1) return `M${round(x(run[0]) - width / 2)} ${round(y(run[0]))}h${round(width)}`;
    return 'M' + run.map((point) => `${round(x(point))} ${round(y(point))}`).join('L');
  }).join('');
}

/** A closed area between `low` and `high` over each run. */
export function areaPath(found, x, low, high, width = 1) {
  return found.map((run) => {
    const ends = run.length === 1
      ? [{ at: x(run[0]) - width / 2, point: run[0] }, { at: x(run[0]) + width / 2, point: run[0] }]
      : run.map((point) => ({ at: x(point), point }));
    const up = ends.map(({ at, point }) => `${round(at)} ${round(high(point))}`);
    const down = ends.toReversed().map(({ at, point }) => `${round(at)} ${round(low(point))}`);
    return `M${[...up, ...down].join('L')}Z`;
  }).join('');
}

/** Round moments between two times (ms) at most `most` many, on the reader's clock. */
export function timeTicks(start, end, most) {
  const MINUTE = 60_000;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * MINUTE)
    .find((candidate) => (end - start) / candidate <= most) ?? 1440 * MINUTE * Math.ceil((end - start) / (1440 * MINUTE * most));
  const offset = new Date(start).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let tick = Math.ceil((start - offset) / step) * step + offset; tick <= end; tick += step) ticks.push(tick);
  return ticks;
}
