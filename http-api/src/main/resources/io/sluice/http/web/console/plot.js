// SPDX-License-Identifier: Apache-2.0
/** Small plots of a series, as SVG. */
import { clock } from './format.js';
import { h, mark, s, say } from './dom.js';

const SPARK = { width: 96, height: 20 };
const HEIGHT = 132;
const ROOM = { left: 52, right: 8, top: 8, bottom: 18 };
const GRID_LINES = 3;
const SHORTEST_MS = 30_000;

/** Runs of known values. */
function runs(points) {
  const found = [[]];
  for (const point of points) {
    if (point.value == null) found.push([]);
    else found.at(-1).push(point);
  }
  return found.filter((run) => run.length > 0);
}

function paths(points, x, y, floor) {
  let line = '';
  let area = '';
  for (const run of runs(points)) {
    const corners = run.map((point) => `${x(point.at).toFixed(1)},${y(point.value).toFixed(1)}`);
    if (run.length === 1) corners.push(`${(x(run[0].at) + 1).toFixed(1)},${y(run[0].value).toFixed(1)}`);
    line += `M${corners.join('L')}`;
    area += `M${x(run[0].at).toFixed(1)},${floor}L${corners.join('L')}V${floor}Z`;
  }
  return { line, area };
}

/** The least 1, 2 or 5 times a power of ten that is not below; for sizes the same in powers of two. */
function ceiling(max, binary) {
  if (!(max > 0)) return 1;
  if (binary) return 2 ** Math.ceil(Math.log2(max));
  const power = 10 ** Math.floor(Math.log10(max));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= max * 0.999);
}

function span(points) {
  const end = points.at(-1)?.at ?? Date.now();
  const begin = Math.min(points[0]?.at ?? end, end - SHORTEST_MS);
  return [begin, end];
}

/** A line without axes, for the row of a table. */
export function spark(before, series, label) {
  const svg = before ?? s('svg', { class: 'spark', viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, preserveAspectRatio: 'none', role: 'img' }, s('path', { class: 'area' }), s('path', { class: 'line' }));
  const { points } = series;
  const [begin, end] = span(points);
  const top = Math.max(1e-9, ...points.map((point) => point.value ?? 0));
  const x = (at) => ((at - begin) / (end - begin)) * (SPARK.width - 2) + 1;
  const y = (value) => SPARK.height - 1.5 - (value / top) * (SPARK.height - 4);
  const { line, area } = paths(points, x, y, SPARK.height - 1);
  mark(svg.children[0], 'd', area);
  mark(svg.children[1], 'd', line);
  mark(svg, 'aria-label', label);
  return svg;
}

/** A plot with axes; pointer and arrow keys read single values. */
export class Plot {
  #series; #format; #title; #binary;
  #grid = s('g'); #area = s('path', { class: 'area' }); #line = s('path', { class: 'line' });
  #cursor = s('g', { class: 'cursor', visibility: 'hidden' }, s('line'), s('circle', { r: 3 }));
  #svg = s('svg', { height: HEIGHT, tabindex: '0', role: 'img' }, this.#grid, this.#area, this.#line, this.#cursor);
  #now = h('output');
  #chosen = null;
  #places = null;

  constructor(title, series, format, { binary = false } = {}) {
    Object.assign(this, { element: h('figure', { class: 'plot' }, h('figcaption', null, h('span', null, title), this.#now), this.#svg) });
    this.#title = title;
    this.#series = series;
    this.#format = format;
    this.#binary = binary;
    this.#svg.addEventListener('pointermove', (event) => this.#point(event.offsetX));
    this.#svg.addEventListener('pointerleave', () => this.#choose(null));
    this.#svg.addEventListener('blur', () => this.#choose(null));
    this.#svg.addEventListener('keydown', (event) => this.#key(event));
    this.observer = new ResizeObserver(() => this.update());
    this.observer.observe(this.element);
  }

  close() {
    this.observer.disconnect();
  }

  update() {
    const width = this.#svg.clientWidth;
    if (!width) return;
    mark(this.#svg, 'viewBox', `0 0 ${width} ${HEIGHT}`);
    const { points } = this.#series;
    const [begin, end] = span(points);
    const top = ceiling(Math.max(0, ...points.map((point) => point.value ?? 0)), this.#binary);
    const floor = HEIGHT - ROOM.bottom;
    const x = (at) => ROOM.left + ((at - begin) / (end - begin)) * (width - ROOM.left - ROOM.right);
    const y = (value) => floor - (value / top) * (floor - ROOM.top);
    this.#axes(begin, end, top, x, y, width);
    const { line, area } = paths(points, x, y, floor);
    mark(this.#area, 'd', area);
    mark(this.#line, 'd', line);
    this.#places = { x, y, floor };
    this.#show();
  }

  #axes(begin, end, top, x, y, width) {
    const parts = [];
    for (let i = 0; i <= GRID_LINES - 1; i++) {
      const value = (top * i) / (GRID_LINES - 1);
      parts.push(s('line', { x1: ROOM.left, x2: width - ROOM.right, y1: y(value), y2: y(value) }),
        s('text', { x: ROOM.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, this.#format(value)));
    }
    for (const [at, anchor] of [[begin, 'start'], [(begin + end) / 2, 'middle'], [end, 'end']]) {
      parts.push(s('text', { x: x(at), y: HEIGHT - 3, 'text-anchor': anchor }, clock(at)));
    }
    this.#grid.replaceChildren(...parts);
  }

  get #known() {
    return this.#series.points.filter((point) => point.value != null);
  }

  #point(offset) {
    if (!this.#places) return;
    const near = (point) => Math.abs(this.#places.x(point.at) - offset);
    this.#choose(this.#known.reduce((best, point) => (!best || near(point) < near(best) ? point : best), null));
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const known = this.#known;
    if (!step || !known.length) return;
    event.preventDefault();
    const at = this.#chosen ? known.indexOf(this.#chosen) : known.length;
    this.#choose(known[Math.max(0, Math.min(known.length - 1, at + step))]);
  }

  #choose(point) {
    this.#chosen = point;
    this.#show();
  }

  #show() {
    const point = this.#chosen;
    mark(this.#cursor, 'visibility', point && this.#places ? 'visible' : 'hidden');
    const text = point ? `${this.#format(point.value)} at ${clock(point.at)}` : this.#format(this.#series.last);
    say(this.#now, text);
    mark(this.#svg, 'aria-label', `${this.#title}: ${text}`);
    if (!point || !this.#places) return;
    const { x, y, floor } = this.#places;
    const [line, dot] = this.#cursor.children;
    for (const [name, value] of Object.entries({ x1: x(point.at), x2: x(point.at), y1: ROOM.top, y2: floor })) mark(line, name, value);
    mark(dot, 'cx', x(point.at));
    mark(dot, 'cy', y(point.value));
  }
}
