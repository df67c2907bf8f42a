/** What every page has: header, sign-in, language and theme; the page itself starts once the role is known. */

import { Api } from './api.js';
import { apply, onLanguage, switchLanguage, t } from './i18n.js';
import { h, put } from './dom.js';
import { errorNotice } from './errors.js';
import { applyTheme, switchTheme, theme } from './theme.js';
import { signIn } from './signin.js';
import { forget, keep, stored } from './token.js';

const PAGES = {
  admin: ['dashboard', 'report', 'join'], teacher: ['dashboard', 'report', 'join'], student: ['report', 'join'], ingest: [],
};

/** The pages that would not refuse whoever asks: with class figures only, teachers read no reports and post no pictures. */
function pagesOf(me) {
  const all = PAGES[me?.role] ?? [];
  return me?.role === 'teacher' && me.visibility === 'aggregate' ? all.filter((page) => page === 'dashboard') : all;
}

/**
 * Runs a page. `start({ api, me, main, signal })` is called after each sign-in; `signal` ends with it.
 * `roles` may use the page, others are told which pages are theirs. `errand()` is null, or the key of the locale of what a
 * sign-in is needed for.
 */
export async function open(name, roles, start, errand = () => null) {
  if ('old' in document.documentElement.dataset) return; // support.js has said why.
  const main = document.getElementById('main');
  const header = h('header', { class: 'bar' });
  document.body.prepend(h('a', { class: 'skip', href: '#main', 'data-text': 'nav.skip' }), header);
  document.body.append(h('footer', { class: 'foot muted', 'data-text': 'caution' }));
  applyTheme();
  drawHeader(header, name, null);
  apply();
  const entitle = () => { document.title = `${t(stored() === null ? 'signin.title' : `nav.${name}`)} · ClassPulse`; };
  entitle();
  onLanguage(entitle); // Before the page's own listener, which may know a better title.
  let [reason, used] = [null, null];
  /** Nothing of whoever was signed in stays: token, name in the title, ids in the address. */
  function leaveNoTrace() {
    forget();
    history.replaceState(null, '', location.pathname);
    entitle();
  }
  // A page that Back brings out of memory still shows, and holds the token of, whoever was signed in when it was left.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted || stored() === used) return;
    main.replaceChildren();
    location.reload();
  });
  for (;;) {
    const { token, me } = await identify(main, reason, errand, leaveNoTrace);
    const isNew = stored() !== token;
    keep(token);
    used = token;
    entitle();
    const session = new AbortController();
    reason = await new Promise((leave) => {
      drawHeader(header, name, me, () => leave(null));
      onLanguage(() => drawHeader(header, name, me, () => leave(null)), session.signal);
      const api = new Api(token, () => leave('signin.expired'));
      main.replaceChildren();
      if (roles.includes(me.role)) start({ api, me, main, signal: session.signal });
      else main.append(wrongRole(me));
      apply(main);
      if (isNew) main.focus(); // The form that had the focus is gone.
    });
    leaveNoTrace();
    used = null;
    session.abort();
    drawHeader(header, name, null);
  }
}

/** The stored token's owner, or a new sign-in; `leaveNoTrace` is called where the token is no longer good. */
async function identify(main, reason, errand, leaveNoTrace) {
  const token = stored();
  if (!token) return signIn(main, reason, errand());
  try {
    return { token, me: await new Api(token).get('/v1/me') };
  } catch (error) {
    if (error.status === 401) {
      leaveNoTrace();
      return signIn(main, 'signin.expired', errand());
    }
    await new Promise((retry) => main.replaceChildren(errorNotice(error, retry)));
    main.focus();
    return identify(main, reason, errand, leaveNoTrace);
  }
}

function drawHeader(header, current, me, signOut) {
  const themeButton = h('button', { type: 'button', class: 'quiet icon theme', onclick: () => { switchTheme(); label(); } });
  const label = () => {
    put(themeButton, 'aria-label', t(`theme.${theme()}`));
    put(themeButton, 'title', t(`theme.${theme()}`));
    themeButton.textContent = { auto: '◐', light: '☀', dark: '☾' }[theme()];
  };
  label();
  header.replaceChildren(
    h('a', { class: 'brand', href: `/${pagesOf(me)[0] ?? 'dashboard'}` }, h('img', { src: '/favicon.ico', alt: '', width: 24, height: 24 }), 'ClassPulse'),
    h('nav', { 'data-label': 'nav.label' }, pagesOf(me).map((page) =>
      h('a', { href: `/${page}`, 'aria-current': page === current ? 'page' : null, 'data-text': `nav.${page}` }))),
    h('span', { class: 'who muted' }, me ? t(`role.${me.role}`) + (me.class ? ` · ${me.class}` : '') : ''),
    h('button', { type: 'button', class: 'quiet', 'data-text': 'language.other', 'data-label': 'language.change', onclick: switchLanguage }),
    themeButton,
    ...(me ? [h('button', { type: 'button', class: 'quiet', 'data-text': 'signin.out', onclick: signOut })] : []));
  apply(header);
}

function wrongRole(me) {
  const pages = pagesOf(me);
  return h('section', { class: 'card empty' },
    h('h1', { 'data-text': 'role.wrong' }),
    h('p', { 'data-text': pages.length ? `role.wrong.${me.role}` : 'role.wrong.ingest' }),
    h('p', { class: 'row' }, pages.map((page) => h('a', { class: 'button', href: `/${page}`, 'data-text': `nav.${page}` }))));
}
