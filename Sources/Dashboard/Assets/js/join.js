/** The student's camera page: first the notice, then the camera, and a way out at any time. */

import { withQuery } from './api.js';
import { h } from './dom.js';
import { describe, errorNotice } from './errors.js';
import { apply, has, onLanguage, t } from './i18n.js';
import { backOff, sleep } from './live.js';
import { open } from './shell.js';
import { choice } from './report/choice.js';
import { Camera } from './join/camera.js';
import { noticeForm, readConsent, writeConsent } from './join/consent.js';
import { Sender } from './join/sender.js';
import { stage } from './join/stage.js';

const LOOK_AGAIN_MS = 10_000;

open('join', ['admin', 'teacher', 'student'], ({ api, me, main, signal }) => {
  const chosen = choice({ api, me, signal, changed, openOnly: true });
  const place = h('div');
  const put = (element) => {
    place.replaceChildren(element);
    apply(place);
  };
  main.append(h('div', { class: 'context' }, chosen.element), place);

  const scene = stage({ start, pause, withdraw, pace: (seconds) => { interval = seconds * 1000; if (camera.isRunning) ticker.postMessage(interval); } });
  const camera = new Camera(scene.video, () => halt('lost'));
  const ticker = new Worker('/assets/js/join/ticker.js');
  const sender = new Sender((picture, options) => api.postFrame(subject.session, subject.student, picture, options), {
    onReport: scene.read,
    onTrouble: (error) => show(error ? 'retrying' : 'sending', error ? describe(error) : ''),
    onRefused: refused,
    onChange: () => scene.count(sender.counts, sender.waiting),
  });
  const form = noticeForm(answer);
  let [subject, consent, interval, state, drawing] = [null, null, 1000, null, false];

  ticker.onmessage = async () => {
    if (drawing || !camera.isRunning) return;
    drawing = true;
    const picture = await camera.picture().finally(() => { drawing = false; });
    if (picture && camera.isRunning) sender.add(picture);
  };

  function show(next, problem = '') {
    state = { next, problem };
    if (!scene.element.isConnected) put(scene.element); // A video moved in the document would stop.
    scene.show(next, problem);
  }

  /** Camera off, queue empty, nothing on its way: first of all, whatever comes after. */
  function halt(next, problem) {
    camera.stop();
    ticker.postMessage(0);
    sender.clear();
    if (next) show(next, problem);
  }

  async function changed(next, error = null) {
    halt();
    subject = next;
    if (error) return put(errorNotice(error, begin));
    if (!next?.session) {
      put(h('section', { class: 'card empty' },
        h('h1', { 'data-text': 'join.nolesson' }), h('p', { class: 'muted', 'data-text': 'join.nolesson.hint' })));
      await sleep(LOOK_AGAIN_MS, signal).catch(() => {});
      if (subject === next && !signal.aborted) begin();
      return;
    }
    history.replaceState(null, '', withQuery('/join', { class: next.class, student: next.student, session: next.session }));
    try {
      consent = await readConsent(api, next, signal);
      if (subject !== next) return;
      if (consent.granted) show('ready');
      else ask();
    } catch (problem) {
      if (!signal.aborted && subject === next) put(errorNotice(problem, () => changed(next)));
    }
  }

  function ask(problem = '') {
    put(form.element);
    form.show(consent, problem);
  }

  async function answer(granted, guardian) {
    form.busy();
    const [whose, answered] = [subject, consent];
    try {
      await writeConsent(api, whose, { granted, version: answered.version, guardian }, { signal });
      answered.granted = granted;
      if (subject !== whose) return;
      if (granted) start();
      else declined();
    } catch (error) {
      if (!signal.aborted && subject === whose) ask(describe(error));
    }
  }

  function declined() {
    state = null;
    put(h('section', { class: 'card empty', role: 'status' },
      h('h1', { 'data-text': 'join.declined' }), h('p', { class: 'muted', 'data-text': 'join.declined.hint' }),
      h('p', { class: 'row' }, h('button', { type: 'button', id: 'again', 'data-text': 'join.again', onclick: () => ask() }))));
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
  async function withdraw() {
    halt();
    const [whose, withdrawn] = [subject, consent];
    withdrawn.granted = false;
    declined();
    for (let failures = 1; !withdrawn.granted && !signal.aborted; failures += 1) {
      try {
        return await writeConsent(api, whose, { granted: false, version: withdrawn.version }, { keepalive: true });
      } catch (error) {
        if (!error.retryable) return place.append(errorNotice(error, withdraw));
        await sleep(backOff(failures));
      }
    }
  }

  function refused(error) {
    if (error.code === 'consent_required') {
      halt();
      consent.granted = false;
      return ask(t('join.noconsent'));
    }
    halt(error.code === 'session_ended' ? 'ended' : 'lost', error.code === 'session_ended' ? '' : describe(error));
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
  addEventListener('pagehide', () => halt(), { signal });
  begin();
});
