// SPDX-License-Identifier: Apache-2.0
/** One topic: a head, and tabs for what can be seen and done. */
import { bytes, count, plural, rate } from './format.js';
import { h, mark, say } from './dom.js';
import { samples } from './samples.js';
import { configs } from './configs.js';
import { partitions } from './partitions.js';
import { produce } from './produce.js';
import { tail } from './tail.js';

const TABS = [
  ['partitions', 'Partitions', partitions],
  ['records', 'Records', tail],
  ['produce', 'Produce', produce],
  ['settings', 'Settings', configs],
];

export function topic(name, tab = 'partitions', ...rest) {
  const [chosen, , make] = TABS.find(([id]) => id === tab) ?? TABS[0];
  const inside = make(name, ...rest);
  const facts = h('p', { class: 'note' });
  const base = `#/topics/${encodeURIComponent(name)}`;
  const gone = h('p', { class: 'info', hidden: true }, `There is no topic "${name}" (any more).`);
  return {
    title: name,
    section: 'topics',
    element: h('div', null,
      h('p', { class: 'crumbs' }, h('a', { href: '#/topics' }, 'Topics'), ' /'),
      h('div', { class: 'line' }, h('h1', { class: 'mono' }, name), facts),
      h('nav', { class: 'tabs', 'aria-label': 'Topic' }, TABS.map(([id, text]) => h('a', { href: `${base}/${id}`, 'aria-current': id === chosen && 'page' }, text))),
      gone, inside.element),
    update() {
      const entry = samples.topics.get(name);
      gone.hidden = Boolean(entry) || !samples.cluster || samples.topicsLeftOut > 0;
      mark(inside.element, 'hidden', !gone.hidden);
      if (entry) say(facts, told(entry));
      inside.update(entry);
    },
    keys: inside.keys,
    close: () => inside.close(),
  };
}

function told(entry) {
  const parts = [plural(entry.partitions.length, 'partition'), plural(entry.replicas, 'replica'), `${count(entry.records)} records`, bytes(entry.bytes), rate(entry.rate)];
  return parts.join(' · ');
}
