/** Marks of the four levels: a shape of its own beside each word, so that colour carries nothing alone. */

import { s } from './dom.js';

const SHAPES = {
  high: 'M8 2.5 14 13H2Z',
  medium: 'M8 1.5 14.5 8 8 14.5 1.5 8Z',
  low: 'M8 13.5 2 3h12Z',
  unknown: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z',
};

/** A 16×16 mark, hidden from screen readers since the word stands beside it. */
export function levelMark(level) {
  return s('svg', { class: `mark level-${level}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: SHAPES[level] }));
}

/** Turns an existing mark into another level's. */
export function setLevelMark(mark, level) {
  if (mark.classList.contains(`level-${level}`)) return;
  mark.setAttribute('class', `mark level-${level}`);
  mark.firstChild.setAttribute('d', SHAPES[level]);
}
