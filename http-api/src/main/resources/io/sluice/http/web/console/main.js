// SPDX-License-Identifier: Apache-2.0
/** The frame of the page: which room is shown, keys, and how the node is. */
import { cluster } from './cluster.js';
import { dialog, h, mark, say } from './dom.js';
import { clock } from './format.js';
import { group, groups } from './groups.js';
import { samples } from './samples.js';
import { topic } from './topic.js';
import { topics } from './topics.js';

const KEYS = [
  ['c', 'Cluster'], ['t', 'Topics'], ['g', 'Groups'], ['/', 'to the search or filter of the room'], ['n', 'new topic (in Topics)'],
  ['p', 'pause and go on (in Records)'], ['↑ ↓', 'from record to record'], ['Enter', 'opens the record'], ['Esc', 'closes it'], ['← →', 'from value to value in a plot'], ['?', 'this list'],
];
const HOMES = { c: '#/', t: '#/topics', g: '#/groups' };
const main = document.getElementById('room');
const state = document.getElementById('state');
let room;

function made() {
  const [, section, name, ...rest] = location.hash.slice(1).split('/').map(unescaped);
  if (section === 'topics') return name ? topic(name, ...rest) : topics();
  if (section === 'groups') return name ? group(name) : groups();
  return cluster();
}

function unescaped(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function enter(event) {
  document.querySelectorAll('dialog').forEach((box) => box.close());
  room?.close();
  room = made();
  main.replaceChildren(room.element);
  document.title = `${room.title} · Sluice`;
  const section = room.section ?? room.title.toLowerCase();
  for (const anchor of document.querySelectorAll('[data-room]')) mark(anchor, 'aria-current', anchor.dataset.room === section && 'page');
  room.update();
  if (event) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

function changed() {
  const { problem, at } = samples;
  say(document.getElementById('asked'), at ? clock(at) : '');
  say(document.getElementById('trouble'), problem?.message ?? '');
  mark(state, 'data-bad', Boolean(problem));
  room.update();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.target.closest('input, textarea, select')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (HOMES[event.key]) location.hash = HOMES[event.key];
  else if (event.key === '/') main.querySelector('[data-search]')?.focus();
  else if (event.key === '?') keys();
  else if (room.keys?.[event.key]) room.keys[event.key]();
  else return;
  event.preventDefault();
}

function keys() {
  const box = dialog('Keys', h('dl', { class: 'pairs' }, KEYS.map(([name, what]) => h('div', null, h('dt', null, h('kbd', null, name)), h('dd', null, what)))),
    h('div', { class: 'line' }, h('button', { type: 'button', autofocus: true, onclick: () => box.close() }, 'Close')));
}

addEventListener('hashchange', enter);
addEventListener('keydown', key);
document.getElementById('keys').addEventListener('click', keys);
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
samples.addEventListener('change', changed);
enter();
samples.start();
