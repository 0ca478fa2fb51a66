// SPDX-License-Identifier: Apache-2.0
/**
 * Records of a topic as they come, over the broker's own WebSocket. Who pauses takes no more records, so that the credits run out and the broker waits: with
 * `pause` nothing is lost, with `drop` the gap is named.
 */
import { subscribe } from '/sluice.js';
import { count, moment, plural, rate } from './format.js';
import { preview } from './bytes.js';
import { field, h, mark, say } from './dom.js';
import { inspector } from './record.js';
import { samples } from './samples.js';

const SHOWN_MAX = 500;
const WINDOW = { records: 500, bytes: 4 << 20 };
const PREVIEW = 240;
const HOUR_MS = 3_600_000;
const RATE_MS = 1_000;

export function tail(name, only) {
  return new Tail(name, only === undefined || !/^\d+$/.test(only) ? null : Number(only));
}

class Tail {
  #name; #subscription; #paused = false; #resume = null; #fresh = []; #frame = null;
  #count = 0; #gaps = 0; #rate = null; #timer; #partitions = null;
  #inspector = inspector();
  #body = h('tbody', { class: 'choose' });
  #empty = h('p', { class: 'empty' }, 'Waiting for records.');
  #problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  #state = h('span', { role: 'status' });
  #figures = h('span');
  #status = h('p', { class: 'note' }, this.#state, this.#figures);
  #pause = h('button', { type: 'button', 'aria-keyshortcuts': 'p', onclick: () => this.#toggle() }, 'Pause');
  #from = h('select', null, ['latest', 'earliest', 'hour', 'offset'].map((value, i) => h('option', { value }, ['what comes now', 'the beginning', 'the last hour', 'an offset'][i])));
  #offset = h('input', { type: 'number', min: '0', value: '0', 'aria-label': 'Offset', hidden: true });
  #partition = h('select', null, h('option', { value: '' }, 'all'));
  #policy = h('select', null, h('option', { value: 'pause' }, 'records wait'), h('option', { value: 'drop' }, 'skip to the newest'));
  #filter = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off', 'data-search': true, placeholder: '$.amount > 100 && key startsWith "eu-"' });

  constructor(name, only) {
    this.#name = name;
    if (only != null) {
      this.#partition.append(h('option', { value: String(only), selected: true }, String(only)));
      this.#from.value = 'earliest';
    }
    const form = h('form', { class: 'tools tail', onsubmit: (event) => { event.preventDefault(); this.#start(); } },
      field('From', this.#from), this.#offset, field('Partition', this.#partition), field('If the page is slow', this.#policy), h('div', { class: 'grow' }, field('Filter', this.#filter)),
      h('button', { class: 'main' }, 'Read'), this.#pause, h('button', { type: 'button', onclick: () => this.#clear() }, 'Clear'));
    this.#from.addEventListener('change', () => (this.#offset.hidden = this.#from.value !== 'offset'));
    for (const control of [this.#from, this.#partition, this.#policy]) control.addEventListener('change', () => control.value !== 'offset' && this.#start());
    this.#body.addEventListener('click', (event) => this.#choose(event.target.closest('tr')));
    this.#body.addEventListener('keydown', (event) => this.#key(event));
    const heads = ['Partition', 'Offset', 'Time', 'Key', 'Value'].map((title, i) => h('th', { scope: 'col', class: ['number', 'number', 'wide'][i] }, title));
    const list = h('div', { class: 'scroll records' }, h('table', { role: 'grid' }, h('caption', { class: 'hidden' }, `Records of ${name}, the newest first`), h('thead', null, h('tr', null, heads)), this.#body), this.#empty);
    this.element = h('div', null, form, this.#status, this.#problem, h('div', { class: 'beside' }, list, this.#inspector.element));
    this.keys = { p: () => this.#toggle(), Escape: () => this.#hide() };
    this.#timer = setInterval(() => this.#measure(), RATE_MS);
    this.#start();
  }

  update(topic) {
    if (!topic || this.#partitions === topic.partitions.length) return;
    this.#partitions = topic.partitions.length;
    const chosen = this.#partition.value;
    this.#partition.replaceChildren(h('option', { value: '' }, 'all'), ...topic.partitions.map(({ partition }) => h('option', { value: String(partition) }, String(partition))));
    this.#partition.value = chosen;
  }

  close() {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#subscription?.close();
    this.#subscription = null;
    this.#resume?.();
  }

  #place() {
    const kind = this.#from.value;
    if (kind === 'hour') return { timestamp: Date.now() - HOUR_MS };
    if (kind !== 'offset') return kind;
    const chosen = this.#partition.value;
    const partitions = chosen === '' ? Array.from({ length: this.#partitions ?? 1 }, (_, i) => i) : [Number(chosen)];
    return { offsets: { [this.#name]: Object.fromEntries(partitions.map((partition) => [partition, Number(this.#offset.value) || 0])) }, otherwise: 'latest' };
  }

  #start() {
    this.#subscription?.close();
    this.#clear();
    this.#problem.hidden = true;
    if (this.#paused) this.#toggle();
    const partition = this.#partition.value;
    this.#read(subscribe('/', {
      topics: [partition === '' ? this.#name : { topic: this.#name, partitions: [Number(partition)] }],
      from: this.#place(),
      filter: this.#filter.value.trim() || undefined,
      policy: this.#policy.value,
      key: 'base64', value: 'base64',
      window: WINDOW,
      onGap: (gap) => this.#gap(gap),
      onError: (error) => this.#fail(error),
      onSubscribed: () => (this.#problem.hidden = true),
    }));
  }

  async #read(subscription) {
    this.#subscription = subscription;
    try {
      for await (const record of subscription) {
        if (this.#subscription !== subscription) return;
        this.#count++;
        this.#add(record);
        if (this.#paused) {
          this.#measure();
          await new Promise((resolve) => (this.#resume = resolve));
        }
      }
    } catch (error) {
      if (this.#subscription === subscription) this.#fail(error, true);
    }
  }

  #fail(error, over) {
    this.#problem.hidden = false;
    say(this.#problem, error.message);
    if (over) {
      this.#subscription = null;
      say(this.#empty, 'Nothing is read.');
    }
    this.#measure();
  }

  #gap(gap) {
    this.#gaps += gap.to - gap.from;
    this.#add({ gap });
  }

  #toggle() {
    this.#paused = !this.#paused;
    say(this.#pause, this.#paused ? 'Go on' : 'Pause');
    mark(this.#pause, 'class', this.#paused && 'on');
    if (!this.#paused) this.#resume?.();
    this.#measure();
  }

  #clear() {
    this.#fresh = [];
    this.#body.replaceChildren();
    this.#gaps = 0;
    this.#count = 0;
    this.#rate = null;
    this.#empty.hidden = false;
    say(this.#empty, 'Waiting for records.');
  }

  /** A page in the background draws nothing, so what waits to be drawn has a bound of its own. */
  #add(entry) {
    this.#fresh.push(entry);
    if (this.#fresh.length > 2 * SHOWN_MAX) this.#fresh.splice(0, SHOWN_MAX);
    this.#draw();
  }

  /** Once a frame, and only what fits: a fast topic costs no more than a slow one. */
  #draw() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      const rows = this.#fresh.slice(-SHOWN_MAX).reverse().map((entry) => (entry.gap ? gapRow(entry.gap) : recordRow(entry)));
      this.#fresh = [];
      this.#body.prepend(...rows);
      while (this.#body.children.length > SHOWN_MAX) this.#body.lastElementChild.remove();
      this.#empty.hidden = this.#body.children.length > 0;
      const first = this.#body.querySelector('.record');
      if (first && !this.#body.querySelector('[tabindex="0"]')) mark(first, 'tabindex', '0');
    });
  }

  #measure() {
    const now = performance.now();
    const { at, count: before } = this.#rate ?? { at: now, count: this.#count };
    const each = now - at >= RATE_MS / 2 ? ((this.#count - before) * 1_000) / (now - at) : null;
    if (each != null || !this.#rate) this.#rate = { at: now, count: this.#count };
    if (each == null && this.#figures.textContent && this.#subscription && !this.#paused) return;
    const state = !this.#subscription ? 'stopped' : this.#paused ? 'paused: the broker keeps the place' : samples.problem ? 'cut off: goes on where it was when the node answers again' : 'live';
    // only the state is read out to who can't see it: the figures change every second
    say(this.#state, state);
    say(this.#figures, ['', plural(this.#count, 'record'), !this.#paused && this.#subscription && rate(each), this.#gaps > 0 && `${count(this.#gaps)} skipped`, this.#count > SHOWN_MAX && `the last ${SHOWN_MAX} are shown`]
      .filter((part) => typeof part === 'string').join(' · '));
    mark(this.#status, 'data-state', state.split(':')[0]);
  }

  #choose(row) {
    if (!row?.record) return;
    for (const other of this.#body.querySelectorAll('[aria-selected], [tabindex="0"]')) {
      mark(other, 'aria-selected', null);
      mark(other, 'tabindex', '-1');
    }
    mark(row, 'aria-selected', 'true');
    mark(row, 'tabindex', '0');
    this.#inspector.show(row.record);
  }

  /** Back to the list, from wherever in the record the focus was. */
  #hide() {
    this.#inspector.element.hidden = true;
    this.#body.querySelector('[aria-selected]')?.focus();
  }

  #key(event) {
    const row = event.target.closest('tr');
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.#choose(row);
    else if (step) {
      let other = row[step];
      while (other && !other.record) other = other[step];
      this.#choose(other);
      other?.focus();
    } else return;
    event.preventDefault();
  }
}

function recordRow(record) {
  const key = preview(record.key, PREVIEW);
  const value = preview(record.value, PREVIEW);
  const row = h('tr', { class: 'record', tabindex: '-1' },
    h('td', { class: 'number' }, String(record.partition)), h('td', { class: 'number' }, count(record.offset)), h('td', { class: 'wide mono cut' }, moment(record.timestamp)),
    h('td', { class: 'mono cut' }, key ?? h('i', null, 'none')), h('td', { class: 'mono cut value' }, value ?? h('i', null, 'tombstone')));
  row.record = record;
  return row;
}

function gapRow({ partition, from, to, reason }) {
  return h('tr', { class: 'gap' }, h('td', { class: 'number' }, String(partition)),
    h('td', { colspan: '4' }, `${plural(to - from, 'offset')} from ${count(from)} on ${reason === 'dropped' ? 'skipped: the page was too slow' : 'deleted before they were read'}`));
}
