/** Words of the pages in two languages; figures and times as the language writes them. */

import en from './locales/en.js';
import zh from './locales/zh.js';
import { local } from './storage.js';

const LOCALES = { en, zh };
const TAGS = { en: 'en', zh: 'zh-CN' };
const KEY = 'classpulse.language';
const listeners = new Set();

let language = initial();

function initial() {
  const stored = local.getItem(KEY);
  if (Object.hasOwn(LOCALES, stored ?? '')) return stored;
  return navigator.languages.some((tag) => tag.startsWith('zh')) && !navigator.language.startsWith('en') ? 'zh' : 'en';
}

/** BCP 47 tag of the language in use. */
export const tag = () => TAGS[language];

/** The text of a key with `{name}` replaced; an unknown key is shown as itself. */
export function t(key, values = {}) {
  const text = LOCALES[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** Whether the locales have this key. */
export const has = (key) => Object.hasOwn(LOCALES[language], key);

export function switchLanguage() {
  language = language === 'en' ? 'zh' : 'en';
  local.setItem(KEY, language);
  apply();
  for (const listener of listeners) listener();
}

/** Calls `listener` after each switch until `signal` is aborted. */
export function onLanguage(listener, signal) {
  listeners.add(listener);
  signal?.addEventListener('abort', () => listeners.delete(listener));
}

/** Fills `data-text`, `data-label` and `data-placeholder` of an element and all below it. */
export function apply(root = document.documentElement) {
  document.documentElement.lang = tag();
  for (const element of root.querySelectorAll('[data-text]')) element.textContent = t(element.dataset.text);
  for (const element of root.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
  for (const element of root.querySelectorAll('[data-placeholder]')) element.placeholder = t(element.dataset.placeholder);
}
