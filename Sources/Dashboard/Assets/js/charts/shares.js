/** Shares of a whole as one stacked bar with a legend that says the same in words and figures. */

import { h, put, s, write } from '../dom.js';
import { percent } from '../format.js';

/** `kinds` are keys, `label(kind)` their names; classes `share-<kind>` give the colours. */
export function shares(kinds, label) {
  const parts = kinds.map((kind) => ({
    kind,
    rect: s('rect', { class: `share-${kind}`, y: 0, height: 12 }),
    name: h('span', { class: 'share-name' }),
    figure: h('span', { class: 'share-figure' }),
  }));
  const bar = s('svg', { class: 'share-bar', viewBox: '0 0 100 12', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, parts.map((part) => part.rect));
  const legend = h('ul', { class: 'share-legend' }, parts.map((part) =>
    h('li', {}, s('svg', { class: 'share-key', viewBox: '0 0 10 10', 'aria-hidden': 'true' }, s('rect', { class: `share-${part.kind}`, width: 10, height: 10, rx: 2 })), part.name, part.figure)));

  /** `values`: shares 0…1 by kind; `figure(value)` writes them (per cents by default). */
  function update(values, figure = percent) {
    const total = kinds.reduce((sum, kind) => sum + values[kind], 0) || 1;
    let at = 0;
    for (const { kind, rect, name, figure: output } of parts) {
      const width = (values[kind] / total) * 100;
      put(rect, 'x', at.toFixed(2));
      put(rect, 'width', Math.max(0, width - (at + width < 99.9 ? 0.3 : 0)).toFixed(2));
      at += width;
      write(name, label(kind));
      write(output, figure(values[kind]));
    }
  }
  return { element: h('div', { class: 'shares' }, bar, legend), update };
}
