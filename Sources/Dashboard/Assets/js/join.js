/** The student's camera page: first the notice, then the camera, and a way out at any time. */

import { withQuery } from './api.js';
import { h, write } from './dom.js';
import { describe, errorNotice } from './errors.js';
import { apply, has, onLanguage, t } from './i18n.js';
import { sleep } from './live.js';
import { lesson } from './reading.js';
import { open } from './shell.js';
import { choice } from './report/choice.js';
import { Camera } from './join/camera.js';
import { isAnyOpen, noticeForm, readConsent, Withdrawals, writeConsent } from './join/consent.js';
import { Sender } from './join/sender.js';
import { stage } from './join/stage.js';

const LOOK_AGAIN_MS = 10_000;

open('join', ['admin', 'teacher', 'student'], ({ api, me, main, signal }) => {
  const chosen = choice({ api, me, signal, changed, openOnly: true });
  const place = h('div');
  const spoken = h('p', { class: 'unseen', role: 'status' }); // There before its text, or it would not be read out.
  let adrift = false; // Whether what had the focus is gone.

  /** Another view; the focus goes to `target` in it where it would be lost, the text of the key `words` is read out. */
  const put = (element, target = null, words = '') => {
    adrift = place.contains(document.activeElement) || (adrift && document.activeElement === document.body);
    place.replaceChildren(element);
    apply(place);
    if (adrift) target?.focus();
    spoken.dataset.text = words;
    write(spoken, t(words));
  };
  main.append(h('div', { class: 'context' }, chosen.element), place, spoken);

  const scene = stage({ start, pause, withdraw, pace: (seconds) => { interval = seconds * 1000; if (camera.isRunning) ticker.postMessage(interval); } });
  const camera = new Camera(scene.video, () => halt('lost'));
  const ticker = new Worker('/assets/js/join/ticker.js');
  const sender = new Sender((picture, options) => api.postFrame(subject.session, subject.student, picture, options), {
    onReport: scene.read,
    onTrouble: (error, isRefused) => (error ? show(isRefused ? 'refusing' : 'retrying', describe(error)) : show('sending')),
    onRefused: refused,
    onChange: () => scene.count(sender.counts, sender.waiting),
  });
  const form = noticeForm(answer);
  const withdrawals = new Withdrawals(api, signal, (whose) => {
    if (whose.class === subject?.class && whose.student === subject.student) declined();
  });
  let [subject, consent, interval, state, drawing] = [null, null, 1000, null, false];

  ticker.onmessage = async () => {
    if (drawing || !camera.isRunning) return;
    drawing = true;
    const picture = await camera.picture().finally(() => { drawing = false; });
    if (picture && camera.isRunning) sender.add(picture);
  };

  function show(next, problem = '') {
    state = { next, problem };
    scene.show(next, problem);
    if (!scene.element.isConnected) put(scene.element, scene); // A video moved in the document would stop.
  }

  /** Camera off, queue empty, nothing on its way: first of all, whatever comes after. */
  function halt(next, problem) {
    camera.stop();
    ticker.postMessage(0);
    sender.clear();
    scene.read(null);
    if (next) show(next, problem);
  }

  async function changed(next, error = null) {
    sender.counts = { sent: 0, dropped: 0 };
    halt();
    scene.clear();
    [subject, consent, state] = [next, null, null];
    if (next && withdrawals.isOpen(next)) return tell(next);
    if (error) return put(errorNotice(error, begin));
    if (!next?.session) {
      put(h('section', { class: 'card empty' },
        h('h1', { 'data-text': 'join.nolesson' }), h('p', { class: 'muted', 'data-text': 'join.nolesson.hint' })));
      await sleep(LOOK_AGAIN_MS, signal).catch(() => {});
      if (subject === next && !signal.aborted) begin();
      return;
    }
    history.replaceState(null, '', withQuery('/join', { class: next.class, student: next.student, session: next.session }));
    put(h('p', { class: 'muted', role: 'status', 'data-text': 'loading' })); // No button of the one before.
    try {
      const read = await readConsent(api, next, signal);
      if (subject !== next) return;
      consent = read;
      if (consent.granted) show('ready');
      else ask();
    } catch (problem) {
      if (!signal.aborted && subject === next) put(errorNotice(problem, () => changed(next)));
    }
  }

  function ask(problem = '') {
    state = null;
    form.clear();
    put(form.element, form.title);
    form.show(consent, problem);
  }

  async function answer(granted, guardian) {
    adrift = form.element.contains(document.activeElement); // A button that is disabled loses the focus.
    form.busy();
    const [whose, answered] = [subject, consent];
    try {
      await writeConsent(api, whose, { granted, version: answered.version, guardian }, { signal });
      if (subject !== whose) return;
      if (granted) start();
      else declined();
    } catch (error) {
      if (signal.aborted || subject !== whose) return;
      put(form.element, form.title);
      form.show(answered, describe(error));
    }
  }

  /** No camera: refused, or withdrawn; agreeing again has to wait until the server knows of the withdrawal. */
  function declined() {
    state = null;
    const whose = subject;
    const [isOpen, error] = [withdrawals.isOpen(whose), withdrawals.error(whose)];
    const words = isOpen ? 'join.withdrawing' : 'join.declined.hint';
    const title = h('h1', { tabindex: -1, 'data-text': 'join.declined' });
    put(h('section', { class: 'card empty' },
      title, h('p', { class: isOpen ? 'problem' : 'muted', 'data-text': words }),
      error && errorNotice(error, () => tell(whose)),
      isOpen ? null : h('p', { class: 'row' }, h('button', { type: 'button', id: 'again', 'data-text': 'join.again', onclick: () => changed(whose) }))),
    title, words);
  }

  async function start() {
    const asked = subject;
    const left = () => subject !== asked || state?.next !== 'starting'; // Paused, withdrawn or another lesson meanwhile.
    show('starting');
    try {
      await camera.start();
      if (left()) return camera.stop();
      show('sending');
      ticker.postMessage(interval);
    } catch (error) {
      if (left()) return camera.stop();
      const key = `join.camera.${error.name}`;
      halt('lost', has(key) ? t(key) : error.message);
    }
  }

  function pause() {
    halt('paused');
  }

  /** Stops here first, then tells the server until it has heard. */
  function withdraw() {
    halt();
    tell(subject, consent.version);
  }

  function tell(whose, version) {
    withdrawals.send(whose, version);
    declined();
  }

  function refused(error) {
    if (error.code === 'consent_required') {
      halt();
      return ask(t('join.noconsent'));
    }
    if (error.code !== 'session_ended') return halt('lost', describe(error));
    halt('ended');
    awaitNext(subject);
  }

  /** After the end of a lesson: begins with the class's next one once it is open; the camera stays off until Start. */
  async function awaitNext(ended) {
    for (;;) {
      await sleep(LOOK_AGAIN_MS, signal).catch(() => {});
      const isStill = () => !signal.aborted && subject === ended && state?.next === 'ended';
      if (!isStill()) return;
      const lessons = await api.list(`/v1/classes/${encodeURIComponent(ended.class)}/sessions`, 'sessions', { signal }).catch(() => []);
      if (isStill() && lessons.map(lesson).some(({ endedAt }) => endedAt === null)) return begin();
    }
  }

  function begin() {
    const wished = new URLSearchParams(location.search);
    chosen.start({ class: wished.get('class'), student: wished.get('student'), session: wished.get('session') ?? undefined })
      .catch((error) => { if (!signal.aborted) changed(null, error); });
  }

  onLanguage(() => {
    chosen.redraw();
    if (form.element.isConnected) form.show(consent);
    if (state) scene.show(state.next, state.problem);
  }, signal);
  signal.addEventListener('abort', () => { halt(); ticker.terminate(); });
  addEventListener('pagehide', () => halt(['starting', 'sending', 'retrying', 'refusing'].includes(state?.next) ? 'paused' : null), { signal });
  begin();
}, () => (isAnyOpen() ? 'signin.withdrawal' : null));
