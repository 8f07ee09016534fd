import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { acceptsPromptly, BATCH, binary, eventText, openTarget, STRUCTURED } from '../support/hostile.ts';
import { until } from '../support/until.ts';

const HEAD = 'POST /events HTTP/1.1\r\nhost: 127.0.0.1\r\n';
const EVENT = 'ce-specversion: 1.0\r\nce-id: raw\r\nce-source: /hostile\r\nce-type: Hostile\r\n';

test('line breaks and control characters in attributes are refused, percent-encoded or not', async (t) => {
  const { post, raw, stored } = await openTarget(t);
  for (const value of ['a%0d%0ace-evil:%201', 'a%0Ab', '%00', 'x%7F', '%C2%85', '%EF%BF%BE']) {
    for (const name of ['subject', 'id', 'x']) {
      const answer = await post(binary({ [`ce-${name}`]: value }));
      assert.equal(answer.status, 400);
      assert.equal(answer.json.attribute, name);
      assert.match(answer.json.detail, /control characters/);
    }
  }
  for (const member of [
    '"x":"a\\r\\nb"',
    '"subject":"\\u0000"',
    '"datacontenttype":"text/plain\\r\\nx-evil: 1"',
  ]) {
    const answer = await post(STRUCTURED, eventText(member));
    assert.equal(answer.status, 400);
    assert.equal(answer.json.code, 'invalidAttribute');
  }
  for (const line of [
    'ce-x: a\0b',
    'ce-x: a\rb',
    'ce-x: a\r\n folded',
    'ce-x : a',
    ': a',
    'ce-\u00e9: a',
    'no colon',
  ]) {
    const answer = await raw(`${HEAD}${EVENT}${line}\r\ncontent-length: 0\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, line);
    assert.match(answer, /content-type: application\/problem\+json/);
    assert.match(answer, /connection: close/);
  }
  assert.deepEqual(await stored(), []);
});

test('a request whose length is told in two ways is refused, and what it hides is never served', async (t) => {
  const { raw, stored } = await openTarget(t);
  const hidden = `${HEAD}${EVENT.replace('raw', 'smuggled')}content-length: 0\r\n\r\n`;
  const shapes = [
    `content-length: ${hidden.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    `transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n${hidden}`,
    `content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
    `content-length: 0, ${hidden.length}\r\n\r\n${hidden}`,
    `content-length: +0\r\n\r\n${hidden}`,
    `content-length: 0x0\r\n\r\n${hidden}`,
    `transfer-encoding: identity\r\n\r\n${hidden}`,
    `transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
    `transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n${hidden}`,
    `transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n${hidden}`,
    `transfer-encoding: chunked\r\n\r\n-1\r\n${hidden}`,
    `transfer-encoding: chunked\r\n\r\n1\nx\n0\r\n\r\n${hidden}`,
  ];
  for (const shape of shapes) {
    const answer = await raw(`${HEAD}${EVENT}${shape}`);
    assert.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(shape));
    assert.equal(answer.match(/^HTTP\/1\.1 \d/gm)?.length, 1, 'one answer only');
  }
  assert.deepEqual(await stored(), []);
});

test('a body that is compressed is refused with 415, however it is told', async (t) => {
  const { post, raw, stored } = await openTarget(t);
  const bomb = Buffer.alloc(1024 * 1024);
  for (const coding of ['gzip', 'br', 'deflate', 'GZIP', 'zstd', 'identity, gzip', 'gzip, gzip', '']) {
    const answer = await post({ ...binary(), 'content-encoding': coding }, bomb);
    assert.equal(answer.status, 415, coding);
    assert.match(answer.json.detail, /Content-Encoding '.*' is not understood; send the body as it is/);
    assert.equal(answer.headers['accept-encoding'], 'identity');
  }
  const transfer = await raw(
    `${HEAD}${EVENT}connection: close\r\ntransfer-encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
  );
  assert.match(transfer, /^HTTP\/1\.1 415 /);
  assert.deepEqual(await stored(), []);
  assert.equal((await post({ ...binary(), 'content-encoding': 'Identity' })).status, 202);
});

test('slow heads and slow bodies are cut off in time, and nobody else waits for them', async (t) => {
  const target = await openTarget(t, { connections: { headMs: 400, requestMs: 800 } });
  const slow: { readonly socket: Socket; readonly text: string }[] = [];
  for (let n = 0; n < 100; n++) {
    for (const start of ['', 'POST /eve', `${HEAD}ce-x:`, `${HEAD}${EVENT}content-length: 1000\r\n\r\nabc`]) {
      const one = { socket: connect(target.port, '127.0.0.1'), text: '' };
      one.socket.on('data', (part) => {
        one.text += part;
      });
      one.socket.on('error', () => undefined);
      one.socket.write(start);
      slow.push(one);
    }
  }
  const drip = setInterval(
    () => slow.forEach(({ socket }) => void (socket.writable && socket.write('x'))),
    100,
  );
  try {
    await acceptsPromptly(target);
    await until('all slow connections are closed', async () =>
      slow.every(({ socket }) => socket.closed) ? true : undefined,
    );
  } finally {
    clearInterval(drip);
    for (const { socket } of slow) socket.destroy();
  }
  const told = slow.filter(({ text }) => text.startsWith('HTTP/1.1 503 Service Unavailable\r\n'));
  // Those that dripped into the end of their connection may have lost the answer.
  assert.ok(told.length > 0, 'some have read why');
  assert.match(told[0]?.text ?? '', /within 400 ms, all of it within 800 ms/);
  assert.match(told[0]?.text ?? '', /retry-after: 1/);
  assert.deepEqual(
    (await target.stored()).filter((id) => id === 'raw'),
    [],
  );
});

test('connections beyond the bound are closed at once, and there is room again when others end', async (t) => {
  const target = await openTarget(t, { connections: { connections: 20 } });
  const open = Array.from({ length: 20 }, () => connect(target.port, '127.0.0.1'));
  for (const socket of open) socket.on('error', () => undefined);
  try {
    await until('the server is full', () =>
      target.post(binary()).then(
        () => undefined,
        () => true,
      ),
    );
  } finally {
    for (const socket of open) socket.destroy();
  }
  await until('there is room again', () =>
    acceptsPromptly(target).then(
      () => true,
      () => undefined,
    ),
  );
});

test('header fields beyond 256 KiB are refused with 413 and the way out', async (t) => {
  const { raw } = await openTarget(t);
  const answer = await raw(`${HEAD}${EVENT}ce-x: ${'x'.repeat(300_000)}\r\ncontent-length: 0\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 413 Content Too Large\r\n/);
  assert.match(answer, /longer than 262144 bytes; send an event with long attributes in structured mode/);
});

test('none of 5000 attributes in header fields is dropped', async (t) => {
  const { post, get } = await openTarget(t);
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`ce-x${at}`, String(at)]));
  assert.equal((await post(binary(many))).status, 202);
  const { event } = (await get('/api/events/1')).json;
  for (let at = 0; at < 5000; at++) assert.equal(event[`x${at}`], String(at));
});

test('bodies and batches beyond the limits are refused with 413 that names limit and option', async (t) => {
  const target = await openTarget(t, { maxEventBytes: 65_536, maxBatch: 3 });
  assert.equal((await target.post(binary({ 'ce-id': 'fits' }), Buffer.alloc(65_536))).status, 202);
  const told = await target.post(binary(), Buffer.alloc(65_537));
  assert.equal(told.status, 413);
  assert.match(told.json.detail, /larger than the 65536 bytes .* start with a larger --max-event-bytes/);
  const chunk = `ffff\r\n${'x'.repeat(0xffff)}\r\n`;
  const chunked = await target.raw(
    `${HEAD}${EVENT}transfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  assert.match(chunked, /--max-event-bytes/);
  const batch = (count: number) =>
    target.post(BATCH, `[${Array.from({ length: count }, (_, at) => eventText('', `b${at}`)).join(',')}]`);
  assert.equal((await batch(3)).status, 202);
  const many = await batch(4);
  assert.equal(many.status, 413);
  assert.match(many.json.detail, /may hold 3 events; .* --max-batch/);
  assert.deepEqual(await target.stored(), ['b2', 'b1', 'b0', 'fits']);
});
