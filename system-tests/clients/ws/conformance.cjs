// SPDX-License-Identifier: Apache-2.0
// RFC 6455 as the package ws understands it, against a node's WebSocket: node conformance.cjs ws://HOST:PORT TOPIC
// The topic has one partition with two records, of which the second is longer than 64 KiB. One line a check; exit code 1 if one fails.
'use strict';
const assert = require('node:assert');
const crypto = require('node:crypto');
const WebSocket = require('ws');

const [base, topic] = process.argv.slice(2);
const subscribe = JSON.stringify({ type: 'subscribe', id: 'a', topics: [topic], from: 'earliest' });
const PATIENCE = 10_000;

function open(protocols = ['sluice.v1.json'], path = '/v1/subscribe', options = {}) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(base + path, protocols, options);
    socket.frames = [];
    socket.waiting = [];
    socket.on('message', (data, binary) => {
      const frame = { data, binary };
      const next = socket.waiting.shift();
      if (next) next(frame);
      else socket.frames.push(frame);
    });
    socket.closed = new Promise((done) => socket.on('close', (code, reason) => done([code, reason.toString()])));
    socket.on('open', () => resolve(socket));
    socket.on('error', (error) => reject(error));
    socket.on('unexpected-response', (request, response) => reject(new Error(`HTTP ${response.statusCode}`)));
  });
}

function within(promise, what) {
  return Promise.race([promise, new Promise((resolve, reject) => setTimeout(() => reject(new Error(`no ${what} in time`)), PATIENCE).unref())]);
}

function next(socket, what = 'frame') {
  const frame = socket.frames.shift();
  return frame ? Promise.resolve(frame) : within(new Promise((done) => socket.waiting.push(done)), what);
}

async function json(socket, type) {
  const { data, binary } = await next(socket, type);
  assert.strictEqual(binary, false);
  const frame = JSON.parse(data);
  assert.strictEqual(frame.type, type, data);
  return frame;
}

/** A frame by hand: the package sends none that is wrong. */
function raw(socket, first, payload, { masked = true, length } = {}) {
  const size = length ?? payload.length;
  const head = size < 126 ? Buffer.from([first, size]) : Buffer.from([first, 126, size >> 8, size & 0xff]);
  if (!masked) {
    socket._socket.write(Buffer.concat([head, payload]));
    return;
  }
  head[1] |= 0x80;
  const mask = crypto.randomBytes(4);
  socket._socket.write(Buffer.concat([head, mask, Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]))]));
}

async function closes(socket, code, reason) {
  const [got, said] = await within(socket.closed, 'close');
  assert.strictEqual(got, code, said);
  if (reason !== undefined) assert.strictEqual(said, reason);
}

const checks = {
  async 'the subprotocol is the first that is known, and there are no extensions'() {
    const socket = await open(['mqtt', 'sluice.v1.cbor', 'sluice.v1.json'], '/v1/subscribe', { perMessageDeflate: true });
    assert.strictEqual(socket.protocol, 'sluice.v1.cbor');
    assert.strictEqual(socket.extensions, '');
    socket.close();
    await closes(socket, 1005, '');
  },
  async 'an unknown subprotocol is refused'() {
    await assert.rejects(open(['mqtt']), /HTTP 400/);
  },
  async 'a message may come in one frame'() {
    const socket = await open();
    socket.send(subscribe);
    await json(socket, 'subscribed');
    socket.close(1000, 'done');
    await closes(socket, 1000);
  },
  async 'a message may come in fragments of any size, also empty ones, with control frames between'() {
    const socket = await open();
    const pong = new Promise((done) => socket.on('pong', (data) => done(data.toString())));
    socket.send(subscribe.slice(0, 1), { fin: false });
    socket.send('', { fin: false });
    socket.ping('between');
    for (const character of subscribe.slice(1)) socket.send(character, { fin: false });
    socket.send('', { fin: true });
    await json(socket, 'subscribed');
    assert.strictEqual(await within(pong, 'pong'), 'between');
    socket.close();
  },
  async 'a fragment may end in the middle of a character'() {
    const socket = await open();
    const text = Buffer.from(JSON.stringify({ type: 'credit', id: 'ü€🙂', records: 1 }));
    const at = text.indexOf(Buffer.from('🙂')) + 2;
    socket.send(text.subarray(0, at), { fin: false, binary: false });
    socket.send(text.subarray(at), { fin: true, binary: false });
    assert.strictEqual((await json(socket, 'error')).id, 'ü€🙂');
    socket.close();
  },
  async 'many messages may come at once'() {
    const socket = await open();
    socket._socket.cork();
    for (let i = 0; i < 500; i++) socket.send(JSON.stringify({ type: 'pause', id: String(i) }));
    socket._socket.uncork();
    for (let i = 0; i < 500; i++) assert.strictEqual((await json(socket, 'error')).id, String(i));
    socket.close();
  },
  async 'a ping is answered with its payload, up to 125 bytes'() {
    const socket = await open();
    for (const payload of [Buffer.alloc(0), crypto.randomBytes(125)]) {
      const pong = new Promise((done) => socket.once('pong', done));
      socket.ping(payload);
      assert.deepStrictEqual(await within(pong, 'pong'), payload);
    }
    socket.close();
  },
  async 'a pong that nobody asked for is nothing'() {
    const socket = await open();
    socket.pong('hello');
    socket.send(subscribe);
    await json(socket, 'subscribed');
    socket.close();
  },
  async 'long frames of the server arrive whole'() {
    const socket = await open();
    socket.send(subscribe);
    await json(socket, 'subscribed');
    socket.send(JSON.stringify({ type: 'credit', id: 'a', records: 2 }));
    const records = [];
    while (records.length < 2) records.push(...(await json(socket, 'records')).records);
    assert.ok(records[1].v.length > 65_536);
    socket.close();
  },
  async 'CBOR is binary'() {
    const socket = await open(['sluice.v1.cbor']);
    socket.send(Buffer.from('a3647479706569737562736372696265', 'hex').subarray(0, 1));
    const { binary } = await next(socket);
    assert.strictEqual(binary, true);
    socket.close();
  },
  async 'a frame without mask is 1002'() {
    const socket = await open();
    socket.send('{}', { mask: false });
    await closes(socket, 1002, 'a frame of a client must be masked');
  },
  async 'a reserved bit is 1002'() {
    const socket = await open();
    raw(socket, 0xc1, Buffer.from('{}'));
    await closes(socket, 1002, 'a reserved bit is set');
  },
  async 'an unknown opcode is 1002'() {
    for (const opcode of [0x83, 0x87, 0x8b, 0x8f]) {
      const socket = await open();
      raw(socket, opcode, Buffer.alloc(0));
      await closes(socket, 1002);
    }
  },
  async 'a control frame in fragments, or of 126 bytes, is 1002'() {
    const first = await open();
    raw(first, 0x09, Buffer.from('x'));
    await closes(first, 1002);
    const second = await open();
    raw(second, 0x89, Buffer.alloc(126));
    await closes(second, 1002);
  },
  async 'a continuation of nothing, and a message inside another, are 1002'() {
    const first = await open();
    raw(first, 0x80, Buffer.from('{}'));
    await closes(first, 1002, 'a continuation of no message');
    const second = await open();
    raw(second, 0x01, Buffer.from('{'));
    raw(second, 0x81, Buffer.from('}'));
    await closes(second, 1002, 'a new message before the last was whole');
  },
  async 'a text that is no UTF-8 is 1007'() {
    const whole = await open();
    whole.send(Buffer.from([0x22, 0xc3, 0x28, 0x22]), { binary: false });
    await closes(whole, 1007);
    const surrogate = await open();
    surrogate.send(Buffer.from([0xed, 0xa0, 0x80]), { binary: false });
    await closes(surrogate, 1007);
  },
  async 'the wrong kind of message is 1003'() {
    const text = await open();
    text.send(Buffer.from('{}'), { binary: true });
    await closes(text, 1003);
    const binary = await open(['sluice.v1.cbor']);
    binary.send('{}');
    await closes(binary, 1003);
  },
  async 'a message that is too long is 1009, in one frame or in many'() {
    const one = await open();
    one.send('x'.repeat(65_537));
    await closes(one, 1009);
    const many = await open();
    for (let i = 0; i < 70; i++) many.send('x'.repeat(1_000), { fin: false });
    await closes(many, 1009);
  },
  async 'a close is answered with its code'() {
    for (const code of [1000, 1001, 1011, 3000, 4999]) {
      const socket = await open();
      socket.close(code, 'why');
      await closes(socket, code);
    }
  },
  async 'a close with a code that must not be sent, or half of one, is 1002'() {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) {
      const socket = await open();
      raw(socket, 0x88, Buffer.from([code >> 8, code & 0xff]));
      await closes(socket, 1002);
    }
    const half = await open();
    raw(half, 0x88, Buffer.from([3]));
    await closes(half, 1002);
  },
  async 'a close whose reason is no UTF-8 is 1007'() {
    const socket = await open();
    raw(socket, 0x88, Buffer.from([0x03, 0xe8, 0xff]));
    await closes(socket, 1007);
  },
  async 'a socket for producing keeps the same rules'() {
    const socket = await open(['sluice.v1.json'], '/v1/produce');
    const frame = JSON.stringify({ type: 'produce', id: '1', topic, acks: '1', records: [{ v: 'x' }] });
    for (const character of frame) socket.send(character, { fin: false });
    socket.send('', { fin: true });
    assert.strictEqual((await json(socket, 'produced')).id, '1');
    socket.send(Buffer.alloc(1));
    await closes(socket, 1003);
  },
};

(async () => {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log('ok', name);
    } catch (error) {
      failed++;
      console.log('FAILED', name, error.message.replaceAll('\n', ' '));
    }
  }
  process.exit(failed ? 1 : 0);
})();
