// SPDX-License-Identifier: Apache-2.0
/** Consumer groups and how far behind they are. */
import { count, plural, seconds, short, time } from './format.js';
import { h, link, mark, say, Table } from './dom.js';
import { Plot, spark } from './plot.js';
import { ASKED_MAX, samples } from './samples.js';

export function groups() {
  const search = h('input', { type: 'search', placeholder: 'Name', 'aria-label': 'Groups by name', 'data-search': true, oninput: () => room.update() });
  const missing = h('p', { class: 'info', hidden: true });
  const note = h('p', { class: 'note' });
  const table = new Table([
    { title: 'Group', sort: (group) => group.group, cell: (group, before) => link(before, `#/groups/${encodeURIComponent(group.group)}`, group.group) },
    { title: 'State', sort: (group) => group.state, cell: (group) => group.state },
    { title: 'Members', kind: 'number', sort: (group) => group.members?.length, cell: (group) => count(group.members?.length) },
    { title: 'Lag', kind: 'number', sort: lag, cell: lagText },
    { title: 'Lag in time', kind: 'number', sort: behind, cell: (group) => seconds(behind(group)) },
    { title: 'Lag, 15 min', kind: 'wide plotted', cell: (group, before) => spark(before, samples.series(`lag ${group.group}`), `Lag over time, now ${count(lag(group))} records`) },
  ], { key: (group) => group.group, caption: 'Groups', sorted: { column: 0, down: false }, empty: 'There are no groups.' });
  const room = {
    title: 'Groups',
    element: h('div', null, h('div', { class: 'line' }, h('h1', null, 'Groups'), h('div', { class: 'tools' }, search)), missing, table.element, note),
    update() {
      if (!samples.cluster) return;
      missing.hidden = !samples.groupsMissing;
      say(missing, samples.groupsMissing ?? '');
      mark(table.element, 'hidden', samples.groupsMissing && samples.groups.size === 0);
      table.update([...samples.groups.values()].filter((group) => group.group.includes(search.value)));
      say(note, [samples.groupsLeftOut && `Only the first ${ASKED_MAX} groups are shown; ${samples.groupsLeftOut} more are there.`,
        samples.groupsUnasked.length > 0 && `Nodes ${samples.groupsUnasked.join(', ')} could not be asked for theirs.`].filter(Boolean).join(' '));
    },
    close() {},
  };
  return room;
}

const isKnown = (group) => group.offsets?.some((offset) => offset.lag != null);
const lag = (group) => (isKnown(group) ? group.lag : null);
/** A sum without partitions whose leader could not be asked is less than there is. */
const lagText = (group) => (isKnown(group) && group.offsets.some((offset) => offset.lag == null) ? `≥ ${count(group.lag)}` : count(lag(group)));
const behind = (group) => (isKnown(group) ? group.lagSeconds : null);

export function group(name) {
  const gone = h('p', { class: 'info', hidden: true });
  const facts = h('p', { class: 'note' });
  const plots = [
    new Plot('Lag in records', samples.series(`lag ${name}`), short),
    new Plot('Lag in time', samples.series(`seconds ${name}`), seconds),
  ];
  const offsets = new Table([
    { title: 'Topic', sort: (offset) => offset.topic, cell: (offset, before) => link(before, `#/topics/${encodeURIComponent(offset.topic)}`, offset.topic) },
    { title: 'Partition', kind: 'number', sort: (offset) => offset.partition, cell: (offset) => String(offset.partition) },
    { title: 'Offset', kind: 'number', sort: (offset) => offset.offset, cell: (offset) => count(offset.offset) },
    { title: 'End', kind: 'number', sort: (offset) => offset.end, cell: (offset) => count(offset.end) },
    { title: 'Lag', kind: 'number', sort: (offset) => offset.lag, cell: (offset) => count(offset.lag) },
    { title: 'Lag in time', kind: 'number', sort: (offset) => offset.lagSeconds, cell: (offset) => seconds(offset.lagSeconds) },
    { title: 'Committed', kind: 'wide', sort: (offset) => offset.committed, cell: (offset) => time(offset.committed) },
  ], { key: (offset) => `${offset.topic} ${offset.partition}`, caption: 'Committed offsets', empty: 'The group has committed nothing.' });
  const members = new Table([
    { title: 'Client', sort: (member) => member.clientId, cell: (member) => member.clientId },
    { title: 'Host', sort: (member) => member.host, cell: (member) => member.host?.replace(/^\//, '') },
    { title: 'Reads', cell: (member) => reads(member.assigned) },
    { title: 'Member', kind: 'wide mono', cell: (member) => member.instanceId ?? member.id },
  ], { key: (member) => member.id, caption: 'Members', empty: 'Nobody is in it.' });
  const inside = h('div', null, h('div', { class: 'plots' }, plots.map((plot) => plot.element)), h('h2', null, 'Offsets'), offsets.element, h('h2', null, 'Members'), members.element);
  return {
    title: name,
    section: 'groups',
    element: h('div', null, h('p', { class: 'crumbs' }, h('a', { href: '#/groups' }, 'Groups'), ' /'), h('div', { class: 'line' }, h('h1', { class: 'mono' }, name), facts), gone, inside),
    update() {
      if (!samples.cluster) return;
      const entry = samples.groups.get(name);
      const problem = samples.groupsMissing ?? entry?.problem ?? (entry ? null : `There is no group "${name}" (any more).`);
      gone.hidden = !problem;
      say(gone, problem ?? '');
      mark(inside, 'hidden', !entry?.offsets);
      if (!entry?.offsets) return;
      say(facts, [entry.state, entry.assignor, plural(entry.members.length, 'member'), `${lagText(entry)} records behind`].filter(Boolean).join(' · '));
      plots.forEach((plot) => plot.update());
      offsets.update(entry.offsets);
      members.update(entry.members);
    },
    close: () => plots.forEach((plot) => plot.close()),
  };
}

/** `orders 0, 1`, from whatever form the assignment has. */
function reads(assigned) {
  if (!assigned) return '–';
  const entries = Array.isArray(assigned) ? assigned.map((each) => [each.topic, each.partitions ?? [each.partition]]) : Object.entries(assigned);
  return entries.map(([topic, partitions]) => `${topic} ${[partitions].flat().join(', ')}`).join('; ') || 'nothing';
}
