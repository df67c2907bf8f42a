/** Pictures on their way: one request at a time, the newest first, retried until it is clear what became of it; a short queue in memory. */

import { backOff, sleep } from '../live.js';

const LONGEST_QUEUE = 30; // Once something failed.
const SHORT_QUEUE = 3; // While the way is only slow: one on its way and two behind it.
const UNDATED_MS = 5000;
const CLOCK_STEP_MS = 2000;

export class Sender {
  #queue = [];
  /** The one on its way, no longer in the queue: it gives way to none. */
  #current = null;
  #limit = SHORT_QUEUE;
  #running = null;
  #failures = 0;
  #troubled = false;
  /** When the picture of the last report was taken: older ones that follow it are no news. */
  #reported = -Infinity;
  /** Server's clock minus this device's, in ms; known from the first answer until this device's clock is set. */
  #offset = null;
  /** This device's clock minus its steady one when the offset was learnt. */
  #clock = 0;
  #post;
  #events;
  counts = { sent: 0, dropped: 0 };

  /**
   * `post(picture, { key, capturedAt, signal })` sends one. `events`: `onReport(report)`, `onTrouble(error | null, isRefused)`
   * while the way is blocked or each picture refused, and once it is free again, `onRefused(error)` when sending makes no
   * sense any more, `onChange()`.
   */
  constructor(post, events) {
    this.#post = post;
    this.#events = events;
  }

  get waiting() {
    return this.#queue.length + (this.#current ? 1 : 0);
  }

  add(picture) {
    const now = Date.now();
    this.#queue.push({ picture, key: crypto.randomUUID(), at: performance.now(), capturedAt: this.#serverTime(now) });
    if (this.waiting > this.#limit) {
      // What an outage left is given up bit by bit where the way works again but is slower than the camera.
      if (!this.#troubled) this.#limit = Math.max(SHORT_QUEUE, this.#limit - 1);
      this.counts.dropped += this.#queue.splice(0, this.waiting - this.#limit).length;
    }
    this.#events.onChange();
    if (!this.#running) this.#run();
  }

  /** Forgets what waits and breaks off what is on its way. */
  clear() {
    [this.#queue, this.#current] = [[], null];
    this.#running?.abort();
    this.#running = null;
    this.#failures = 0;
    this.#events.onChange();
  }

  async #run() {
    const running = new AbortController();
    this.#running = running;
    while (this.waiting && this.#running === running) {
      const frame = this.#current ??= this.#queue.pop();
      // With no idea of the server's clock an old picture cannot be dated.
      if (frame.capturedAt === null && performance.now() - frame.at > UNDATED_MS) {
        this.#drop();
        this.#events.onChange();
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
      this.#current = null;
      this.counts.sent += 1;
      if (this.#troubled) this.#events.onTrouble(null);
      [this.#troubled, this.#failures] = [false, 0];
      if (frame.at < this.#reported) return;
      this.#reported = frame.at;
      this.#events.onReport(report);
    } catch (error) {
      if (signal.aborted) return;
      if (error.code === 'idempotency_conflict') {
        this.#current = null;
        return;
      }
      if ([401, 403, 404].includes(error.status) || error.code === 'session_ended') return this.#events.onRefused(error);
      if (error.code === 'captured_at_in_future') this.#offset = null;
      [this.#troubled, this.#limit] = [true, LONGEST_QUEUE];
      const isRefused = error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
      this.#events.onTrouble(error, isRefused);
      if (isRefused) return this.#drop();
      this.#failures += 1;
      await sleep(error.retryAfter ?? backOff(Math.min(this.#failures, 4)), signal);
    }
  }

  #drop() {
    this.#current = null;
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
