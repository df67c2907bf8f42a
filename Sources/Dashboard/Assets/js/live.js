/** A lesson's dashboard as it changes: server-sent events where they work, polling with ETag where not. */

import { ApiError } from './api.js';
import { dashboard } from './reading.js';
import { events } from './sse.js';

const SILENCE_MS = 20_000; // The server sends a comment every 15 s.
const LONGEST_WAIT_MS = 30_000;
const ENDED_POLL_MS = 15_000;
const FIRST_EVENT_MS = 10_000; // The server sends the first at once.
const SHORT_STREAM_MS = 5000;
const FAILED_STREAMS = 3;
const STREAM_RETRY_MS = 60_000;

/**
 * Follows until `signal` ends. `onData(value)` gets each new state, `onState(state, error)` one of
 * `live`, `polling`, `retrying`, `ended`; both states of success also mean "up to date as of now".
 */
export async function follow(api, session, { onData, onState, signal }) {
  const path = `/v1/sessions/${encodeURIComponent(session)}`;
  let [etag, latest, failures, failedStreams, nextStream] = [null, null, 0, 0, 0];

  const take = (value) => {
    latest = dashboard(value);
    onData(latest);
  };

  async function poll() {
    const answer = await api.getIfChanged(`${path}/dashboard`, etag, { signal });
    if (answer) {
      take(answer.value);
      etag = answer.etag;
    }
  }

  /** False for a stream of no use: cut at once, silent, or without a dashboard from the start, as where a proxy holds it back. */
  async function listen() {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), FIRST_EVENT_MS);
    const opened = performance.now();
    let [heard, arrived] = [opened, false];
    try {
      const response = await api.stream(`${path}/events`, { signal: AbortSignal.any([signal, late.signal]) });
      for await (const { event, data } of events(response, SILENCE_MS)) {
        heard = performance.now();
        if (event === 'dashboard') {
          take(JSON.parse(data));
          etag = null;
          arrived = true;
          clearTimeout(timer);
        }
        onState('live');
        if (latest.lesson.endedAt !== null) return true;
      }
    } catch (error) {
      if (signal.aborted || error.status === 401) throw error;
    } finally {
      clearTimeout(timer);
    }
    const ended = performance.now();
    // Nothing came for too long: what is shown is not called live until the next answer.
    if (ended - heard >= SILENCE_MS && !signal.aborted) onState('retrying');
    return arrived && ended - opened >= SHORT_STREAM_MS && ended - heard < SILENCE_MS;
  }

  while (!signal.aborted) {
    try {
      await poll();
      failures = 0;
      const ended = latest.lesson.endedAt !== null;
      onState(ended ? 'ended' : 'polling');
      if (!ended && Date.now() >= nextStream) {
        failedStreams = await listen() ? 0 : failedStreams + 1;
        // Streams of no use are not worth their reconnections: poll for a while. After that one more has to prove itself.
        if (failedStreams >= FAILED_STREAMS) [failedStreams, nextStream] = [FAILED_STREAMS - 1, Date.now() + STREAM_RETRY_MS];
      } else {
        await sleep(ended ? ENDED_POLL_MS : latest.pollAfter, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) console.error(error);
      failures += 1;
      onState('retrying', error);
      await sleep(error.retryAfter ?? backOff(failures), signal).catch(() => {});
    }
  }
}

/** Half to whole of 1, 2, 4 … 30 s, so that many pages do not come back at once. */
export function backOff(failures) {
  return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new DOMException('stopped', 'AbortError'));
    const timer = setTimeout(done, milliseconds);
    function done() {
      signal?.removeEventListener('abort', stop);
      resolve();
    }
    function stop() {
      clearTimeout(timer);
      reject(new DOMException('stopped', 'AbortError'));
    }
    signal?.addEventListener('abort', stop, { once: true });
  });
}
