// SPDX-License-Identifier: Apache-2.0
/** A topic's settings: every key with its value and where that comes from; more partitions; deleting it. */
import { call, get, topicPath } from './api.js';
import { announce, dialog, field, h, say, Table } from './dom.js';
import { samples } from './samples.js';
import { deleteTopic } from './topic-forms.js';

const OWN = 'topic';

export function configs(name) {
  const search = h('input', { type: 'search', placeholder: 'Key', 'aria-label': 'Settings by key', 'data-search': true, oninput: () => show() });
  const own = h('input', { type: 'checkbox', onchange: () => show() });
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const table = new Table([
    { title: 'Key', sort: (entry) => entry.name, cell: (entry, before) => before ?? h('div', null, h('code', null, entry.name), h('small', null, entry.meaning)) },
    { title: 'Value', kind: 'mono', cell: (entry) => entry.value ?? '(secret)' },
    { title: 'From', sort: (entry) => entry.source, cell: (entry) => entry.source.replaceAll('_', ' ') },
    { title: 'Change', cell: (entry, before) => buttons(entry, before) },
  ], { key: (entry) => entry.name, caption: 'Settings of the topic', sorted: { column: 0, down: false }, empty: 'No setting has such a key.', stacked: true });
  const partitions = h('input', { type: 'number', min: '1', name: 'partitions' });
  let known = [];

  async function load() {
    try {
      known = (await get(topicPath(name) + '?configs=all')).configs;
      problem.hidden = true;
      show();
    } catch (error) {
      fail(error);
    }
  }

  function fail(error) {
    problem.hidden = false;
    say(problem, error.message);
  }

  function show() {
    table.update(known.filter((entry) => entry.name.includes(search.value) && (!own.checked || entry.source === OWN)));
  }

  function buttons(entry, before) {
    const box = before ?? h('div', { class: 'buttons' }, h('button', { type: 'button', 'aria-label': `Change ${entry.name}` }, 'Change'), h('button', { type: 'button', 'aria-label': `Take ${entry.name} back` }, 'Take back'));
    box.children[0].onclick = () => change(entry);
    box.children[1].onclick = () => set(entry.name, null).catch(fail);
    box.children[1].hidden = entry.source !== OWN;
    return box;
  }

  async function set(key, value) {
    await call('PATCH', topicPath(name), { configs: { [key]: value } });
    announce(value === null ? `${key} is back at its default.` : `${key} is ${value} now.`);
    await load();
  }

  function change(entry) {
    const input = h('input', { type: 'text', value: entry.value ?? '', spellcheck: 'false', name: 'value' });
    const said = h('p', { class: 'problem', role: 'alert', hidden: true });
    const box = dialog(`Change ${entry.name}`, h('p', { class: 'note' }, entry.meaning), h('form', {
      class: 'form',
      onsubmit: async (event) => {
        event.preventDefault();
        try {
          await set(entry.name, input.value);
          box.close();
        } catch (error) {
          said.hidden = false;
          say(said, error.message);
        }
      },
    }, field('Value', input), said, h('div', { class: 'line' }, h('button', { class: 'main' }, 'Set'), h('button', { type: 'button', onclick: () => box.close() }, 'Cancel'))));
    input.select();
  }

  async function grow(event) {
    event.preventDefault();
    try {
      await call('PATCH', topicPath(name), { partitions: Number(partitions.value) });
      problem.hidden = true;
      announce(`${name} has ${partitions.value} partitions now.`);
      samples.look();
    } catch (error) {
      fail(error);
    }
  }

  load();
  return {
    element: h('div', null,
      h('div', { class: 'tools' }, search, h('label', { class: 'check' }, own, 'only what is set for this topic')), problem, table.element,
      h('section', null, h('h2', null, 'More partitions'), h('p', { class: 'note' }, 'A topic never gets fewer. Keys may then belong to other partitions than before.'),
        h('form', { class: 'tools', onsubmit: grow }, field('Partitions', partitions), h('button', null, 'Add partitions'))),
      h('section', null, h('h2', null, 'Delete'), h('button', { type: 'button', class: 'danger', onclick: () => deleteTopic(name) }, 'Delete this topic'))),
    update(topic) {
      if (!topic || document.activeElement === partitions || partitions.value) return;
      partitions.value = topic.partitions.length + 1;
      partitions.min = topic.partitions.length + 1;
    },
    close() {},
  };
}
