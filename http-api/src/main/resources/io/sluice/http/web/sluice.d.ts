// SPDX-License-Identifier: Apache-2.0

/** The next offset of each partition: topic, partition, offset. */
export type Positions = Record<string, Record<string, number>>;

export type Encoding = 'utf8' | 'base64' | 'json';

export type From =
  | 'earliest'
  | 'latest'
  /** Milliseconds since the epoch. */
  | { timestamp: number }
  | { offsets: Positions; otherwise?: 'earliest' | 'latest' }
  /** As a member of a consumer group; `otherwise` is for partitions without an offset. With `auto` the server commits what it has sent, now and then. */
  | { group: string; otherwise?: 'earliest' | 'latest'; commit?: 'client' | 'auto' };

/** A key or a value is a string with `utf8`, a `Uint8Array` with `base64`, and anything with `json`; bytes that are no UTF-8, or no JSON, are a `Uint8Array`. */
export interface SluiceRecord<V = unknown, K = unknown> {
  topic: string;
  partition: number;
  offset: number;
  /** Milliseconds since the epoch; undefined if it is not among the fields. */
  timestamp?: number;
  key: K | null;
  /** Null for a tombstone. */
  value: V | null;
  headers: [name: string, value: string | Uint8Array | null][];
}

/** Offsets `[from, to)` were not delivered. */
export interface Gap {
  topic: string;
  partition: number;
  from: number;
  to: number;
  reason: 'dropped' | 'deleted';
}

export interface SubscribeOptions {
  topic?: string;
  topics?: (string | { topic: string; partitions?: number[] })[];
  /** `latest` if it is not given. */
  from?: From;
  /** An expression of the filter language. */
  filter?: string;
  fields?: ('key' | 'value' | 'headers' | 'timestamp')[];
  policy?: 'pause' | 'drop' | 'close';
  key?: Encoding;
  value?: Encoding;
  isolation?: 'read_committed' | 'read_uncommitted';
  /** What may be on its way or wait here: 1000 records, 1 MiB. */
  window?: { records?: number; bytes?: number };
  onGap?: (gap: Gap) => void;
  /** It runs, again after each lost connection; or the group has given it these partitions in place of those that it had. In order with the records. */
  onSubscribed?: (positions: Positions) => void;
  /**
   * Errors after which the subscription goes on: commits that were refused, and what passes, before it is tried again: no leader just now, for one, no connection for the
   * second time in a row (`CONNECTION_LOST`; a page does not learn why), or `ticket` has failed (`NO_TICKET`).
   */
  onError?: (error: SluiceError) => void;
  /** Attempts to connect in a row before it gives up: no end if it is not given. */
  retries?: number;
  /** After so many milliseconds without a word a connection is lost: 45,000; an idle one says something every 20,000 (`sluice.websocket.keepalive.ms`). */
  silence?: number;
  /** Asked for a ticket before each connection; `url` is the WebSocket's. */
  ticket?: (url: string) => string | undefined | Promise<string | undefined>;
  /** Ends the subscription when it is aborted. */
  signal?: AbortSignal;
  /** A class like the browser's, where there is none: Node 20. */
  WebSocket?: unknown;
}

export interface Subscription<V = unknown, K = unknown> extends AsyncIterableIterator<SluiceRecord<V, K>> {
  /** After the last record that was taken. */
  readonly positions: Positions;
  /**
   * Of a group: what was taken since the last time is done with; or these positions. Resolves when the group has them. Rejects if the group refuses
   * (`COMMIT_REFUSED`), or there is no connection, or it is lost before the answer (`CONNECTION_LOST`): what is not committed comes again. Need not be awaited: `onError` is
   * told too.
   */
  commit(positions?: Positions): Promise<void>;
  close(): void;
}

/** `url` may be a list of nodes: where one is gone, the next is tried. */
export function subscribe<V = unknown, K = unknown>(url: string | URL | (string | URL)[], options: SubscribeOptions): Subscription<V, K>;

export class SluiceError extends Error {
  constructor(code: string, message: string);
  readonly code: string;
}

/** As `POST /v1/topics/{topic}/records` takes them (docs/http.md). */
export interface NewRecord {
  key?: unknown;
  keyBase64?: string;
  value?: unknown;
  valueBase64?: string;
  headers?: Record<string, string> | { key: string; value: string | null }[];
  partition?: number;
  /** Milliseconds since the epoch. */
  timestamp?: number;
}

export interface ProduceOptions {
  /** Parameters of the request. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

export function produce(url: string | URL, topic: string, records: NewRecord[], options?: ProduceOptions): Promise<unknown>;
