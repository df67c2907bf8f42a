/** Light, dark, or as the system has it. */

const KEY = 'classpulse.theme';
const THEMES = ['auto', 'light', 'dark'];

export const theme = () => (THEMES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : 'auto');

export function applyTheme() {
  document.documentElement.dataset.theme = theme();
}

export function switchTheme() {
  localStorage.setItem(KEY, THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  applyTheme();
}
