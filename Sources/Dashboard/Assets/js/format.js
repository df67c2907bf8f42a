/** Figures and times as text, in the language of the page. Unknown is a dash, never a number. */

import { t, tag } from './i18n.js';

const DASH = '–';
const cache = new Map();

function formatter(kind, options) {
  const key = tag() + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl[kind](tag(), options));
  return cache.get(key);
}

/** 0…1 as whole per cents. */
export function percent(value) {
  return value === null ? DASH : formatter('NumberFormat', { style: 'percent', maximumFractionDigits: 0 }).format(value);
}

/** Hours and minutes of a moment in milliseconds; with seconds on request. */
export function clock(milliseconds, { seconds = false } = {}) {
  if (milliseconds === null) return DASH;
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(seconds ? { second: '2-digit' } : {}) };
  return formatter('DateTimeFormat', options).format(milliseconds);
}

/** Day and time of a moment in milliseconds. */
export function day(milliseconds) {
  if (milliseconds === null) return DASH;
  return formatter('DateTimeFormat', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(milliseconds);
}

/** How long ago, from an age in milliseconds. */
export function ago(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const relative = formatter('RelativeTimeFormat', { style: 'short' });
  if (seconds < 3) return t('time.now');
  if (seconds < 90) return relative.format(-seconds, 'second');
  if (seconds < 5400) return relative.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 129_600) return relative.format(-Math.round(seconds / 3600), 'hour');
  return relative.format(-Math.round(seconds / 86_400), 'day');
}

/** A change of 0…1 with its sign, in whole percentage points. */
export function points(value) {
  return formatter('NumberFormat', { maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(value * 100);
}

/** A length of time in seconds, in at most two units. */
export function duration(seconds) {
  const whole = Math.round(seconds);
  const unit = (value, name) => formatter('NumberFormat', { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (whole < 60) return unit(whole, 'second');
  if (whole < 600 && whole % 60) return `${unit(Math.floor(whole / 60), 'minute')} ${unit(whole % 60, 'second')}`;
  if (whole < 3600) return unit(Math.round(whole / 60), 'minute');
  const minutes = Math.round(whole / 60);
  return minutes % 60 ? `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}` : unit(minutes / 60, 'hour');
}
