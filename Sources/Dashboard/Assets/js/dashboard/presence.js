/** Who is here, who came and who went: seen by comparing one state with the next. */

import { arrange, h, put, write } from '../dom.js';
import { clock } from '../format.js';
import { t } from '../i18n.js';
import { FRESH_MS } from '../reading.js';

const SHOWN = 40;

export function presence() {
  const counts = h('p', { class: 'presence-counts' });
  const feed = h('ol', { class: 'feed', tabindex: '0', 'aria-labelledby': 'presence-title' });
  const quiet = h('p', { class: 'muted' });
  const element = h('section', { class: 'card presence', 'aria-labelledby': 'presence-title' },
    h('h2', { id: 'presence-title', 'data-text': 'presence.title' }), counts, feed, quiet);
  let [here, changes, lesson] = [null, [], null];

  function update(value) {
    put(element, 'hidden', value.mode === 'aggregate');
    const now = value.generatedAt ?? Date.now();
    if (lesson !== value.lesson.id) [lesson, here, changes] = [value.lesson.id, null, []];
    const isHere = ({ lastSeen }) => lastSeen !== null && now - lastSeen <= FRESH_MS;
    for (const student of value.students) {
      const before = here?.get(student.id);
      if (!isHere(student) && student.lastSeen !== null && before !== false) note('left', student.lastSeen, student);
      if (isHere(student) && here && !before) note('joined', student.lastSeen, student);
    }
    changes = changes.filter(({ id }) => value.students.some((student) => student.id === id)); // Not of one who was erased.
    here = new Map(value.students.map((student) => [student.id, isHere(student)]));
    const present = [...here.values()].filter(Boolean).length;
    const never = value.students.filter(({ lastSeen }) => lastSeen === null).length;
    write(counts, t('presence.counts', { here: present, left: value.students.length - present - never, never }));
    render();
  }

  function note(kind, at, { id, name }) {
    changes.push({ kind, at, id, name });
  }

  function render() {
    changes = changes.toSorted((a, b) => b.at - a.at).slice(0, SHOWN);
    for (const change of changes) {
      change.word ??= h('span', { class: 'muted' });
      change.time ??= h('time', { class: 'muted' });
      change.element ??= h('li', { class: `feed-${change.kind}` }, change.time,
        h('span', { class: 'feed-sign', 'aria-hidden': 'true' }, change.kind === 'joined' ? '+' : '−'), h('bdi', {}, change.name), change.word);
      write(change.time, clock(change.at));
      write(change.word, t(`presence.${change.kind}`));
    }
    arrange(feed, changes.map((change) => change.element));
    put(feed, 'hidden', changes.length === 0);
    write(quiet, changes.length ? '' : t('presence.none'));
  }
  return { element, update };
}
