/** What the student sees while the camera is in use: preview, state, own reading, buttons. */

import { sparkline } from '../charts/sparkline.js';
import { h, put, s, write } from '../dom.js';
import { percent } from '../format.js';
import { t } from '../i18n.js';
import { levelMark, setLevelMark } from '../levels.js';
import { FRESH_MS, EXPRESSIONS, level as checkedLevel, list, number, share, text } from '../reading.js';
import { say as sayFor } from '../rule.js';

const READINGS = 60;
const INTERVALS = [1, 2, 5];

/** `actions`: `start`, `pause`, `withdraw`, `pace(seconds)`. */
export function stage(actions) {
  const video = h('video', { muted: true, playsinline: true, 'aria-hidden': 'true' });
  video.muted = true;
  const box = s('rect', { class: 'face-box', rx: 12, display: 'none' });
  const preview = h('div', { class: 'preview' }, video,
    s('svg', { class: 'preview-marks', viewBox: '0 0 640 480', 'aria-hidden': 'true' }, box));
  const word = h('p', { class: 'stage-state', role: 'status', tabindex: -1 });
  const detail = h('p', { class: 'muted stage-detail' });
  const mark = levelMark('unknown');
  const [level, score, words, counts] = ['now-tag-text', 'now-figure', 'muted', 'muted'].map((name) => h('span', { class: name }));
  const spark = sparkline(READINGS);
  const start = h('button', { type: 'button', class: 'primary', id: 'start', onclick: actions.start });
  const pause = h('button', { type: 'button', id: 'pause', 'data-text': 'join.pause', onclick: actions.pause });
  const withdraw = h('button', { type: 'button', class: 'danger', id: 'withdraw', 'data-text': 'join.withdraw', onclick: actions.withdraw });
  const pace = h('select', { id: 'pace', onchange: () => actions.pace(Number(pace.value)) },
    INTERVALS.map((seconds) => h('option', { value: seconds, 'data-text': `join.pace.${seconds}` })));
  const [title, rule] = [h('h2', { id: 'reading-title' }), h('p', { class: 'muted fine', id: 'reading-rule' })];
  const reading = h('section', { class: 'card', 'aria-labelledby': 'reading-title' }, title,
    h('p', { class: 'now-line', id: 'reading' }, score, h('span', { class: 'now-tag' }, mark, level)), h('p', {}, words), spark.element, rule);
  const element = h('div', { class: 'stage' }, h('h1', { class: 'unseen', 'data-text': 'nav.join' }), preview,
    h('div', { class: 'stage-side' },
      h('section', { class: 'card' }, word, detail, h('div', { class: 'row stage-buttons' }, start, pause, withdraw),
        h('p', { class: 'row' }, h('span', { class: 'field' }, h('label', { for: 'pace', 'data-text': 'join.pace' }), pace), counts)),
      reading));
  let [scores, last, by, stale] = [[], null, '', null]; // `by`: the rule of the last reading.

  /** To the button there is, or to the state in words. */
  const focus = () => ([start, pause].find(({ hidden }) => !hidden) ?? word).focus();

  function say() {
    const value = share(last?.concentration?.score);
    const now = value === null ? 'unknown' : checkedLevel(last.concentration.level);
    sayFor(title, 'join.reading', by);
    write(rule, by ? t('rule.name', { rule: by }) : '');
    setLevelMark(mark, now);
    write(level, t(`level.${now}`));
    write(score, percent(value));
    write(words, EXPRESSIONS.includes(last?.expression) ? t(`expression.${last.expression}`) : statusWord(text(last?.status)));
  }

  /** A FrameReport as the server sent it; null once nothing is read any more: one gap, however long. */
  function read(report) {
    clearTimeout(stale);
    if (report) stale = setTimeout(() => read(null), FRESH_MS);
    const value = share(report?.concentration?.score);
    if (report || (scores.at(-1) ?? null) !== null) scores = [...scores, value].slice(-READINGS);
    last = report;
    by = text(report?.concentration?.rule) || by;
    say();
    spark.update(scores);
    const [x, y, width, height] = list(report?.face?.box).map(number);
    put(box, 'display', width > 0 && height > 0 ? null : 'none');
    if (width > 0 && height > 0) for (const [name, figure] of Object.entries({ x, y, width, height })) put(box, name, figure);
  }

  return {
    element, video, focus, read,
    /** `state` is a key `join.state.…`; `problem` an explanation in words. */
    show(state, problem = '') {
      const running = ['sending', 'retrying', 'refusing'].includes(state);
      const held = [start, pause].find((button) => button === document.activeElement);
      put(element, 'data-state', state);
      write(word, t(`join.state.${state}`));
      write(detail, problem);
      write(start, t(state === 'ready' ? 'join.start' : 'join.resume'));
      put(start, 'hidden', running || state === 'ended' || state === 'starting');
      put(pause, 'hidden', !running && state !== 'starting');
      if (!running) put(box, 'display', 'none');
      say();
      if (held?.hidden) focus();
    },
    count({ sent, dropped }, waiting) {
      write(counts, t('join.counts', { sent, waiting, dropped }));
    },
    /** Before another student. */
    clear() {
      scores = [];
      read(null);
    },
  };
}

const statusWord = (status) => (['no_face', 'several_faces', 'low_quality', 'scored'].includes(status) ? t(`status.${status}`) : '');
