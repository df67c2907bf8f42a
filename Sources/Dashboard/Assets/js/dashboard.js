/** The teacher's page: one lesson, live. */

import { h, write } from './dom.js';
import { describe } from './errors.js';
import { apply, onLanguage } from './i18n.js';
import { follow, sleep } from './live.js';
import { FRESH_MS } from './reading.js';
import { open } from './shell.js';
import { ending } from './dashboard/ending.js';
import { newest, picker, readLessons } from './dashboard/lessons.js';
import { overview } from './dashboard/overview.js';
import { presence } from './dashboard/presence.js';
import { status } from './dashboard/status.js';
import { studentGrid } from './dashboard/students.js';

const LESSONS_MS = 15_000;
const NO_LESSON_MS = 3_000;
/** Up to so many classes are asked about often while none has a lesson. */
const FEW_CLASSES = 3;
const SLEPT_MS = 2_000;

open('dashboard', ['admin', 'teacher'], ({ api, main, signal }) => {
  const [freshness, whole, attendance, grid] = [status(), overview(), presence(), studentGrid()];
  const choose = picker((lesson, group) => show(lesson ?? newest(classes.filter(({ id }) => id === group))?.id ?? null, { group, byHand: true }));
  const end = ending((lesson) => api.send('POST', `/v1/sessions/${encodeURIComponent(lesson)}/end`));
  const empty = h('section', { class: 'card empty' });
  whole.element.append(attendance.element);
  const content = h('div', { class: 'content' }, whole.element, grid.element);
  const title = h('h1', { class: 'unseen' });
  main.append(title, h('div', { class: 'context' }, choose.element, end.element, freshness.element), empty, content);
  apply(main);

  let [classes, shown, group, byHand, latest, receivedAt] = [[], undefined, null, false, null, 0];
  let following = new AbortController();
  let between = Date.now() - performance.now(); // Of the two clocks: the second may stand still while the device sleeps.
  signal.addEventListener('abort', () => following.abort());

  function show(lesson, { group: chosen, byHand: hand }) {
    [group, byHand] = [chosen, hand];
    choose.update(classes, group, lesson);
    if (lesson === shown) return;
    following.abort();
    following = new AbortController();
    [shown, latest] = [lesson, null];
    end.update(null);
    content.hidden = true;
    empty.hidden = false;
    const [what, hint] = classes.length
      ? ['pick.nolesson', 'pick.nolesson.hint']
      : ['pick.none', 'pick.none.hint'];
    empty.replaceChildren(...(lesson === null
      ? [h('h2', { 'data-text': what }), h('p', { class: 'muted', 'data-text': hint })]
      : [h('p', { 'data-text': 'loading' })]));
    apply(empty);
    if (lesson !== null) begin();
  }

  function begin() {
    follow(api, shown, {
      signal: following.signal,
      onState: freshness.set,
      onData(value) {
        [latest, receivedAt] = [value, performance.now()];
        content.hidden = false;
        empty.hidden = true;
        render();
      },
    });
  }

  function render() {
    if (!latest) return;
    write(title, latest.lesson.title);
    document.title = `${latest.lesson.title} · ClassPulse`;
    end.update(latest.lesson);
    whole.update(latest);
    attendance.update(latest);
    grid.update(latest);
    tick();
  }

  /** The server's clock now: its last answer's time and what passed since, whatever this device's clock says. */
  const serverNow = () => (latest.generatedAt ?? Date.now()) + performance.now() - receivedAt;

  function tick() {
    const slept = Date.now() - performance.now() - between;
    between += slept;
    if (Math.abs(slept) > SLEPT_MS) wake(Math.max(0, slept));
    freshness.render();
    whole.age(freshness.age() > FRESH_MS);
    if (latest) grid.age(serverNow());
  }

  /** After the device has slept, or its clock was set: what is shown is as old as that, and the stream begins anew. */
  function wake(milliseconds) {
    receivedAt -= milliseconds;
    freshness.slept(milliseconds);
    if (!shown) return;
    following.abort();
    following = new AbortController();
    begin();
  }

  /** The lessons that may come next by themselves: while one goes on, another of its class. */
  function candidates(isOpen) {
    const own = isOpen ? classes.find(({ lessons }) => lessons.some(({ id }) => id === shown))?.id : group;
    return byHand || isOpen ? classes.filter(({ id }) => id === own) : classes;
  }

  async function watchLessons() {
    while (!signal.aborted) {
      let isOpen = false;
      try {
        classes = await readLessons(api, signal);
        isOpen = classes.some(({ lessons }) => lessons.some(({ id, endedAt }) => id === shown && endedAt === null));
        const first = newest(candidates(isOpen));
        if (byHand && shown !== null) choose.update(classes, group, shown);
        else show(first?.id ?? null, { group: first?.class ?? group ?? classes[0]?.id ?? null, byHand });
        if (shown === null) freshness.set('polling');
      } catch (error) {
        if (signal.aborted) return;
        if (shown === undefined) empty.replaceChildren(h('p', { role: 'alert' }, describe(error)));
        if (!latest) freshness.set('retrying', error);
      }
      await sleep(isOpen || classes.length > FEW_CLASSES ? LESSONS_MS : NO_LESSON_MS, signal).catch(() => {});
      while (document.hidden && !signal.aborted) await sleep(NO_LESSON_MS, signal).catch(() => {});
    }
  }

  onLanguage(() => {
    choose.update(classes, group, shown ?? null);
    render();
  }, signal);
  const timer = setInterval(tick, 1000);
  signal.addEventListener('abort', () => clearInterval(timer));
  watchLessons();
});
