// SPDX-License-Identifier: Apache-2.0
/** A topic's partitions, and how its records and size change. */
import { bytes, count, rate } from './format.js';
import { h, link, say, Table } from './dom.js';
import { Plot } from './plot.js';
import { samples } from './samples.js';

export function partitions(name) {
  const plots = [
    new Plot('Records written', samples.series(`rate ${name}`), rate),
    new Plot('Size on disk', samples.series(`bytes ${name}`), bytes, { binary: true }),
  ];
  const note = h('p', { class: 'note' });
  const place = (partition, before) => link(before, `#/topics/${encodeURIComponent(name)}/records/${partition.partition}`, String(partition.partition));
  const table = new Table([
    { title: 'Partition', kind: 'number', sort: (partition) => partition.partition, cell: place },
    { title: 'Leader', kind: 'number', sort: (partition) => partition.leader, cell: (partition) => partition.leader ?? 'none' },
    { title: 'Epoch', kind: 'number wide', sort: (partition) => partition.epoch, cell: (partition) => count(partition.epoch) },
    { title: 'Replicas', kind: 'wide', cell: (partition) => partition.replicas.join(', ') },
    { title: 'In sync', cell: inSync },
    { title: 'First', kind: 'number wide', sort: (partition) => partition.offsets?.start, cell: (partition) => count(partition.offsets?.start) },
    { title: 'Committed', kind: 'number', sort: (partition) => partition.offsets?.highWatermark, cell: (partition) => count(partition.offsets?.highWatermark) },
    { title: 'Stable', kind: 'number wide', sort: (partition) => partition.offsets?.lastStable, cell: (partition) => count(partition.offsets?.lastStable) },
    { title: 'Size', kind: 'number', sort: (partition) => partition.bytes, cell: (partition) => bytes(partition.bytes) },
  ], { key: (partition) => partition.partition, caption: 'Partitions', sorted: { column: 0, down: false } });
  return {
    element: h('div', null, h('div', { class: 'plots' }, plots.map((plot) => plot.element)), table.element, note),
    update(topic) {
      plots.forEach((plot) => plot.update());
      if (!topic) return;
      table.update(topic.partitions);
      say(note, topic.unknown ? `The offsets and sizes of ${topic.unknown} of ${topic.partitions.length} partitions are not known: their leaders could not be asked.` : '');
    },
    close: () => plots.forEach((plot) => plot.close()),
  };
}

function inSync(partition) {
  if (!partition.inSync) return '–';
  return partition.inSync.length < partition.replicas.length ? `${partition.inSync.join(', ') || 'none'} (behind: ${partition.replicas.filter((id) => !partition.inSync.includes(id)).join(', ')})` : partition.inSync.join(', ');
}
