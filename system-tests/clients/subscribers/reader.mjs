// SPDX-License-Identifier: Apache-2.0
/**
 * Reads a topic with sluice.js as a page does, but no further than it is told: reader.mjs SLUICE_JS TOPIC URL[,URL...] [SILENCE_MS]
 *
 * Takes a number (read on until there were so many records) or "silence" (print the longest time without a record since the last time) a line.
 */
import { createInterface } from 'node:readline';
import { Expected, Watched, fail, say } from './checked.mjs';

const [module, topic, urls, silenceMs] = process.argv.slice(2);
const { subscribe } = await import(module);
const TELL_EVERY = 500;

let allowed = 0;
let goOn = () => {};
let silence = 0;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'silence') {
      say('silence', Math.round(silence));
      silence = 0;
    } else {
      allowed = Number(line);
      goOn();
    }
  })
  .on('close', () => process.exit(0));

const expected = new Expected();
const records = subscribe(urls.split(','), {
  topic,
  from: 'earliest',
  WebSocket: Watched,
  silence: silenceMs && Number(silenceMs),
  onGap: (gap) => fail('gap ' + JSON.stringify(gap)),
  onError: (error) => say('error', error.code, error.message),
});
try {
  let last;
  for (;;) {
    while (expected.count >= allowed) {
      await new Promise((resolve) => (goOn = resolve));
      last = undefined;
    }
    const { value: record, done } = await records.next();
    if (done) fail('the subscription ended');
    expected.take(record);
    const now = performance.now();
    silence = Math.max(silence, now - (last ?? now));
    last = now;
    if (expected.count % TELL_EVERY === 0 || expected.count === allowed) say('at', expected.count);
  }
} catch (error) {
  fail(error.stack);
}
