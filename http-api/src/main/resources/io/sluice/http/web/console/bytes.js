// SPDX-License-Identifier: Apache-2.0
/** Bytes of keys and values, as text, JSON or hex. */
import { h } from './dom.js';

const STRICT = new TextDecoder('utf-8', { fatal: true });
const COLUMNS = 16;
const PREVIEW_BYTES = 24;
/** More of one value than that is not put into the page. */
export const SHOWN_MAX = 64 * 1024;

/** The text, or null if the bytes are no UTF-8. */
export function text(bytes) {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

/** One line for a list: text, or hex if it is none. */
export function preview(bytes, max) {
  if (bytes == null) return null;
  const isCut = bytes.length > max * 4;
  const found = text(isCut ? bytes.subarray(0, beforeLast(bytes, max * 4)) : bytes);
  if (found == null) return hexOf(bytes.subarray(0, PREVIEW_BYTES)) + (bytes.length > PREVIEW_BYTES ? ' …' : '');
  return found.slice(0, max).replace(/\s+/g, ' ') + (found.length > max ? '…' : '');
}

/** Where the last character before `end` begins, if the bytes are UTF-8: a cut must not be in the middle of one. */
function beforeLast(bytes, end) {
  let at = end - 1;
  while (at > end - 4 && (bytes[at] & 0xc0) === 0x80) at--;
  return at;
}

/** Whether the text is a JSON object or list: a single number or word is better shown as text. */
export function json(bytes) {
  const found = bytes && text(bytes);
  if (!found || !/^\s*[[{]/.test(found)) return null;
  try {
    JSON.parse(found);
    return found;
  } catch {
    return null;
  }
}

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** Offset, sixteen bytes, and what of them is printable. */
export function hex(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += COLUMNS) {
    const part = bytes.subarray(at, at + COLUMNS);
    const shown = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    const digits = hexOf(part);
    lines.push(`${at.toString(16).padStart(6, '0')}  ${`${digits.slice(0, 23)} ${digits.slice(23)}`.padEnd(49)}  ${shown}`);
  }
  return lines.join('\n');
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)|([[{])\s*([\]}])|([[{])|([\]}])|(,)|\s+/g;

/**
 * JSON on many lines, with colours. It goes over the text and not over what JSON.parse makes of it, for that would round long numbers and lose
 * names that are given twice.
 */
export function pretty(source) {
  const parts = [];
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  for (const [whole, string, colon, number, word, opened, closed, open, close, comma] of source.matchAll(TOKEN)) {
    if (string) parts.push(h('span', { class: colon ? 'name' : 'string' }, string), colon ? ': ' : '');
    else if (number || word) parts.push(h('span', { class: number ? 'figure' : 'word' }, whole));
    else if (opened) parts.push(opened + closed);
    else if (open) {
      depth++;
      parts.push(open + line());
    } else if (close) {
      depth--;
      parts.push(line() + close);
    } else if (comma) parts.push(',' + line());
  }
  return parts;
}
