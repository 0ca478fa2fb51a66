// SPDX-License-Identifier: Apache-2.0
/** Subscribing to and producing into Sluice, from browsers and Node 20 or newer. The protocol is described in docs/websocket.md. */

// an idle subscription is told so every 20 s
const SILENCE_MS = 45_000;
const OPEN_MS = 10_000;
// the server closed for something that this side would only send again
const REFUSED = new Set([1002, 1003, 1007, 1008, 1009]);
const RETRIABLE = new Set(['LEADER_NOT_AVAILABLE', 'COORDINATOR_NOT_AVAILABLE', 'NOT_SERVED_HERE', 'READ_FAILED', 'TOO_MANY_SUBSCRIPTIONS', 'INTERNAL_ERROR', 'ENDED']);

/** What the server refused. `code` is for programs, `message` for people. */
export class SluiceError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'SluiceError';
    this.code = code;
  }
}

/**
 * Records of one or more topics, as an async iterable: `for await (const record of subscribe(url, { topic: 'orders' }))`.
 * Lost connections are taken up again, at exactly the next record. `url` may be a list of nodes: where one is gone, the next is tried.
 */
export function subscribe(url, options) {
  return new Subscription(url, options);
}

class Subscription {
  #options; #urls; #Socket; #socket; #timer;
  #queue = []; #waiting = [];
  #records; #bytes; #usedRecords = 0; #usedBytes = 0; #queued = 0; #queuedBytes = 0;
  #received; #delivered = {}; #attempts = 0; #running = false; #over = false; #error;
  #uncommitted = {}; #toCommit = {}; #commits = []; #committing;

  constructor(url, options) {
    const topics = options?.topics ?? [options?.topic];
    if (!topics[0]) throw new TypeError('which topic? subscribe(url, { topic })');
    this.#options = { ...options, topics };
    this.#urls = [url].flat().map((one) => address(one, 'ws', '/v1/subscribe'));
    this.#Socket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#Socket) throw new TypeError('no WebSocket here: give one as the option WebSocket');
    this.#records = options.window?.records ?? 1000;
    this.#bytes = options.window?.bytes ?? 1 << 20;
    if (!(this.#records > 0 && this.#bytes > 0)) throw new RangeError('a window has room for records, and for bytes');
    if (options.signal?.aborted) this.#over = true;
    else {
      options.signal?.addEventListener('abort', () => this.close(), { once: true });
      this.#connect(this.#urls[0]);
    }
  }

  /** The position vector after the last record that was taken: give it as `from: { offsets }` to go on there. */
  get positions() {
    return structuredClone(this.#delivered);
  }

  /**
   * Of a group: what was taken since the last time is done with; or these positions. Resolves when the group has them; rejects if it refuses, or the connection
   * is lost before it has answered: then what is not committed comes again. Whoever does not wait is told by `onError`.
   */
  commit(positions = this.#uncommitted) {
    if (positions === this.#uncommitted) this.#uncommitted = {};
    if (!Object.keys(positions).length) return Promise.resolve();
    const done = new Promise((resolve, reject) => this.#commits.push({ resolve, reject }));
    done.catch((error) => this.#tell(error));
    merge(this.#toCommit, positions);
    if (this.#running) this.#sendCommit();
    else this.#lostCommits();
    return done;
  }

  close() {
    this.#end();
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    for (;;) {
      const entry = this.#queue.shift();
      if (!entry) break;
      merge(this.#delivered, entry.positions);
      merge(this.#uncommitted, entry.positions);
      entry.tell?.();
      if (entry.record) {
        this.#taken(entry.bytes);
        return Promise.resolve({ value: entry.record, done: false });
      }
    }
    if (this.#error) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#over) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(value) {
    this.#end();
    this.#queue = [];
    return Promise.resolve({ value, done: true });
  }

  async #connect(url) {
    this.#timer = undefined;
    let socket, ticket;
    try {
      ticket = await this.#options.ticket?.(url);
    } catch ({ message }) {
      const error = new SluiceError('NO_TICKET', message);
      this.#retry(error);
      this.#tell(error);
      return;
    }
    if (this.#over) return;
    try {
      socket = new this.#Socket(url, ['sluice.v1.json'].concat(ticket ? 'sluice.ticket.' + ticket : []));
    } catch (error) {
      this.#end(error);
      return;
    }
    this.#socket = socket;
    this.#expectLife(OPEN_MS);
    const mine = (handle) => (event) => { if (this.#socket === socket) handle(event); };
    socket.onopen = mine(() => this.#begin());
    socket.onmessage = mine((event) => this.#onFrame(JSON.parse(event.data)));
    // some say only one of them where there is no server
    socket.onclose = socket.onerror = mine(({ code, reason }) => (REFUSED.has(code) ? this.#end(new SluiceError('PROTOCOL_ERROR', reason)) : this.#retry()));
  }

  #begin() {
    const { topics, from, filter, fields, policy, key, value, isolation } = this.#options;
    this.#usedRecords = this.#usedBytes = 0;
    this.#expectLife();
    this.#send({
      type: 'subscribe', id: 's', topics, filter, fields, policy, key, value, isolation,
      from: this.#received && !from?.group ? { offsets: this.#received, otherwise: 'earliest' } : from,
      credit: { records: Math.max(0, this.#records - this.#queued), bytes: Math.max(0, this.#bytes - this.#queuedBytes) },
    });
  }

  #send(frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /** `urls`: where to go, at once unless nodes send it around. */
  #retry(error, urls) {
    this.#drop();
    if (this.#over) return;
    const lost = new SluiceError('CONNECTION_LOST', `no connection to ${this.#urls[0]}`);
    if (this.#attempts >= (this.#options.retries ?? Infinity)) {
      this.#end(error ?? lost);
      return;
    }
    // once is not worth a word: the next one may do
    if (this.#attempts && !error && !urls) this.#tell(lost);
    if (urls?.length) this.#urls = [...new Set([...urls, ...this.#urls])];
    else this.#urls.push(this.#urls.shift());
    const wait = urls?.length && !this.#attempts ? 0 : Math.min(10_000, 100 * 2 ** Math.min(this.#attempts, 10)) * (0.5 + Math.random() / 2);
    this.#attempts++;
    this.#timer = setTimeout(() => this.#connect(this.#urls[0]), wait);
  }

  /** A connection from which nothing comes for so long is lost, whatever the socket thinks of it. */
  #expectLife(ms = this.#options.silence ?? SILENCE_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#retry(), ms);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#running = false;
    clearTimeout(this.#timer);
    if (socket && socket.readyState < 2) socket.close();
    this.#lostCommits();
    const { from } = this.#options;
    if (from?.group && from.commit !== 'auto') {
      // what was not committed comes again, here or to another member
      this.#queue = [];
      this.#queued = this.#queuedBytes = 0;
    }
  }

  /** One at a time, for an answer does not say to which it belongs. */
  #sendCommit(last) {
    if (!this.#commits.length || (this.#committing && !last)) return;
    this.#committing = [...(this.#committing ?? []), ...this.#commits];
    this.#commits = [];
    this.#send({ type: 'commit', id: 's', positions: this.#toCommit });
    this.#toCommit = {};
  }

  #committed(error) {
    const done = this.#committing ?? [];
    this.#committing = undefined;
    done.forEach(({ resolve, reject }) => (error ? reject(error) : resolve()));
    this.#sendCommit();
  }

  #lostCommits() {
    const lost = [...(this.#committing ?? []), ...this.#commits];
    this.#committing = undefined;
    this.#commits = [];
    this.#toCommit = {};
    lost.forEach(({ reject }) => reject(new SluiceError('CONNECTION_LOST', 'nobody knows whether it was committed')));
  }

  #end(error) {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#sendCommit(true);
    this.#drop();
    this.#wake();
  }

  #onFrame(frame) {
    const { type, topic, partition } = frame;
    this.#expectLife();
    if (type === 'records') this.#onRecords(frame);
    else if (type === 'progress') {
      if (this.#running) this.#put({ positions: frame.positions });
    } else if (type === 'gap') {
      const { from, to, reason } = frame;
      this.#put({
        positions: { [topic]: { [partition]: to } },
        tell: () => this.#options.onGap?.({ topic, partition, from, to, reason }),
      });
    } else if (type === 'subscribed') {
      this.#attempts = 0;
      this.#running = true;
      // of a group again and again: what others have now is not for this one to commit
      this.#uncommitted = only(frame.positions, this.#uncommitted);
      this.#put({ positions: frame.positions, tell: () => this.#options.onSubscribed?.(frame.positions) });
    } else if (type === 'committed') this.#committed();
    else if (type === 'bye') {
      if (frame.reconnect) this.#retry(undefined, frame.to);
      else this.#end(new SluiceError('BYE', frame.reason));
    } else if (type === 'error') this.#onError(new SluiceError(frame.code, frame.message), frame.fatal);
    this.#wake();
  }

  #onError(error, fatal) {
    if (!fatal && this.#committing) {
      this.#committed(error);
      return;
    }
    if (fatal && RETRIABLE.has(error.code)) this.#retry(error);
    else if (fatal || !this.#running) this.#end(error);
    this.#tell(error);
  }

  #tell(error) {
    if (!this.#over) this.#options.onError?.(error);
  }

  #onRecords({ topic, partition, next, bytes, records }) {
    const last = records.length - 1;
    this.#queued += records.length;
    this.#queuedBytes += bytes;
    records.forEach((r, i) => this.#put({
      record: this.#record(topic, partition, r),
      positions: { [topic]: { [partition]: i === last ? next : r.o + 1 } },
      bytes: i === last ? bytes : 0,
    }));
  }

  #record(topic, partition, { o, t, k, kx, v, vx, h }) {
    const { key, value } = this.#options;
    return {
      topic, partition, offset: o, timestamp: t,
      key: kx !== undefined || key === 'base64' ? decode(kx ?? k) : k ?? null,
      value: vx !== undefined || value === 'base64' ? decode(vx ?? v) : v ?? null,
      headers: (h ?? []).map(([name, text, x]) => [name, x !== undefined || value === 'base64' ? decode(x ?? text) : text]),
    };
  }

  #put(entry) {
    merge(this.#received ??= {}, entry.positions);
    if (entry.record || (entry.tell && this.#queue.length)) this.#queue.push(entry);
    else {
      const last = this.#queue.at(-1);
      merge(last ? last.positions : this.#delivered, entry.positions);
      if (!last) merge(this.#uncommitted, entry.positions);
      entry.tell?.();
    }
  }

  #wake() {
    while (this.#waiting.length && (this.#over || this.#queue.length)) {
      const { resolve, reject } = this.#waiting.shift();
      this.next().then(resolve, reject);
    }
  }

  /** Gives back credit for what was taken, in halves of the window. */
  #taken(bytes) {
    this.#queued--;
    this.#queuedBytes -= bytes;
    this.#usedRecords++;
    this.#usedBytes += bytes;
    if (this.#usedRecords * 2 >= this.#records || this.#usedBytes * 2 >= this.#bytes) {
      this.#send({ type: 'credit', id: 's', records: this.#usedRecords, bytes: this.#usedBytes });
      this.#usedRecords = this.#usedBytes = 0;
    }
  }
}

/**
 * Appends records to a topic over HTTP: `await produce(url, 'orders', [{ key: 'a', value: 'b' }])`. Resolves to what the server answers, rejects with a
 * `SluiceError` if it refused.
 */
export async function produce(url, topic, records, { query = {}, headers = {}, fetch = globalThis.fetch, signal } = {}) {
  const target = new URL(address(url, 'http', `/v1/topics/${encodeURIComponent(topic)}/records`));
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ records }),
    signal,
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new SluiceError(answer.type?.split(':').pop().replaceAll('-', '_').toUpperCase() ?? `HTTP_${response.status}`, answer.detail ?? response.statusText);
  return answer;
}

function address(url, scheme, path) {
  const made = new URL(url, globalThis.location?.href);
  made.protocol = scheme + (/^(https|wss):$/.test(made.protocol) ? 's:' : ':');
  if (made.pathname === '/' || scheme === 'http') made.pathname = path;
  return made.href;
}

function merge(into, positions) {
  for (const topic in positions) Object.assign(into[topic] ??= {}, positions[topic]);
}

/** Those of `positions` whose partitions `these` has too. */
function only(these, positions) {
  const kept = {};
  for (const topic in positions) {
    for (const partition in positions[topic]) {
      if (these[topic]?.[partition] !== undefined) merge(kept, { [topic]: { [partition]: positions[topic][partition] } });
    }
  }
  return kept;
}

function decode(base64) {
  return base64 == null ? null : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
