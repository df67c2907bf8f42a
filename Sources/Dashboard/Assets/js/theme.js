/** Light, dark, or as the system has it. */

import { local } from './storage.js';

const KEY = 'classpulse.theme';
const THEMES = ['auto', 'light', 'dark'];

export const theme = () => (THEMES.includes(local.getItem(KEY)) ? local.getItem(KEY) : 'auto');

export function applyTheme() {
  document.documentElement.dataset.theme = theme();
}

export function switchTheme() {
  local.setItem(KEY, THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  applyTheme();
}
