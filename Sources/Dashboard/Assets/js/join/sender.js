/** Pictures on their way: a short queue in memory, one request at a time, retried until it is clear what became of it. */

import { backOff, sleep } from '../live.js';

const LONGEST_QUEUE = 30;
const UNDATED_MS = 5000;
const CLOCK_STEP_MS = 2000;

export class Sender {
  #queue = [];
  #running = null;
  #failures = 0;
  #troubled = false;
  /** Server's clock minus this device's, in ms; known from the first answer until this device's clock is set. */
  #offset = null;
  /** This device's clock minus its steady one when the offset was learnt. */
  #clock = 0;
  #post;
  #events;
  counts = { sent: 0, dropped: 0 };

  /**
   * `post(picture, { key, capturedAt, signal })` sends one. `events`: `onReport(report)`, `onTrouble(error | null)` while
   * the way is blocked and once it is free again, `onRefused(error)` when sending makes no sense any more, `onChange()`.
   */
  constructor(post, events) {
    this.#post = post;
    this.#events = events;
  }

  get waiting() {
    return this.#queue.length;
  }

  add(picture) {
    const now = Date.now();
    this.#queue.push({ picture, key: crypto.randomUUID(), at: performance.now(), capturedAt: this.#serverTime(now) });
    if (this.#queue.length > LONGEST_QUEUE) this.#drop();
    this.#events.onChange();
    if (!this.#running) this.#run();
  }

  /** Forgets what waits and breaks off what is on its way. */
  clear() {
    this.#queue = [];
    this.#running?.abort();
    this.#running = null;
    this.#failures = 0;
    this.#events.onChange();
  }

  async #run() {
    const running = new AbortController();
    this.#running = running;
    while (this.#queue.length && this.#running === running) {
      const frame = this.#queue[0];
      // With no idea of the server's clock an old picture cannot be dated.
      if (frame.capturedAt === null && performance.now() - frame.at > UNDATED_MS) {
        this.#drop();
        continue;
      }
      await this.#send(frame, running.signal).catch(() => {});
      this.#events.onChange();
    }
    if (this.#running === running) this.#running = null;
  }

  async #send(frame, signal) {
    try {
      const report = await this.#post(frame.picture, { key: frame.key, capturedAt: frame.capturedAt, signal });
      if (signal.aborted) return;
      this.#learn(frame, report);
      this.#leave(frame);
      this.counts.sent += 1;
      if (this.#troubled) this.#events.onTrouble(null);
      [this.#troubled, this.#failures] = [false, 0];
      this.#events.onReport(report);
    } catch (error) {
      if (signal.aborted) return;
      if (error.code === 'idempotency_conflict') return this.#leave(frame);
      if ([401, 403, 404].includes(error.status) || error.code === 'session_ended') return this.#events.onRefused(error);
      if (error.code === 'captured_at_in_future') this.#offset = null;
      this.#troubled = true;
      this.#events.onTrouble(error);
      if (error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429) return this.#drop(frame);
      this.#failures += 1;
      await sleep(error.retryAfter ?? backOff(Math.min(this.#failures, 4)), signal);
    }
  }

  #leave(frame) {
    this.#queue = this.#queue.filter((other) => other !== frame);
  }

  #drop(frame = this.#queue[0]) {
    this.#leave(frame);
    this.counts.dropped += 1;
  }

  /** A frame without a time of its own was dated by its arrival: that tells the server's clock. */
  #learn(frame, report) {
    const arrival = Date.parse(report?.captured_at);
    if (frame.capturedAt !== null || !Number.isFinite(arrival)) return;
    this.#offset = arrival - Date.now();
    this.#clock = Date.now() - performance.now();
  }

  /** Null, to be learnt again, once the clock was set or the device has slept. */
  #serverTime(now) {
    if (Math.abs(now - performance.now() - this.#clock) > CLOCK_STEP_MS) this.#offset = null;
    return this.#offset === null ? null : new Date(now + this.#offset).toISOString();
  }
}
