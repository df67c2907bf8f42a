/** The HTTP API as this page sees it: JSON in and out, one error type, no state but the token. */

/** What went wrong: `status` 0 when no answer came, `code` from the server's error object or `network`, `timeout`, `bad_answer`. */
export class ApiError extends Error {
  constructor(status, code, message, { retryable = false, retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { status, code, retryable, retryAfter });
  }
}

const TIMEOUT_MS = 15_000;
const PAGE = 1000;

export class Api {
  #token;
  #onUnauthorized;

  /** `onUnauthorized` is called with the error once the server no longer takes the token. */
  constructor(token, onUnauthorized = () => {}) {
    this.#token = token;
    this.#onUnauthorized = onUnauthorized;
  }

  get(path, options) {
    return this.#json(path, options);
  }

  send(method, path, body, options) {
    return this.#json(path, {
      method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, ...options,
    });
  }

  /** One picture; `key` makes a retry the same frame. `capturedAt` (RFC 3339) may be null: the time of arrival. */
  postFrame(session, student, picture, { key, capturedAt, signal }) {
    const query = capturedAt ? `?captured_at=${encodeURIComponent(capturedAt)}` : '';
    return this.#json(`/v1/sessions/${encodeURIComponent(session)}/students/${encodeURIComponent(student)}/frames${query}`, {
      method: 'POST', body: picture, signal, headers: { 'Content-Type': picture.type, 'Idempotency-Key': key },
    });
  }

  /** Every item of a paged list. */
  async list(path, name, options) {
    const items = [];
    let cursor = null;
    do {
      const page = await this.get(withQuery(path, { limit: PAGE, cursor }), options);
      if (!Array.isArray(page?.[name])) throw new ApiError(200, 'bad_answer', `no list "${name}" in the answer`);
      items.push(...page[name]);
      cursor = page.next ?? null;
    } while (cursor !== null);
    return items;
  }

  /** The value with its ETag, or null where nothing changed since `etag`. */
  getIfChanged(path, etag, options = {}) {
    return this.#fetch(path, { ...options, headers: etag ? { 'If-None-Match': etag } : {} }, async (response) =>
      response.status === 304 ? null : { value: await response.json(), etag: response.headers.get('ETag') });
  }

  /** An open response whose body is read as it comes; only the head is bound by the timeout. */
  stream(path, { signal }) {
    return this.#fetch(path, { signal, headers: { Accept: 'text/event-stream' } }, (response) => response);
  }

  #json(path, options) {
    return this.#fetch(path, options, (response) => (response.status === 204 ? null : response.json()));
  }

  /** Sends, and reads the answer with `read` before the timeout; throws `ApiError`, or AbortError when `signal` says so. */
  async #fetch(path, { method = 'GET', body, headers = {}, signal, keepalive } = {}, read) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(path, {
        method, body, keepalive, cache: 'no-store', credentials: 'omit',
        headers: { ...headers, Authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
      });
      if (response.ok || response.status === 304) return await read(response);
      throw await refusal(response);
    } catch (error) {
      if (signal?.aborted) throw new DOMException('stopped', 'AbortError');
      if (error.status === 401) this.#onUnauthorized(error);
      if (error instanceof ApiError) throw error;
      if (error instanceof SyntaxError) throw new ApiError(200, 'bad_answer', error.message, { retryable: true });
      throw new ApiError(0, late.signal.aborted ? 'timeout' : 'network', error.message, { retryable: true });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A path with query items added. */
export function withQuery(path, items) {
  const query = new URLSearchParams(Object.entries(items).filter(([, value]) => value !== null && value !== undefined));
  return query.size ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path;
}

async function refusal(response) {
  const error = await response.json().then((body) => body?.error, () => null);
  const seconds = Number.parseFloat(response.headers.get('Retry-After'));
  return new ApiError(response.status, String(error?.code ?? `http_${response.status}`), String(error?.message ?? response.statusText), {
    retryable: error?.retryable === true || response.status >= 500,
    retryAfter: Number.isFinite(seconds) ? seconds * 1000 : null,
  });
}
