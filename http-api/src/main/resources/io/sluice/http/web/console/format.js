// SPDX-License-Identifier: Apache-2.0
/** Numbers, sizes and times for people. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const NONE = '–';

/** 12,345. What is not known is a dash. */
export function count(n) {
  return n == null ? NONE : WHOLE.format(n);
}

/** 12.3k: short, for plots and rates. */
export function short(n) {
  if (n == null) return NONE;
  if (n < 10 && n % 1) return n.toFixed(1);
  if (n < 1_000) return WHOLE.format(n);
  const step = Math.min(3, Math.floor(Math.log10(n) / 3));
  const value = n / 1_000 ** step;
  return (value < 100 ? value.toFixed(1) : value.toFixed(0)) + ['', 'k', 'M', 'G'][step];
}

export function rate(n) {
  return n == null ? NONE : short(n) + '/s';
}

export function bytes(n) {
  if (n == null) return NONE;
  let step = 0;
  let value = n;
  while (value >= (step ? 999.5 : 1024) && step < UNITS.length - 1) {
    value /= 1024;
    step++;
  }
  return `${step === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[step]}`;
}

/** 3.2 s, 4 min, 2.5 h, 3 days. */
export function seconds(n) {
  if (n == null) return NONE;
  if (n < 60) return `${n < 10 && n !== 0 ? n.toFixed(1) : n.toFixed(0)} s`;
  if (n < 3_600) return `${(n / 60).toFixed(0)} min`;
  return n < 172_800 ? `${(n / 3_600).toFixed(1)} h` : `${(n / 86_400).toFixed(0)} days`;
}

const two = (n) => String(n).padStart(2, '0');

/** 14:03:59, local. */
export function clock(ms) {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Short, for lists: today's to the millisecond, others' to the second. */
export function moment(ms) {
  const at = new Date(ms);
  return at.toDateString() === new Date().toDateString() ? time(ms) : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(ms)}`;
}

/** Local time to the millisecond; with the date if it is not today's. */
export function time(ms) {
  if (ms == null || ms < 0) return NONE;
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const exact = `${clock(ms)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  return at.toDateString() === new Date().toDateString() ? exact : `${day} ${exact}`;
}

export function plural(n, one, many = one + 's') {
  return `${count(n)} ${n === 1 ? one : many}`;
}
