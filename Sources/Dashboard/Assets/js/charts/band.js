/** Class concentration over the lesson: median line in its quartile band, coverage as a strip below. */

import { s } from '../dom.js';
import { clock, percent } from '../format.js';
import { t } from '../i18n.js';
import { keyFor } from '../rule.js';
import { chart } from './chart.js';
import { frame } from './frame.js';
import { areaPath, linePath, runs } from './scale.js';

const STRIP = 8;

/** A chart whose data are the dashboard's timeline steps. */
export function bandChart(height = 220) {
  let rule = '';
  const { element, update } = chart({ height, draw, describe: (steps) => describe(steps, rule) });
  return { element, update(steps, by) { rule = by; update(steps); } };
}

function draw(width, height, steps) {
  if (!steps.length) return { nodes: [], points: [] };
  const { x, y, grid, bottom } = frame(width, height, steps[0].start, steps.at(-1).end);
  const middle = (step) => x((step.start + step.end) / 2);
  const breadth = Math.max(2, x(steps[0].end) - x(steps[0].start));
  const band = runs(steps, (step) => step.q1 !== null && step.q3 !== null);
  const line = runs(steps, (step) => step.median !== null);
  const coverage = steps.filter((step) => step.coverage !== null).map((step) => {
    const tall = step.coverage * STRIP;
    return s('rect', { class: 'coverage', x: x(step.start), width: Math.max(1, breadth - 1), y: bottom - tall, height: tall });
  });
  const points = steps.map((step) => ({
    x: middle(step),
    text: step.median === null
      ? t('chart.point.unknown', { time: clock(step.start) })
      : t('chart.point.band', {
        time: clock(step.start), median: percent(step.median), q1: percent(step.q1), q3: percent(step.q3), coverage: percent(step.coverage),
      }),
  }));
  return {
    nodes: [...grid, ...coverage, s('path', { class: 'band', d: areaPath(band, middle, (step) => y(step.q1), (step) => y(step.q3), breadth) }),
      s('path', { class: 'median', d: linePath(line, middle, (step) => y(step.median), breadth) })],
    points,
  };
}

function describe(steps, rule) {
  const known = steps.filter((step) => step.median !== null);
  if (!known.length) return t(keyFor('chart.band.none', rule));
  const medians = known.map((step) => step.median);
  return t(keyFor('chart.band.summary', rule), {
    from: clock(steps[0].start), to: clock(steps.at(-1).end), now: percent(medians.at(-1)),
    lowest: percent(Math.min(...medians)), highest: percent(Math.max(...medians)), gaps: steps.length - known.length,
  });
}
