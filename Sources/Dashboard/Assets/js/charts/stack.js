/** Shares of a whole over time as stacked bands; a gap is a gap. */

import { s } from '../dom.js';
import { clock, percent } from '../format.js';
import { t } from '../i18n.js';
import { chart } from './chart.js';
import { frame } from './frame.js';
import { areaPath, runs } from './scale.js';

/** A chart whose data are `{ windows, start, end }`, the shares in each window's `expressions`, drawn upwards in the order of `kinds`. */
export function stackChart(kinds, label, height = 180) {
  function draw(width, tall, { windows, start, end }) {
    if (!windows.length) return { nodes: [], points: [] };
    const { x, y, grid } = frame(width, tall, start, end);
    const middle = (window) => x((window.start + window.end) / 2);
    const breadth = Math.max(2, x(windows[0].end) - x(windows[0].start));
    const found = runs(windows, ({ expressions }) => expressions !== null, (a, b) => b.start <= a.end);
    const upTo = (window, index) => Math.min(1, kinds.slice(0, index).reduce((sum, kind) => sum + window.expressions[kind], 0));
    const bands = kinds.map((kind, index) => s('path', {
      class: `share-${kind} stack-band`,
      d: areaPath(found, middle, (window) => y(upTo(window, index)), (window) => y(upTo(window, index + 1)), breadth),
    }));
    return { nodes: [...grid, ...bands], points: windows.map((window) => ({ x: middle(window), text: say(window) })) };
  }

  function say({ start, expressions }) {
    const time = clock(start, { seconds: true });
    if (!expressions) return t('chart.point.unknown', { time });
    const strongest = kinds.toSorted((a, b) => expressions[b] - expressions[a]).slice(0, 3);
    return `${time}: ${strongest.map((kind) => `${label(kind)} ${percent(expressions[kind])}`).join(', ')}`;
  }

  return chart({ height, draw, describe: () => t('chart.stack.summary') });
}
