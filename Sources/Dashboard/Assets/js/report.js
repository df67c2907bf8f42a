/** A student's report: over one lesson with its timeline, or over all lessons. */

import { withQuery } from './api.js';
import { shares } from './charts/shares.js';
import { stackChart } from './charts/stack.js';
import { timelineChart } from './charts/timeline.js';
import { h, put, write } from './dom.js';
import { errorNotice } from './errors.js';
import { day } from './format.js';
import { apply, onLanguage, t } from './i18n.js';
import { backOff, sleep } from './live.js';
import { open } from './shell.js';
import { lesson as readLesson, STACKED } from './reading.js';
import { ruleNote, say } from './rule.js';
import { choice } from './report/choice.js';
import { comparison } from './report/compare.js';
import { csv, download, lessonsCsv } from './report/export.js';
import { report as readReport, windows as readWindows } from './report/reading.js';
import { summary } from './report/summary.js';

const REFRESH_MS = 10_000;
const enc = encodeURIComponent;

open('report', ['admin', 'teacher', 'student'], ({ api, me, main, signal }) => {
  const chosen = choice({ api, me, signal, changed });
  const [name, about, message] = [h('bdi'), h('p', { class: 'muted' }), h('div')];
  const [figures, lessons, rule] = [summary(), comparison((id) => chosen.choose(id)), ruleNote()];
  const courseTitle = h('h2', { id: 'course-title' });
  const label = (kind) => t(`expression.${kind}`);
  const [timeline, bands, mix] = [timelineChart(), stackChart(STACKED, label), shares(STACKED, label)];
  const resolution = h('select', { id: 'resolution', onchange: () => load(true) },
    h('option', { value: '10s', 'data-text': 'report.windows.10s' }), h('option', { value: '60s', 'data-text': 'report.windows.60s' }));
  const tools = h('div', { class: 'row tools' },
    h('button', { type: 'button', 'data-text': 'report.csv', onclick: () => save('csv') }),
    h('button', { type: 'button', 'data-text': 'report.json', onclick: () => save('json') }),
    h('button', { type: 'button', 'data-text': 'report.print', onclick: () => print() }));
  const course = h('section', { class: 'card', 'aria-labelledby': 'course-title' },
    h('div', { class: 'card-head' }, courseTitle,
      h('span', { class: 'field' }, h('label', { for: 'resolution', 'data-text': 'report.windows' }), resolution)), timeline.element,
    h('p', { class: 'muted' }));
  const faces = h('section', { class: 'card', 'aria-labelledby': 'faces-title' },
    h('h2', { id: 'faces-title', 'data-text': 'report.expressions' }), bands.element, mix.element);
  const body = h('div', { class: 'report', hidden: true },
    h('div', { class: 'report-head' }, h('div', {}, h('h1', {}, name), about, rule.element), tools), figures.element, course, faces, lessons.element);
  main.append(h('div', { class: 'context' }, chosen.element), message, body);
  apply(main);

  let [subject, shown, loading] = [null, null, new AbortController()];
  signal.addEventListener('abort', () => loading.abort());

  function changed(next, error = null) {
    loading.abort();
    [subject, shown] = [next, null];
    put(body, 'hidden', true);
    if (!next) return tell(error ? errorNotice(error, begin) : h('p', { class: 'card empty' }, t('report.nobody')));
    history.replaceState(null, '', withQuery('/report', { class: next.class, student: next.student, session: next.session ?? 'all' }));
    load();
  }

  /** What is said above the report; the focus of a button that goes with it falls to the page. */
  function tell(...elements) {
    const held = message.contains(document.activeElement);
    message.replaceChildren(...elements);
    if (held) main.focus();
  }

  /** Reads and shows; while the lesson is open, again and again, and after an error that may pass. */
  async function load(keepShown = false) {
    loading.abort();
    loading = new AbortController();
    const own = loading.signal;
    if (!keepShown) tell(h('p', { class: 'muted', role: 'status' }, t('loading')));
    let [isOver, failures] = [subject.lesson?.endedAt !== null, 0];
    while (!own.aborted) {
      let wait = REFRESH_MS;
      try {
        const endedAt = await read(own);
        failures = 0;
        if (isOver) return;
        if (endedAt !== null) {
          chosen.ended(subject.session, endedAt);
          [isOver, wait] = [true, 0]; // Once more: the figures may be from just before the end.
        }
      } catch (error) {
        if (own.aborted) return;
        complain(error, () => load(keepShown));
        if (!error.retryable) return;
        failures += 1;
        wait = error.retryAfter ?? backOff(failures);
      }
      await sleep(wait, own).catch(() => {});
    }
  }

  /** Shows everything as it is now; gives when the lesson ended, null while it is open or where it is about all lessons. */
  async function read(own) {
    const { class: group, student, session } = subject;
    const ofClass = `/v1/classes/${enc(group)}/students/${enc(student)}`;
    const ofLesson = session && `/v1/sessions/${enc(session)}/students/${enc(student)}`;
    const [one, all, course, lesson] = await Promise.all([
      session ? api.get(`${ofLesson}/report`, { signal: own }) : null,
      api.get(`${ofClass}/report`, { signal: own }),
      session ? api.list(`${ofLesson}/timeline?resolution=${resolution.value}`, 'windows', { signal: own }) : [],
      session ? api.get(`/v1/sessions/${enc(session)}`, { signal: own }) : null,
    ]);
    shown = { report: readReport(one ?? all), lessons: readReport(all).lessons, windows: readWindows(course), raw: { report: one ?? all, windows: course } };
    tell();
    render();
    return readLesson(lesson).endedAt;
  }

  /** The same error again is not read out again, and its button keeps the focus. */
  function complain(error, retry) {
    const notice = errorNotice(error, retry);
    if (message.textContent !== notice.textContent) tell(notice);
  }

  function render() {
    if (!shown) return;
    const { report, lessons: all, windows } = shown;
    write(name, report.name);
    write(about, subject.lesson ? `${subject.lesson.title} · ${day(subject.lesson.startedAt)}` : t('report.all', { lessons: all.length }));
    rule.update(report);
    say(courseTitle, 'report.course', report.rule);
    say(course.lastChild, 'chart.timeline.none', report.rule);
    document.title = `${report.name} · ClassPulse`;
    figures.update(report);
    lessons.update(all, report.session);
    put(course, 'hidden', subject.session === null);
    put(timeline.element, 'hidden', windows.length === 0);
    put(course.lastChild, 'hidden', windows.length > 0);
    put(bands.element, 'hidden', subject.session === null || !windows.some(({ expressions }) => expressions));
    put(faces, 'hidden', report.expressions === null);
    put(body, 'hidden', false);
    const start = Math.min(report.from ?? Infinity, windows[0]?.start ?? 0);
    const end = Math.max(report.to ?? 0, windows.at(-1)?.end ?? 0);
    timeline.update({ windows, episodes: report.episodes, start, end, rule: report.rule });
    bands.update({ windows, start, end });
    if (report.expressions) mix.update(report.expressions);
  }

  function save(kind) {
    const { report, windows, lessons: all, raw } = shown;
    const file = `classpulse-${report.student}-${report.session ?? 'all'}.${kind}`;
    if (kind === 'csv') download(file, 'text/csv', subject.session ? csv(windows) : lessonsCsv(all));
    else download(file, 'application/json', JSON.stringify({ ...raw, resolution: subject.session ? resolution.value : null }, null, 2));
  }

  function begin() {
    const wished = new URLSearchParams(location.search);
    const session = wished.get('session');
    tell(h('p', { class: 'muted', role: 'status' }, t('loading')));
    chosen.start({ class: wished.get('class'), student: wished.get('student'), session: session === 'all' ? null : session ?? undefined })
      .catch((error) => { if (!signal.aborted) changed(null, error); });
  }

  onLanguage(() => { chosen.redraw(); render(); }, signal);
  begin();
});
