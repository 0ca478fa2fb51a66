// SPDX-License-Identifier: Apache-2.0
/** The record inspector: everything about one record, key and value as JSON, text or hex. */
import { hex, json, pretty, SHOWN_MAX, text } from './bytes.js';
import { count, bytes as sized, time } from './format.js';
import { h } from './dom.js';

const utf8 = new TextEncoder();

export function inspector() {
  /** The form that was chosen stays for the next record, if that can be shown so. */
  const wish = { Key: null, Value: null };
  const element = h('aside', { class: 'inspector', 'aria-label': 'Record', hidden: true });
  const close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close the record', onclick: () => (element.hidden = true) }, '×');
  return {
    element,
    show(record) {
      element.hidden = false;
      element.replaceChildren(
        h('div', { class: 'line' }, h('h2', null, `Partition ${record.partition}, offset ${count(record.offset)}`), close),
        h('dl', { class: 'facts' }, fact('Timestamp', time(record.timestamp)), fact('UTC', new Date(record.timestamp).toISOString()), fact('Key', size(record.key)), fact('Value', size(record.value))),
        headers(record.headers),
        part('Key', record.key, wish),
        part('Value', record.value, wish));
    },
  };
}

const fact = (name, value) => h('div', null, h('dt', null, name), h('dd', null, value));

const size = (bytes) => (bytes == null ? 'none' : sized(bytes.length));

function headers(list) {
  if (!list.length) return h('p', { class: 'note' }, 'No headers.');
  return h('section', null, h('h3', null, 'Headers'),
    h('dl', { class: 'pairs' }, list.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', { class: 'mono' }, header(value))))));
}

function header(value) {
  if (value == null) return 'null';
  const bytes = typeof value === 'string' ? utf8.encode(value) : value;
  return text(bytes) ?? hex(bytes);
}

function part(title, bytes, wish) {
  if (bytes == null) return h('section', null, h('h3', null, title), h('p', { class: 'note' }, title === 'Key' ? 'No key.' : 'No value: a tombstone.'));
  const part = bytes.subarray(0, SHOWN_MAX);
  const forms = { JSON: bytes.length <= SHOWN_MAX && json(bytes), Text: text(bytes), Hex: true };
  const box = h('pre', { tabindex: '0', 'aria-label': title });
  const buttons = Object.keys(forms).map((form) => h('button', { type: 'button', disabled: !forms[form] && forms[form] !== '', onclick: () => choose((wish[title] = form)) }, form));
  const choose = (form) => {
    buttons.forEach((button) => button.setAttribute('aria-pressed', button.textContent === form));
    box.replaceChildren(...(form === 'JSON' ? pretty(forms.JSON) : [form === 'Text' ? forms.Text.slice(0, SHOWN_MAX) : hex(part)]));
  };
  const possible = (form) => form && (forms[form] || forms[form] === '');
  choose(possible(wish[title]) ? wish[title] : Object.keys(forms).find(possible));
  return h('section', null, h('div', { class: 'line' }, h('h3', null, title), h('div', { class: 'choice', role: 'group', 'aria-label': `${title} as` }, buttons)), box,
    bytes.length > SHOWN_MAX && h('p', { class: 'note' }, `The first ${sized(SHOWN_MAX)} of ${sized(bytes.length)}.`));
}
