// SPDX-License-Identifier: Apache-2.0
// Drives the console in headless Chromium, by keyboard and mouse: node console.cjs http://HOST:PORT IMAGES [CHROMIUM]
// The cluster is empty; a group may read orders. The topics orders, page-views and payments are made and written to all the time; IMAGES gets the screenshots. One line a check; exit code 1 if one fails.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const { chromium } = require('playwright-core');

const [base, images, executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const PATIENCE = 30_000;
const POLL_MS = 100;
const TRAFFIC_MS = 400;
/** Plots say something only after a while. */
const PLOT_POINTS = 12;

let failed = false;
let failures = 0;

async function check(name, work) {
  try {
    await work();
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    failures++;
    console.log(`not ok ${name}: ${error.stack}`);
    await open.page?.screenshot({ path: path.join(images, `failure-${failures}.png`) }).catch(() => {});
  }
}

async function rest(method, where, body) {
  const response = await fetch(base + where, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  const answer = response.status === 204 ? null : await response.json();
  assert.ok(response.ok, `${method} ${where}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Until it holds: what one node was told the others know a little later. */
async function eventually(work) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** A day in the life of a shop, faster. */
class Traffic {
  round = 0;
  over = false;

  async start() {
    const { nodes } = await rest('GET', '/v1/cluster');
    const replicas = Math.min(3, nodes);
    await rest('POST', '/v1/topics', { name: 'orders', partitions: 6, replicas });
    await rest('POST', '/v1/topics', { name: 'payments', partitions: 3, replicas, configs: { 'cleanup.policy': 'compact' } });
    await rest('POST', '/v1/topics', { name: 'page-views', partitions: 12, replicas: Math.min(2, nodes) });
    this.done = this.run();
  }

  async run() {
    while (!this.over) {
      const many = 20 + Math.round(15 * Math.sin(this.round / 9));
      const records = Array.from({ length: many }, (_, i) => this.order(i));
      await eventually(() => rest('POST', '/v1/topics/orders/records', records));
      if (this.round % 3 === 0) await eventually(() => rest('POST', '/v1/topics/page-views/records', records.slice(0, 8)));
      if (this.round % 5 === 0) await eventually(() => rest('POST', '/v1/topics/payments/records', records.slice(0, 3)));
      this.round++;
      await new Promise((resolve) => setTimeout(resolve, TRAFFIC_MS));
    }
  }

  order(i) {
    const n = this.round * 100 + i;
    const value = { order: n, customer: { name: ['ann', 'bob', 'eve'][n % 3], country: ['PL', 'DE', 'FR', 'NL'][n % 4] }, amount: (n * 37) % 250, items: ['pen', 'ink', 'paper'].slice(0, 1 + (n % 3)) };
    return { key: `eu-${(n * 7) % 97}`, value: JSON.stringify(value), headers: { trace: (n * 7919).toString(16) } };
  }

  async stop() {
    this.over = true;
    await this.done;
  }
}

const complaints = [];
const hosts = new Set();
/** What the browser is expected to complain of: it does so about each answer that is an error, and some are asked for. */
let expected = null;
/** Who chooses another place to read from while the socket opens makes sluice.js close it: that is right, and the browser remarks on it. */
const REMARK = /WebSocket is closed before the connection is established/;

async function open(browser, options) {
  const context = await browser.newContext({ viewport: DESK, timezoneId: 'UTC', locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !REMARK.test(message.text()) && !expected?.test(message.text())) complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  await page.goto(base + '/');
  await page.waitForSelector('.node');
  open.page = page;
  return page;
}


/** Without what was announced a moment ago. */
async function shot(page, name) {
  await page.waitForFunction(() => !document.querySelector('#said p'));
  await page.screenshot({ path: path.join(images, `console-${name}.png`) });
}

const go = (page, hash) => page.evaluate((to) => { location.hash = to; }, hash);
const heading = (page, text) => page.waitForFunction((wanted) => document.querySelector('main h1')?.textContent === wanted, text);
const rows = (page) => page.locator('.records .record');
const cells = (page, column) => page.locator(`.records .record td:nth-child(${column})`).allTextContents();

/** What stands in an element that is not always there. */
async function told(locator) {
  await locator.waitFor();
  return locator.innerText();
}

/** Tab, until the element that is meant has the focus. */
async function tabTo(page, selector) {
  for (let i = 0; i < 80; i++) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never gets to ${selector}`);
}

async function rooms(page) {
  await check('the cluster room shows the node, who is controller, and who leads what', async () => {
    const about = await rest('GET', '/v1/cluster');
    await page.getByText(about.id).waitFor();
    assert.strictEqual(await page.locator('.node').count(), about.nodes);
    assert.match(await page.locator('.node').first().innerText(), /Node \d+[\s\S]*live · leads \d+/);
    await page.waitForFunction(() => document.querySelectorAll('.chip.leads').length >= 21);
  });
  await check('keys go to the rooms, and the focus follows', async () => {
    for (const [key, title] of [['t', 'Topics'], ['g', 'Groups'], ['c', 'Cluster'], ['t', 'Topics']]) {
      await page.keyboard.press(key);
      await heading(page, title);
      assert.strictEqual(await page.evaluate(() => document.activeElement.id), 'room');
      assert.strictEqual(await page.locator('nav [aria-current=page]').first().innerText(), title);
    }
  });
  await check('the list of keys opens and closes', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
  });
}

/** The cluster stays well: its answers are altered on their way to the page. */
async function illness(page) {
  const { nodes } = await rest('GET', '/v1/nodes');
  if (nodes.length < 3) return;
  const [late, away] = nodes.slice(-2).map((entry) => entry.node);
  const alter = (where, change) => page.route(where, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    change(json);
    await route.fulfill({ response, json });
  });
  await check('a node that is not there and replicas that are not in sync are seen at once', async () => {
    await go(page, '#/');
    await alter(/\/v1\/nodes$/, (told) => { told.nodes.find((entry) => entry.node === away).live = false; });
    await alter(/\/v1\/topics\?/, ({ topics }) => topics.find((topic) => topic.name === 'orders').partitions.forEach((partition) => {
      partition.offline = [away];
      partition.inSync = partition.inSync?.filter((id) => id !== late && id !== away);
    }));
    await page.getByText('not there ·').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td .chip.away').length === 6);
    assert.ok((await page.locator('td .chip.late').count()) > 0);
    assert.strictEqual(await page.locator('.facts div', { hasText: 'Replicas behind' }).locator('dd.warn').innerText(), '6');
    assert.strictEqual(await page.locator('.facts div', { hasText: 'Nodes' }).locator('dd.bad').innerText(), `${nodes.length - 1} of ${nodes.length}`);
    await shot(page, 'cluster-ill');
    await page.unrouteAll({ behavior: 'wait' });
    await page.waitForFunction(() => document.querySelectorAll('td .chip.away').length === 0);
    await page.keyboard.press('t');
    await heading(page, 'Topics');
  });
}

async function create(page) {
  await check('a topic is made by keyboard alone', async () => {
    await page.keyboard.press('n');
    await page.keyboard.type('greetings');
    await tabTo(page, '[name=partitions]');
    await page.keyboard.type('2');
    await tabTo(page, '[name=configs]');
    await page.keyboard.type('retention.ms=3600000');
    await tabTo(page, 'dialog button.main');
    await page.keyboard.press('Enter');
    await heading(page, 'greetings');
    const made = await rest('GET', '/v1/topics/greetings');
    assert.strictEqual(made.partitions.length, 2);
    assert.deepStrictEqual(made.configs, { 'retention.ms': '3600000' });
  });
  await check('what the broker refuses is told in the form', async () => {
    expected = /status of 409/;
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'New topic' }).click();
    await page.getByLabel('Name', { exact: false }).last().fill('greetings');
    await page.getByRole('button', { name: 'Make it' }).click();
    assert.match(await told(page.locator('dialog .problem')), /greetings/);
    await page.keyboard.press('Escape');
    expected = null;
  });
}

async function produce(page) {
  await go(page, '#/topics/greetings/produce');
  const written = page.locator('.written li');
  await check('a record is written by keyboard', async () => {
    await page.locator('[name=key]').focus();
    await page.keyboard.type('ann');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('{"amount": 120.50, "big": 12345678901234567890}');
    await page.keyboard.press('Control+Enter');
    await written.first().waitFor();
    assert.match(await written.first().innerText(), /partition \d, offset 0/);
  });
  await check('with headers, of other kinds, into a partition', async () => {
    await page.locator('[name=value]').fill('<img src=x onerror=alert(1)><b>no markup</b>');
    await page.locator('[name=partition]').fill('1');
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.getByLabel('Name of the header').fill('source');
    await page.getByLabel('Value of the header').fill('console');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.written li').length === 2);
    await page.locator('[name=value]').fill('AAECgP8=');
    await page.locator('[name=kind]').selectOption('base64');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.written li').length === 3);
    await page.locator('[name=kind]').selectOption('none');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.written li').length === 4);
    const { records } = await rest('GET', '/v1/topics/greetings/partitions/1/records');
    const last = records.slice(-3);
    assert.deepStrictEqual(last[0].headers, [{ key: 'source', value: 'console' }]);
    assert.strictEqual(last[1].valueBase64, 'AAECgP8=');
    assert.strictEqual(last[2].value, null);
  });
  await check('what is no JSON is not sent', async () => {
    await page.locator('[name=kind]').selectOption('json');
    await page.locator('[name=value]').fill('{"a": }');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('The value is no JSON').waitFor();
    assert.strictEqual(await written.count(), 4);
  });
}

async function tail(page) {
  await go(page, '#/topics/greetings/records');
  await check('records come over WebSocket, from the beginning', async () => {
    await page.getByLabel('From').selectOption('earliest');
    await page.waitForFunction(() => document.querySelectorAll('.record').length === 4);
  });
  await check('markup in a record stays text', async () => {
    await page.getByRole('cell', { name: /<img src=x/ }).or(page.getByRole('gridcell', { name: /<img src=x/ })).first().waitFor();
    assert.strictEqual(await page.locator('main img, main b').count(), 0);
  });
  await check('the inspector shows JSON to the last digit, text, and hex, by keyboard', async () => {
    await rows(page).filter({ hasText: '120.50' }).focus();
    await page.keyboard.press('Enter');
    const value = page.locator('.inspector section').last();
    assert.strictEqual(await value.locator('pre').innerText(), '{\n  "amount": 120.50,\n  "big": 12345678901234567890\n}');
    await value.getByRole('button', { name: 'Hex' }).click();
    assert.match(await value.locator('pre').innerText(), /^000000 {2}7b 22 61 6d 6f 75 6e 74 {2}22 3a 20/);
    await value.getByRole('button', { name: 'Text' }).click();
    assert.match(await value.locator('pre').innerText(), /^\{"amount": 120\.50/);
  });
  await check('bytes that are no text are shown in hex, a tombstone as such', async () => {
    await rows(page).filter({ hasText: '00 01 02 80 ff' }).click();
    assert.match(await page.locator('.inspector').innerText(), /000000 {2}00 01 02 80 ff/);
    await rows(page).filter({ hasText: 'tombstone' }).click();
    await page.getByText('No value: a tombstone.').waitFor();
  });
  await check('arrows go from record to record', async () => {
    await rows(page).first().click();
    const [first, second] = await cells(page, 2);
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('.inspector h2').innerText(), new RegExp(`offset ${second}$`), `after ${first}`);
    await page.keyboard.press('Escape');
    assert.ok(await page.locator('.inspector').isHidden());
  });
  await check('pausing stops the records, going on brings them all', async () => {
    await page.keyboard.press('p');
    await page.getByText('paused: the broker keeps the place').waitFor();
    const before = await rows(page).count();
    await rest('POST', '/v1/topics/greetings/records', Array.from({ length: 30 }, (_, i) => ({ key: 'k', value: `late ${i}` })));
    await page.waitForTimeout(1_500);
    assert.ok((await rows(page).count()) <= before + 1, 'at most the one that was on its way');
    await page.keyboard.press('p');
    await page.waitForFunction((wanted) => document.querySelectorAll('.record').length === wanted, before + 30);
  });
  await check('a filter is evaluated by the broker', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('$.amount > 100');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.record').length === 1);
  });
  await check('a wrong filter is told with its place', async () => {
    await page.getByLabel('Filter').fill('$.amount > &&');
    await page.keyboard.press('Enter');
    assert.match(await told(page.getByRole('alert').filter({ hasText: 'filter' })), /character \d+/);
  });
  await check('an offset of a partition', async () => {
    await page.getByLabel('Filter').fill('');
    await page.getByLabel('From').selectOption('offset');
    await page.getByLabel('Offset', { exact: true }).fill('1');
    await page.getByLabel('Partition').selectOption('1');
    await page.waitForFunction(() => [...document.querySelectorAll('.record')].length > 0 && [...document.querySelectorAll('.record')].every((row) => row.record.partition === 1 && row.record.offset >= 1));
  });
}

/** What shows bytes and numbers, where it runs. */
async function texts(page) {
  await check('bytes as text, hex and JSON', async () => {
    const shown = await page.evaluate(async () => {
      const { hex, json, preview, pretty } = await import('/console/bytes.js');
      const utf8 = (text) => new TextEncoder().encode(text);
      return {
        line: preview(utf8('one\n  two'), 20),
        cut: preview(utf8('€'.repeat(50)), 10),
        cutElsewhere: preview(utf8('x' + '€'.repeat(50)), 10),
        pairs: preview(utf8('😀'.repeat(50)), 4),
        binary: preview(new Uint8Array([0, 255, 16]), 10),
        halfACharacter: preview(utf8('a€').subarray(0, 3), 10),
        nothing: preview(null, 10),
        dump: hex(utf8('0123456789abcdef\n')),
        laidOut: pretty('{"a":[1.50,{}, [ ]],"b" : {"c":null}}').map((part) => part.textContent ?? part).join(''),
        notJson: [json(utf8('12')), json(utf8('{"a":')), json(new Uint8Array([0x7b, 0xff]))],
      };
    });
    assert.deepStrictEqual(shown, {
      line: 'one two', cut: '€'.repeat(10) + '…', cutElsewhere: 'x' + '€'.repeat(9) + '…', pairs: '😀😀…', binary: '00 ff 10', halfACharacter: '61 e2 82', nothing: null,
      dump: '000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66   0123456789abcdef\n000010  0a                                                 .',
      laidOut: '{\n  "a": [\n    1.50,\n    {},\n    []\n  ],\n  "b": {\n    "c": null\n  }\n}',
      notJson: [null, null, null],
    });
  });
  await check('numbers, sizes and times', async () => {
    const shown = await page.evaluate(async () => {
      const { bytes, count, rate, seconds, short } = await import('/console/format.js');
      return [count(1234567), count(null), short(999), short(12_345), short(1_500_000), rate(0.25), bytes(1023), bytes(1_043_000), bytes(5 * 2 ** 30), seconds(3.21), seconds(600), seconds(5_400)];
    });
    assert.deepStrictEqual(shown, ['1,234,567', '–', '999', '12.3k', '1.5M', '0.3/s', '1023 B', '1.0 MiB', '5.0 GiB', '3.2 s', '10 min', '1.5 h']);
  });
}

async function plots(page) {
  await check('topics are sorted and found by name', async () => {
    await go(page, '#/topics');
    const names = page.locator('tbody td:first-child');
    await page.getByRole('button', { name: 'Records' }).click();
    await page.waitForFunction(() => document.querySelector('tbody td')?.textContent === 'orders');
    await page.keyboard.press('/');
    await page.keyboard.type('pay');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
    assert.deepStrictEqual(await names.allTextContents(), ['payments']);
    await page.getByLabel('Topics by name').fill('');
  });
  await check('rates and sizes are plotted, and read by keys', async () => {
    await go(page, '#/topics/orders');
    await page.waitForFunction((points) => (document.querySelector('.plot path.line')?.getAttribute('d') ?? '').split('L').length >= points, PLOT_POINTS, { timeout: 60_000 });
    const plot = page.locator('.plot svg').first();
    await plot.focus();
    await page.keyboard.press('ArrowLeft');
    assert.match(await page.locator('.plot output').first().innerText(), /^[\d.]+\/s at \d\d:\d\d:\d\d$/);
    await plot.blur();
    assert.strictEqual(await page.locator('.plot').count(), 2);
  });
}

async function settings(page) {
  await go(page, '#/topics/greetings/settings');
  await check('a setting is changed, and taken back', async () => {
    await page.getByRole('button', { name: 'Change retention.ms', exact: true }).click();
    await page.locator('dialog [name=value]').fill('7200000');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
    await eventually(async () => assert.strictEqual((await rest('GET', '/v1/topics/greetings')).configs['retention.ms'], '7200000'));
    await page.getByLabel('only what is set for this topic').check();
    assert.strictEqual(await page.locator('tbody tr').count(), 1);
    await page.getByRole('button', { name: 'Take retention.ms back' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 0);
    await eventually(async () => assert.deepStrictEqual((await rest('GET', '/v1/topics/greetings')).configs, {}));
  });
  await check('a wrong value is told in the dialog', async () => {
    expected = /status of 400/;
    await page.getByLabel('only what is set for this topic').uncheck();
    await page.getByRole('button', { name: 'Change retention.ms', exact: true }).click();
    await page.locator('dialog [name=value]').fill('soon');
    await page.keyboard.press('Enter');
    assert.match(await told(page.locator('dialog .problem')), /retention\.ms/);
    await page.keyboard.press('Escape');
    expected = null;
  });
  await check('a topic gets more partitions', async () => {
    await page.locator('main [name=partitions]').fill('4');
    await page.getByRole('button', { name: 'Add partitions' }).click();
    await page.getByText('greetings has 4 partitions now.').waitFor();
    await eventually(async () => assert.strictEqual((await rest('GET', '/v1/topics/greetings')).partitions.length, 4));
  });
  await check('a topic is deleted only by who types its name', async () => {
    await page.getByRole('button', { name: 'Delete this topic' }).click();
    const button = page.getByRole('button', { name: 'Delete greetings' });
    assert.ok(await button.isDisabled());
    await page.keyboard.type('greeting');
    assert.ok(await button.isDisabled());
    await page.keyboard.type('s');
    await page.keyboard.press('Enter');
    await heading(page, 'Topics');
    await eventually(async () => assert.ok(!(await rest('GET', '/v1/topics')).topics.some((topic) => topic.name === 'greetings')));
    await page.waitForFunction(() => ![...document.querySelectorAll('tbody td')].some((cell) => cell.textContent === 'greetings'));
  });
}

/** Groups are served by REST or they are not: the page says so. */
async function groups(page) {
  const served = '/v1/groups' in (await rest('GET', '/v1/openapi.json')).paths;
  await go(page, '#/groups');
  if (!served) {
    await check('without groups in REST the room says so', () => page.getByText('serves no groups over HTTP').waitFor());
    return;
  }
  await check('groups are shown with their lag', async () => {
    const { group } = await eventually(async () => {
      const { groups: all } = await rest('GET', '/v1/groups');
      assert.ok(all.length > 0, 'somebody reads in a group');
      return all[0];
    });
    await page.getByRole('link', { name: group }).click();
    await heading(page, group);
    const offsets = await eventually(async () => {
      const told = await rest('GET', `/v1/groups/${group}`);
      assert.ok(told.offsets.length > 0, 'it has committed');
      return told.offsets;
    });
    await page.waitForFunction((wanted) => document.querySelector('main tbody')?.children.length === wanted, offsets.length);
    await page.waitForFunction((points) => (document.querySelector('.plot path.line')?.getAttribute('d') ?? '').split('L').length >= points, PLOT_POINTS, { timeout: 60_000 });
  });
}

async function trouble(page) {
  await check('a topic that is not there is told', async () => {
    await go(page, '#/topics/nowhere');
    await page.getByText('There is no topic "nowhere"').waitFor();
  });
  await check('a node that does not answer is told, and the page comes back', async () => {
    expected = /Failed to load resource|WebSocket/;
    await page.context().setOffline(true);
    await page.getByText('The node does not answer.').waitFor();
    await page.context().setOffline(false);
    await page.waitForFunction(() => document.getElementById('state').dataset.bad === undefined);
    expected = null;
  });
}

const ROOMS = {
  cluster: '#/', topics: '#/topics', partitions: '#/topics/orders', records: '#/topics/orders/records', produce: '#/topics/orders/produce', settings: '#/topics/orders/settings',
  groups: '#/groups', group: '#/groups/billing',
};

/** Each room, some of them as a picture; on a phone nothing is wider than the screen. */
async function pictures(page, suffix, kept) {
  for (const [name, hash] of Object.entries(ROOMS)) {
    await check(`room ${name}${suffix}`, async () => {
      await go(page, hash);
      await page.waitForTimeout(500);
      if (name === 'records') await records(page);
      if (name === 'produce') {
        await page.locator('[name=key]').fill('eu-42');
        await page.locator('[name=value]').fill('{\n  "order": 4711,\n  "amount": 120.50\n}');
        await page.locator('[name=kind]').selectOption('json');
      }
      if (kept.includes(name)) await shot(page, name + suffix);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen');
    });
  }
}

/** A record lies over the list there: below it nobody would find it. */
async function recordOnPhone(page) {
  await check('a record on a phone', async () => {
    await go(page, '#/topics/orders/records');
    await page.waitForTimeout(500);
    await records(page);
    await rows(page).nth(2).click();
    const { top, bottom } = await page.locator('.inspector').evaluate((element) => element.getBoundingClientRect().toJSON());
    assert.ok(top >= 0 && top < PHONE.height / 2 && bottom <= PHONE.height + 1, `from ${top} to ${bottom}`);
    await shot(page, 'record-phone');
    await page.getByRole('button', { name: 'Close the record' }).click();
    assert.ok(await page.locator('.inspector').isHidden());
  });
}

async function records(page) {
  await page.getByLabel('Filter').fill('$.customer.country == "PL" && $.amount > 100');
  await page.getByRole('button', { name: 'Read' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.record').length >= 14);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(1_200);
  if (page.viewportSize().width >= DESK.width) await rows(page).nth(2).click();
}

/** Text on its ground: WCAG AA wants 4.5. */
async function contrast(page, theme) {
  await check(`contrast, ${theme}`, async () => {
    const worst = await page.evaluate(() => {
      const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
      const light = (name) => [1, 3, 5].map((at) => parseInt(value(name).slice(at, at + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
      const pairs = [['--ink', '--ground'], ['--soft', '--ground'], ['--soft', '--panel'], ['--soft', '--sunk'], ['--accent', '--ground'], ['--accent', '--sunk'], ['--accent-ink', '--accent'],
        ['--bad', '--bad-ground'], ['--bad', '--ground'], ['--warn', '--warn-ground'], ['--string', '--sunk'], ['--figure', '--sunk'], ['--word', '--sunk'], ['--bad-ink', '--bad']];
      return pairs.map(([text, ground]) => {
        const [a, b] = [light(text), light(ground)];
        return { pair: `${text} on ${ground}`, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
      }).sort((a, b) => a.ratio - b.ratio)[0];
    });
    assert.ok(worst.ratio >= 4.5, JSON.stringify(worst));
  });
}

async function main() {
  const traffic = new Traffic();
  await traffic.start();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await open(browser, { colorScheme: 'light' });
    for (const part of [rooms, illness, create, produce, tail, texts, plots, settings, groups, trouble]) await part(page);
    await pictures(page, '', Object.keys(ROOMS));
    await contrast(page, 'light');
    const dark = await open(browser, { colorScheme: 'dark' });
    await dark.waitForTimeout(PLOT_POINTS * 2_000);
    await pictures(dark, '-dark', ['cluster', 'partitions', 'records', 'group']);
    await contrast(dark, 'dark');
    const phone = await open(browser, { viewport: PHONE, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
    await phone.waitForTimeout(PLOT_POINTS * 2_000);
    await pictures(phone, '-phone', ['cluster', 'partitions', 'records']);
    await recordOnPhone(phone);
    await check('nothing was asked of another host', () => assert.deepStrictEqual([...hosts], [new URL(base).host]));
    await check('the browser had nothing to complain of', () => assert.deepStrictEqual(complaints, []));
  } finally {
    await traffic.stop().catch((error) => { failed = true; console.log(`not ok traffic: ${error.stack}`); });
    await browser.close();
  }
  process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
  console.log(`not ok ${error.stack}`);
  process.exit(1);
});
