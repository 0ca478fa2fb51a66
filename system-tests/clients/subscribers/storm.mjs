// SPDX-License-Identifier: Apache-2.0
/**
 * Many readers of a topic, each a subscription over a connection of its own: storm.mjs SLUICE_JS TOPIC READERS URL[,URL...]
 *
 * Prints now and then how many records the slowest reader has, and all together. The end of standard input stops it.
 */
import { Expected, fail, say } from './checked.mjs';

const [module, topic, readers, urls] = process.argv.slice(2);
const { subscribe } = await import(module);
const TELL_EVERY_MS = 100;

process.stdin.on('end', () => process.exit(0)).resume();

async function read(expected) {
  const records = subscribe(urls.split(','), { topic, from: 'earliest', onGap: (gap) => fail('gap ' + JSON.stringify(gap)) });
  for await (const record of records) expected.take(record);
  fail('a subscription ended');
}

const all = Array.from({ length: Number(readers) }, () => new Expected());
all.forEach((expected) => read(expected).catch((error) => fail(error.stack)));
setInterval(() => {
  const counts = all.map(({ count }) => count);
  say('at', Math.min(...counts), counts.reduce((a, b) => a + b));
}, TELL_EVERY_MS);
