// SPDX-License-Identifier: Apache-2.0
/** Making and changing elements. Text is only ever set as text, never as markup: records are other people's. */

const SVG = 'http://www.w3.org/2000/svg';

/** An element: `h('a', { href: '#/', class: 'brand', onclick: go }, 'Sluice')`. Properties that are null or false are left out. */
export function h(name, properties, ...children) {
  return furnish(document.createElement(name), properties, children);
}

/** An element of an SVG. */
export function s(name, properties, ...children) {
  return furnish(document.createElementNS(SVG, name), properties, children);
}

function furnish(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(2).filter((child) => child != null && child !== false));
  return element;
}

/** Sets the text if it is another one: what is selected stays so. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
  return element;
}

/** Sets or takes away an attribute. */
export function mark(element, name, value) {
  if (value == null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? '' : value);
}

/**
 * A table whose rows are kept by key, so that an update moves neither focus nor scrolling.
 * `stacked`: on a phone the cells of a row stand below each other. A column is { title, hint?, kind?, sort?(item), cell(item, before) }; `cell` gives a text or an element, best the one that it gave before.
 */
export class Table {
  #columns; #key; #rows = new Map(); #sorted; #heads; #empty; #items = [];
  body = h('tbody');

  constructor(columns, { key, caption, sorted, empty = 'Nothing here.', stacked = false }) {
    this.#columns = columns;
    this.#key = key;
    this.#sorted = sorted;
    this.#heads = columns.map((column, i) => this.#head(column, i));
    this.#empty = h('p', { class: 'empty', hidden: true }, empty);
    this.element = h('div', { class: stacked ? 'scroll stacked' : 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
      h('table', null, h('caption', { class: 'hidden' }, caption), h('thead', null, h('tr', null, this.#heads)), this.body), this.#empty);
  }

  #head(column, i) {
    const inside = column.sort ? h('button', { type: 'button', class: 'sort', title: column.hint, onclick: () => this.#sortBy(i) }, column.title) : column.title;
    return h('th', { scope: 'col', class: column.kind }, inside);
  }

  #sortBy(i) {
    const down = this.#sorted?.column === i ? !this.#sorted.down : this.#columns[i].kind === 'number';
    this.#sorted = { column: i, down };
    this.update(this.#items);
  }

  update(items) {
    this.#items = items;
    const seen = new Set();
    let before = null;
    for (const item of this.#inOrder(items)) {
      const key = this.#key(item);
      seen.add(key);
      let row = this.#rows.get(key);
      if (!row) this.#rows.set(key, row = h('tr', null, this.#columns.map((column) => h('td', { class: column.kind, 'data-title': column.title }))));
      this.#fill(row, item);
      const place = before ? before.nextSibling : this.body.firstChild;
      if (place !== row) this.body.insertBefore(row, place);
      before = row;
    }
    for (const [key, row] of this.#rows) {
      if (seen.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    this.#empty.hidden = items.length > 0;
    this.#heads.forEach((head, i) => mark(head, 'aria-sort', this.#sorted?.column === i && (this.#sorted.down ? 'descending' : 'ascending')));
  }

  #fill(row, item) {
    row.item = item;
    this.#columns.forEach((column, i) => {
      const cell = row.children[i];
      const content = column.cell(item, cell.firstElementChild);
      if (content instanceof Node) {
        if (cell.firstChild !== content) cell.replaceChildren(content);
      } else {
        say(cell, content == null ? '' : String(content));
      }
    });
  }

  #inOrder(items) {
    const by = this.#sorted && this.#columns[this.#sorted.column].sort;
    if (!by) return items;
    const way = this.#sorted.down ? -1 : 1;
    return [...items].sort((a, b) => {
      const [x, y] = [by(a) ?? -1, by(b) ?? -1];
      return way * (typeof x === 'string' ? x.localeCompare(y, 'en', { numeric: true }) : x - y);
    });
  }
}

/** Children made of items, each made anew only where its item has changed: focus and selection stay. */
export function renew(box, items, make) {
  items.forEach((item, i) => {
    const made = JSON.stringify(item);
    const old = box.children[i];
    if (old?.made === made) return;
    const element = Object.assign(make(item), { made });
    if (old) old.replaceWith(element);
    else box.append(element);
  });
  while (box.children.length > items.length) box.lastElementChild.remove();
}

/** A link of a table, made once. */
export function link(before, href, text) {
  const anchor = before ?? h('a');
  mark(anchor, 'href', href);
  return say(anchor, text);
}

/** A label above its control, and a hint below. */
export function field(label, control, hint) {
  return h('label', { class: 'field' }, h('span', null, label), control, hint && h('small', null, hint));
}

/** A dialog that is gone when it is closed; Escape closes it. */
export function dialog(title, ...children) {
  const box = h('dialog', { 'aria-label': title, onclose: () => box.remove() }, h('h2', null, title), children);
  document.body.append(box);
  box.showModal();
  return box;
}

/** One line for everybody, gone after a while. */
export function announce(text, kind) {
  const line = h('p', { class: kind }, text);
  document.getElementById('said').append(line);
  setTimeout(() => line.remove(), kind === 'bad' ? 12_000 : 5_000);
}
