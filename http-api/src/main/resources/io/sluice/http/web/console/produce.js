// SPDX-License-Identifier: Apache-2.0
/** Writes one record at a time. */
import { call, topicPath } from './api.js';
import { clock, count } from './format.js';
import { field, h, say } from './dom.js';

const KEPT = 20;

export function produce(name) {
  const key = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off', name: 'key' });
  const noKey = h('input', { type: 'checkbox', name: 'no-key', onchange: () => (key.disabled = noKey.checked) });
  const value = h('textarea', { rows: '8', spellcheck: 'false', name: 'value' });
  const kind = h('select', { name: 'kind' }, [['text', 'text'], ['json', 'JSON, checked'], ['base64', 'base64'], ['none', 'none: a tombstone']].map(([id, text]) => h('option', { value: id }, text)));
  const partition = h('input', { type: 'number', min: '0', placeholder: 'by key', name: 'partition' });
  const pairs = h('div', { class: 'pairs-form' });
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const send = h('button', { class: 'main' }, 'Send');
  const written = h('ol', { class: 'written', role: 'status' });
  kind.addEventListener('change', () => (value.disabled = kind.value === 'none'));

  const form = h('form', {
    class: 'form', novalidate: true,
    onsubmit: (event) => { event.preventDefault(); write(); },
    onkeydown: (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) write(); },
  },
  h('div', { class: 'two' }, field('Key', key), h('label', { class: 'check' }, noKey, 'no key')),
  field('Value', value),
  h('div', { class: 'two' }, field('Value is', kind), field('Partition', partition)),
  h('fieldset', null, h('legend', null, 'Headers'), pairs, h('button', { type: 'button', onclick: addPair }, 'Add a header')),
  problem,
  h('div', { class: 'line' }, send, h('small', null, 'Ctrl+Enter sends as well.')));

  function addPair() {
    const row = h('div', null, h('input', { type: 'text', 'aria-label': 'Name of the header', placeholder: 'name' }), h('input', { type: 'text', 'aria-label': 'Value of the header', placeholder: 'value' }),
      h('button', { type: 'button', 'aria-label': 'Take this header away', class: 'quiet', onclick: () => row.remove() }, '×'));
    pairs.append(row);
    row.firstElementChild.focus();
  }

  function record() {
    const made = {};
    if (!noKey.checked) made.key = key.value;
    if (kind.value === 'json') JSON.parse(value.value);
    if (kind.value === 'base64') made.valueBase64 = value.value.replace(/\s/g, '');
    else made.value = kind.value === 'none' ? null : value.value;
    if (partition.value !== '') made.partition = Number(partition.value);
    const headers = [...pairs.children].map((row) => ({ key: row.children[0].value, value: row.children[1].value }));
    if (headers.length) made.headers = headers;
    return made;
  }

  async function write() {
    if (send.disabled) return;
    problem.hidden = true;
    send.disabled = true;
    try {
      const answer = await call('POST', topicPath(name, '/records'), [record()]);
      const [place] = answer.records ?? answer.results ?? [];
      written.prepend(h('li', null, `${clock(Date.now())}  `, h('a', { href: `#/topics/${encodeURIComponent(name)}/records/${place.partition}` }, `partition ${place.partition}, offset ${count(place.offset)}`)));
      while (written.children.length > KEPT) written.lastElementChild.remove();
    } catch (error) {
      problem.hidden = false;
      say(problem, error instanceof SyntaxError ? `The value is no JSON: ${error.message}` : error.message);
    } finally {
      send.disabled = false;
    }
  }

  return {
    element: h('div', { class: 'beside even' }, form, h('section', { 'aria-label': 'Written' }, h('h2', null, 'Written'), written)),
    update() {},
    close() {},
  };
}
