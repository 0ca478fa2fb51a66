// SPDX-License-Identifier: Apache-2.0
/** Dialogs that make and delete topics. */
import { call, topicPath } from './api.js';
import { announce, dialog, field, h, say } from './dom.js';
import { count } from './format.js';
import { samples } from './samples.js';

/** A form whose problem stands in it, and that closes its dialog when it has worked. */
function formOf(work, children, button) {
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  return h('form', {
    class: 'form',
    async onsubmit(event) {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      try {
        await work();
        event.target.closest('dialog').close();
      } catch (error) {
        problem.hidden = false;
        say(problem, error.message);
      }
      button.disabled = false;
    },
  }, children, problem, h('div', { class: 'line' }, button, h('button', { type: 'button', onclick: (event) => event.target.closest('dialog').close() }, 'Cancel')));
}

/** `key=value` lines. */
function parsed(text) {
  const configs = {};
  for (const line of text.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const at = line.indexOf('=');
    if (at < 1) throw new Error(`"${line}" must be key=value.`);
    configs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return configs;
}

export function createTopic() {
  const name = h('input', { type: 'text', required: true, maxlength: '249', spellcheck: 'false', autocomplete: 'off', name: 'name' });
  const partitions = h('input', { type: 'number', min: '1', placeholder: 'the default', name: 'partitions' });
  const replicas = h('input', { type: 'number', min: '1', placeholder: 'the default', name: 'replicas' });
  const configs = h('textarea', { rows: '3', spellcheck: 'false', placeholder: 'retention.ms=86400000', name: 'configs' });
  dialog('New topic', formOf(async () => {
    const wanted = { name: name.value };
    if (partitions.value) wanted.partitions = Number(partitions.value);
    if (replicas.value) wanted.replicas = Number(replicas.value);
    if (configs.value.trim()) wanted.configs = parsed(configs.value);
    await call('POST', '/v1/topics', wanted);
    announce(`${name.value} is made.`);
    await samples.look();
    location.hash = `#/topics/${encodeURIComponent(name.value)}`;
  }, [
    field('Name', name, 'letters, digits, dot, underscore and hyphen'),
    h('div', { class: 'two' }, field('Partitions', partitions), field('Replicas', replicas)),
    field('Settings', configs, 'one key=value a line'),
  ], h('button', { class: 'main' }, 'Make it')));
}

/** The topic's name has to be typed: what is deleted here does not come back. */
export function deleteTopic(name) {
  const typed = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off', name: 'confirmation', oninput: () => (button.disabled = typed.value !== name) });
  const button = h('button', { class: 'danger', disabled: true }, `Delete ${name}`);
  const entry = samples.topics.get(name);
  dialog(`Delete ${name}?`,
    h('p', null, 'The topic ', h('strong', null, name), entry?.records == null ? ' and all of its records' : ` and its ${count(entry.records)} records`, ' are deleted on all nodes. This can\'t be undone.'),
    formOf(async () => {
      await call('DELETE', topicPath(name));
      announce(`${name} is deleted.`);
      location.hash = '#/topics';
      await samples.look();
    }, [field('Type its name to go on', typed)], button));
}
