/** The report as files, made from the figures on the page. */

import { h } from '../dom.js';
import { EXPRESSIONS } from '../reading.js';

const MARK = '\uFEFF'; // Byte order mark: without it Excel takes UTF-8 for the system's old encoding.
const iso = (milliseconds) => new Date(milliseconds).toISOString();
const cell = (value) => (value === null || value === undefined ? '' : String(value));

/** Windows as CSV (RFC 4180): one line each, unknown left empty. All cells are times, numbers or level names. */
export function csv(windows) {
  const head = ['start', 'end', 'received', 'scored', 'coverage', 'score', 'smoothed', 'level', ...EXPRESSIONS];
  const lines = windows.map((window) => [
    iso(window.start), iso(window.end), window.received, window.scored, window.coverage, window.score, window.smoothed, window.level,
    ...EXPRESSIONS.map((name) => window.expressions?.[name]),
  ].map(cell));
  return MARK + [head, ...lines].map((line) => line.join(',') + '\r\n').join('');
}

/** The lessons of a report over all lessons as CSV; titles are quoted and cannot start a formula. */
export function lessonsCsv(lessons) {
  const quote = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const lines = lessons.map(({ id, title, startedAt, mean, coverage }) =>
    [quote(id), quote(title), startedAt === null ? '' : iso(startedAt), cell(mean), cell(coverage)]);
  return MARK + [['lesson', 'title', 'started_at', 'mean', 'coverage'], ...lines].map((line) => line.join(',') + '\r\n').join('');
}

/** Offers a text to the browser as a download. */
export function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h('a', { href: url, download: name.replace(/[^\w.~-]/g, '_') });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
