/** The grid of tiles with search, level filter and order. */

import { arrange, h, put, write } from '../dom.js';
import { t, tag } from '../i18n.js';
import { levelMark } from '../levels.js';
import { LEVELS } from '../reading.js';
import { tile } from './tile.js';

const URGENCY = { low: 0, medium: 1, high: 2, unknown: 3 };
const byName = () => {
  const { compare } = new Intl.Collator(tag(), { numeric: true });
  return (a, b) => compare(a.name, b.name) || compare(a.id, b.id);
};
const ORDERS = {
  name: byName,
  // By level, then name: a tile moves when its level changes, not with every per cent.
  attention: () => { const names = byName(); return (a, b) => URGENCY[a.level] - URGENCY[b.level] || names(a, b); },
  score: () => { const names = byName(); return (a, b) => (b.score ?? -1) - (a.score ?? -1) || names(a, b); },
  seen: () => { const names = byName(); return (a, b) => (b.lastSeen ?? 0) - (a.lastSeen ?? 0) || names(a, b); },
};

export function studentGrid() {
  const tiles = new Map();
  let [latest, wantedLevel] = [null, 'all'];
  const search = h('input', { type: 'search', id: 'search', 'data-placeholder': 'students.search', 'data-label': 'students.search', oninput: render });
  const order = h('select', { id: 'order', onchange: render }, Object.keys(ORDERS).map((key) =>
    h('option', { value: key, 'data-text': `students.sort.${key}` })));
  const filters = ['all', ...LEVELS].map((level) => {
    const figure = h('span', { class: 'figure' });
    const button = h('button', { type: 'button', class: 'chip', 'data-level': level, onclick: () => { wantedLevel = level; render(); } },
      ...(level === 'all' ? [] : [levelMark(level)]), h('span', { 'data-text': level === 'all' ? 'students.all' : `level.${level}` }), figure);
    return { level, button, figure };
  });
  const grid = h('ul', { class: 'tiles' });
  const empty = h('p', { class: 'muted' });
  const element = h('section', { class: 'students', 'aria-labelledby': 'students-title' },
    h('div', { class: 'toolbar' },
      h('h2', { id: 'students-title', 'data-text': 'students.title' }),
      h('div', { class: 'chips', role: 'group', 'data-label': 'students.title' }, filters.map(({ button }) => button)),
      search,
      h('label', { for: 'order', 'data-text': 'students.sort' }), order),
    grid, empty);

  function render() {
    if (!latest) return;
    const { students, lesson } = latest;
    for (const { level, button, figure } of filters) {
      write(figure, String(level === 'all' ? students.length : students.filter((student) => student.level === level).length));
      put(button, 'aria-pressed', String(level === wantedLevel));
    }
    const words = search.value.trim().toLocaleLowerCase();
    const shown = students.filter((student) => (wantedLevel === 'all' || student.level === wantedLevel)
      && `${student.name} ${student.id}`.toLocaleLowerCase().includes(words)).sort(ORDERS[order.value]());
    for (const student of shown) {
      if (!tiles.has(student.id)) tiles.set(student.id, tile());
      tiles.get(student.id).update(student, lesson);
    }
    arrange(grid, shown.map(({ id }) => tiles.get(id).element));
    write(empty, shown.length ? '' : t(students.length ? 'students.nomatch' : 'students.none'));
  }

  return {
    element,
    update(value) {
      latest = value;
      const present = new Set(value.students.map(({ id }) => id));
      for (const id of tiles.keys()) if (!present.has(id)) tiles.delete(id);
      put(element, 'hidden', value.mode === 'aggregate');
      render();
    },
    /** Brings "seen … ago" up to date. */
    age(now) {
      for (const { element: shown, age } of tiles.values()) if (shown.isConnected) age(now);
    },
  };
}
