// SPDX-License-Identifier: Apache-2.0
/** All topics, with how much is in them and how much comes. */
import { bytes, count, plural, rate } from './format.js';
import { h, link, say, Table } from './dom.js';
import { spark } from './plot.js';
import { ASKED_MAX, samples } from './samples.js';
import { createTopic } from './topic-forms.js';

export function topics() {
  const search = h('input', { type: 'search', placeholder: 'Name', 'aria-label': 'Topics by name', 'data-search': true, oninput: () => room.update() });
  const summary = h('p', { class: 'note' });
  const table = new Table([
    { title: 'Topic', sort: (topic) => topic.name, cell: (topic, before) => link(before, `#/topics/${encodeURIComponent(topic.name)}`, topic.name) },
    { title: 'Partitions', kind: 'number', sort: (topic) => topic.partitions.length, cell: (topic) => count(topic.partitions.length) },
    { title: 'Replicas', kind: 'number wide', sort: (topic) => topic.replicas, cell: (topic) => count(topic.replicas) },
    { title: 'Records', hint: 'Offsets from the first to the last: a compacted topic has fewer records', kind: 'number', sort: (topic) => topic.records, cell: (topic) => known(topic, count(topic.records)) },
    { title: 'Size', kind: 'number', sort: (topic) => topic.bytes, cell: (topic) => known(topic, bytes(topic.bytes)) },
    { title: 'Size, 15 min', kind: 'wide plotted', cell: (topic, before) => spark(before, samples.series(`bytes ${topic.name}`), `Size over time, now ${bytes(topic.bytes)}`) },
    { title: 'Rate', kind: 'number', sort: (topic) => topic.rate, cell: (topic) => rate(topic.rate) },
    { title: 'Rate, 15 min', kind: 'wide plotted', cell: (topic, before) => spark(before, samples.series(`rate ${topic.name}`), `Records a second over time, now ${rate(topic.rate)}`) },
  ], { key: (topic) => topic.id, caption: 'Topics', sorted: { column: 0, down: false }, empty: 'No topic has such a name.' });
  const room = {
    title: 'Topics',
    element: h('div', null,
      h('div', { class: 'line' }, h('h1', null, 'Topics'), h('div', { class: 'tools' }, search, h('button', { type: 'button', class: 'main', 'aria-keyshortcuts': 'n', onclick: createTopic }, 'New topic'))),
      table.element, summary),
    update() {
      if (!samples.cluster) return;
      const all = [...samples.topics.values()];
      table.update(all.filter((topic) => topic.name.includes(search.value)));
      say(summary, told(all));
    },
    keys: { n: createTopic },
    close() {},
  };
  return room;
}

/** A sum over some of the partitions only is less than there is. */
function known(topic, text) {
  return topic.unknown && topic.bytes != null ? `≥ ${text}` : text;
}

function told(all) {
  const parts = [plural(all.length + samples.topicsLeftOut, 'topic')];
  if (samples.topicsLeftOut) parts.push(`only the first ${ASKED_MAX} are shown`);
  if (all.some((topic) => topic.unknown)) parts.push('a size with ≥ leaves out partitions whose leader could not be asked');
  return `${parts.join('; ')}.`;
}
