// SPDX-License-Identifier: Apache-2.0
/** The cluster: what it is, its nodes, and which node has and leads what. */
import { bytes, count, plural, rate } from './format.js';
import { h, link, mark, renew, say, Table } from './dom.js';
import { Plot } from './plot.js';
import { ASKED_MAX, samples } from './samples.js';

const CHIPS_MAX = 256;

export function cluster() {
  const facts = h('dl', { class: 'facts' });
  const nodes = h('div', { class: 'nodes' });
  const plots = [
    new Plot('Records written, all topics', samples.series('rate'), rate),
    new Plot('Size on the leaders’ disks, all topics', samples.series('bytes'), bytes, { binary: true }),
  ];
  const map = h('div');
  const note = h('p', { class: 'note', hidden: true });
  let table;
  let columns = '';
  return {
    title: 'Cluster',
    element: h('div', null, h('h1', null, 'Cluster'), facts, h('section', null, h('h2', null, 'Nodes'), nodes), h('div', { class: 'plots' }, plots.map((plot) => plot.element)),
      h('section', null, h('div', { class: 'line' }, h('h2', null, 'Leaders and replicas'), legend()), map, note)),
    update() {
      if (!samples.cluster) return;
      showFacts(facts);
      renew(nodes, samples.nodes.map((entry) => ({ ...entry, controls: entry.node === samples.cluster.controller })), node);
      plots.forEach((plot) => plot.update());
      const ids = samples.nodes.map((entry) => entry.node);
      if (columns !== ids.join()) {
        columns = ids.join();
        map.replaceChildren((table = mapOf(ids)).element);
      }
      table.update([...samples.topics.values()]);
      note.hidden = !samples.topicsLeftOut;
      say(note, `Only the first ${ASKED_MAX} topics are shown; ${samples.topicsLeftOut} more are there.`);
    },
    close: () => plots.forEach((plot) => plot.close()),
  };
}

function showFacts(facts) {
  const { cluster: about, nodes, topics } = samples;
  const all = [...topics.values()];
  const live = nodes.filter((node) => node.live).length;
  const sum = (value) => all.reduce((total, topic) => total + value(topic), 0);
  const entries = [
    ['Cluster', about.id],
    ['Controller', about.controller == null ? 'none' : `node ${about.controller}`, about.controller == null && 'bad'],
    ['Nodes', live === nodes.length ? count(live) : `${live} of ${nodes.length}`, live < nodes.length && 'bad'],
    ['Topics', count(all.length + samples.topicsLeftOut)],
    ['Partitions', count(sum((topic) => topic.partitions.length))],
    ['Records', count(sum((topic) => topic.records ?? 0))],
    ['Without leader', count(sum((topic) => topic.leaderless)), sum((topic) => topic.leaderless) > 0 && 'bad'],
    ['Replicas behind', count(sum((topic) => topic.behind)), sum((topic) => topic.behind) > 0 && 'warn'],
  ];
  renew(facts, entries, ([name, value, kind]) => h('div', null, h('dt', null, name), h('dd', { class: kind }, value)));
}

function node(entry) {
  const state = !entry.live ? ['bad', 'not there'] : entry.draining ? ['warn', 'draining'] : ['good', 'live'];
  return h('article', { class: 'node' },
    h('h3', null, h('span', { class: `dot ${state[0]}`, 'aria-hidden': 'true' }), `Node ${entry.node}`, entry.controls && h('span', { class: 'tag' }, 'controller'),
      entry.answers && h('span', { class: 'tag' }, 'answers here')),
    h('p', null, h('span', { class: 'mono' }, entry.kafka), entry.rack && ` · ${entry.rack}`, entry.live && entry.http && entry.http !== location.host && [' · ', h('a', { href: `http://${entry.http}/` }, 'its console')]),
    h('p', null, `${state[1]} · leads ${count(entry.leads)} · ${plural(entry.replicas, 'replica')}`));
}

function legend() {
  const entry = (kind, text) => h('span', null, h('i', { class: `chip ${kind}`, 'aria-hidden': 'true' }), text);
  return h('p', { class: 'legend', 'aria-hidden': 'true' }, entry('leads', 'leads'), entry('', 'replica'), entry('late', 'not in sync'), entry('away', 'node not there'));
}

/** A row a topic, a column a node, in each the partitions that the node has. */
function mapOf(ids) {
  return new Table([
    { title: 'Topic', sort: (topic) => topic.name, cell: (topic, before) => link(before, `#/topics/${encodeURIComponent(topic.name)}`, topic.name) },
    ...ids.map((id) => ({ title: `Node ${id}`, kind: 'chips', cell: (topic, before) => chips(topic, id, before) })),
  ], { key: (topic) => topic.name, caption: 'Which node has and leads which partitions', empty: 'There are no topics yet.' });
}

function chips(topic, id, before) {
  const box = before ?? h('div');
  const here = topic.partitions.filter((partition) => partition.replicas.includes(id) || partition.leader === id);
  const wanted = here.slice(0, CHIPS_MAX).map((partition) => ({ text: String(partition.partition), ...kind(partition, id) }));
  const key = JSON.stringify([wanted, here.length]);
  if (box.key === key) return box;
  box.key = key;
  box.replaceChildren(...wanted.map(({ text, name, title }) => h('span', { class: `chip ${name}`, title: `${topic.name}-${text}: ${title}` }, text, h('span', { class: 'hidden' }, ` ${title}`))));
  if (here.length > CHIPS_MAX) box.append(`and ${here.length - CHIPS_MAX} more`);
  mark(box, 'class', 'many');
  return box;
}

function kind(partition, id) {
  if (partition.offline.includes(id)) return { name: 'away', title: 'replica on a node that is not there' };
  if (partition.leader === id) return { name: 'leads', title: 'leader' };
  if (partition.inSync && !partition.inSync.includes(id)) return { name: 'late', title: 'replica that is not in sync' };
  return { name: '', title: 'replica' };
}
