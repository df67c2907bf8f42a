/** The figures of a report: mean, spread, coverage, time per level, low stretches. */

import { shares } from '../charts/shares.js';
import { h, put, write } from '../dom.js';
import { clock, day, duration, percent, points } from '../format.js';
import { t } from '../i18n.js';
import { levelMark, setLevelMark } from '../levels.js';
import { LEVELS } from '../reading.js';
import { say } from '../rule.js';

export function summary() {
  const [meanTitle, episodesTitle] = [h('h2', { id: 'mean-title' }), h('h2', { class: 'second', id: 'episodes-title' })];
  const mark = levelMark('unknown');
  const level = h('span');
  const mean = h('span', { class: 'now-figure', id: 'report-mean' });
  const figures = h('dl', { class: 'figures' });
  const time = shares(LEVELS, (kind) => t(`level.${kind}`));
  const episodes = h('ol', { class: 'episodes', tabindex: '0', 'aria-labelledby': 'episodes-title' });
  const noEpisodes = h('p', { class: 'muted' });
  const element = h('div', { class: 'summary' },
    h('section', { class: 'card', 'aria-labelledby': 'mean-title' },
      meanTitle,
      h('p', { class: 'now-line' }, mean, h('span', { class: 'now-tag' }, mark, level)), figures),
    h('section', { class: 'card', 'aria-labelledby': 'time-title' },
      h('h2', { id: 'time-title', 'data-text': 'report.time' }), time.element,
      episodesTitle, episodes, noEpisodes));

  function update(report) {
    say(meanTitle, 'report.mean', report.rule);
    say(episodesTitle, 'report.episodes', report.rule);
    setLevelMark(mark, report.level);
    write(level, t(`level.${report.level}`));
    write(mean, percent(report.mean));
    const { p25, p50, p75 } = report.quantiles;
    figures.replaceChildren(...[
      ['report.median', percent(p50)],
      ['report.quartiles', p25 === null ? percent(null) : t('report.range', { from: percent(p25), to: percent(p75) })],
      ['report.coverage', percent(report.coverage)],
      ['report.frames', t('report.frames.figure', report.frames)],
      ['report.trend', report.trend === null ? percent(null) : t('report.trend.figure', { change: points(report.trend) })],
    ].flatMap(([key, figure]) => [h('dt', {}, t(key)), h('dd', {}, figure)]));
    time.update(report.time, duration);
    // Lessons on several days need the day too.
    const moment = report.session ? (at) => clock(at, { seconds: true }) : day;
    episodes.replaceChildren(...report.episodes.map(({ start, end, mean: low }) => h('li', {},
      levelMark('low'), ` ${moment(start)}–${clock(end, { seconds: report.session !== null })}`,
      h('span', { class: 'muted' }, ` · ${duration((end - start) / 1000)} · ${t('report.episode.mean', { mean: percent(low) })}`))));
    put(episodes, 'hidden', report.episodes.length === 0);
    write(noEpisodes, report.episodes.length ? '' : t('report.episodes.none'));
  }
  return { element, update };
}
