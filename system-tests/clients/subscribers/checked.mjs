// SPDX-License-Identifier: Apache-2.0
/** What the readers share: words on standard output, and records that must come once and in order. */

/** One line: a word, the milliseconds since the start, and what there is to say. */
export const say = (word, ...more) => console.log(word, Math.round(performance.now()), ...more);

/** Ends this process with a line that says why. */
export const fail = (why) => {
  say('wrong', why);
  process.exit(1);
};

/** The next record of each partition: number n of partition p is at offset n, and its value begins with "p:n:". */
export class Expected {
  #next = {};
  count = 0;

  take({ partition, offset, value }) {
    const next = this.#next[partition] ?? 0;
    if (offset !== next || !value.startsWith(`${partition}:${next}:`)) {
      fail(`${partition}@${next} was to come, got ${partition}@${offset} ${value.slice(0, 30)}`);
    }
    this.#next[partition] = next + 1;
    this.count++;
  }
}

/** WebSockets that tell of their lives. */
export class Watched extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols);
    this.addEventListener('open', () => say('open', url));
    this.addEventListener('close', () => say('lost', url));
    this.addEventListener('message', ({ data }) => {
      if (!data.startsWith('{"type":"records"') && !data.startsWith('{"type":"progress"')) say('frame', data);
    });
  }
}
