/** The common part of the big charts: sized to their box, redrawn when it changes, read with pointer or arrow keys. */

import { h, put, s, write } from '../dom.js';

/** Paper gets its charts drawn at about its own width, lest the words in them shrink with the picture. */
const PAPER_PX = 680;

/**
 * `draw(width, height, data)` gives `{ nodes, points }`, where a point is `{ at, x, text }` in order of time;
 * `describe(data)` the text that stands for the picture.
 */
export function chart({ height, draw, describe }) {
  const svg = s('svg', { class: 'chart-svg', 'aria-hidden': 'true' });
  const marker = s('line', { class: 'marker', display: 'none' });
  const readout = h('p', { class: 'readout' });
  // A slider over the points: screen readers pass it the arrow keys and say the new value.
  const plot = h('div', { class: 'chart-plot', tabindex: '0', role: 'slider', 'aria-valuemin': '0' }, svg);
  const element = h('figure', { class: 'chart' }, plot, readout);
  let [data, points, index] = [null, [], -1];

  function redraw(width = Math.round(plot.clientWidth)) {
    if (data === null || width < 80) return;
    put(svg, 'viewBox', `0 0 ${width} ${height}`);
    put(svg, 'width', width);
    put(svg, 'height', height);
    const drawn = draw(width, height, data);
    points = drawn.points;
    svg.replaceChildren(...drawn.nodes, marker);
    put(plot, 'aria-label', describe(data));
    point(Math.min(index, points.length - 1));
  }

  function point(next) {
    index = next;
    const chosen = points[index];
    put(marker, 'display', chosen ? null : 'none');
    write(readout, chosen?.text ?? '');
    put(plot, 'aria-valuemax', points.length);
    put(plot, 'aria-valuenow', index + 1);
    put(plot, 'aria-valuetext', chosen?.text ?? '–');
    if (chosen) for (const [name, value] of Object.entries({ x1: chosen.x, x2: chosen.x, y1: 4, y2: height - 24 })) put(marker, name, value);
  }

  plot.addEventListener('pointermove', (event) => {
    const x = event.clientX - plot.getBoundingClientRect().left;
    let nearest = -1;
    points.forEach((candidate, at) => {
      if (nearest < 0 || Math.abs(candidate.x - x) < Math.abs(points[nearest].x - x)) nearest = at;
    });
    point(nearest);
  });
  plot.addEventListener('pointerleave', () => point(-1));
  plot.addEventListener('blur', () => point(-1));
  plot.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return; // The browser's own, as Alt and left for "back".
    const last = points.length - 1;
    const [back, on] = index < 0 ? [last, 0] : [index - 1, index + 1];
    const next = { ArrowLeft: back, ArrowDown: back, ArrowRight: on, ArrowUp: on, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    point(Math.min(last, Math.max(0, next)));
  });
  new ResizeObserver(() => redraw()).observe(plot);
  addEventListener('beforeprint', () => redraw(PAPER_PX));
  addEventListener('afterprint', () => redraw());

  return { element, update(value) { data = value; redraw(); } };
}
