import assert from 'node:assert/strict';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { decodeHttp } from '../../src/cloudevents/index.ts';
import { BATCH, binary, eventText, openTarget, STRUCTURED } from '../support/hostile.ts';
import { until } from '../support/until.ts';

const HEADER_BYTES = 256 * 1024;

async function listening(
  t: TestContext,
  server: Server,
  close: () => void = () => server.close(),
): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(close);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sink`;
}

function openSink(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer({ maxHeaderSize: HEADER_BYTES }, listener);
  server.maxHeadersCount = 0;
  return listening(t, server, () => {
    server.close();
    server.closeAllConnections();
  });
}

/** A sink that takes events and remembers their ids. */
async function openGoodSink(t: TestContext) {
  const ids: string[] = [];
  const url = await openSink(t, (request, response) => {
    ids.push(String(request.headers['ce-id']));
    request.resume().on('end', () => response.writeHead(204).end());
  });
  return { url, ids };
}

/** Sends events and waits until the good sink has each of them once. */
async function delivered(
  target: Awaited<ReturnType<typeof openTarget>>,
  ids: readonly string[],
  count: number,
) {
  for (let n = 0; n < count; n++) assert.equal((await target.post(binary({ 'ce-id': `e${n}` }))).status, 202);
  await until(`${count} events are delivered`, async () => (ids.length >= count ? true : undefined));
  assert.equal(new Set(ids).size, count);
}

test('an attribute that looks like header lines arrives at a sink as the text that it is', async (t) => {
  let received = '';
  const sink = await listening(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (part) => {
        received += part.toString('latin1');
        if (received.includes('\r\n\r\n')) socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n');
      });
    }),
  );
  const target = await openTarget(t);
  await target.subscribe(sink, { types: ['Hostile.Text'] });
  const text = '%0d%0aEvil: 1%0d%0a%0d%0aGET / "quoted" é 😀';
  const answer = await target.post(
    STRUCTURED,
    eventText(`"x":${JSON.stringify(text)}`).replace('Hostile', 'Hostile.Text'),
  );
  assert.equal(answer.status, 202);
  await until('the sink has it', async () => (received.includes('\r\n\r\n') ? true : undefined));
  const lines = received.split('\r\n');
  assert.ok(
    lines.includes(
      'ce-x: %250d%250aEvil:%201%250d%250a%250d%250aGET%20/%20%22quoted%22%20%C3%A9%20%F0%9F%98%80',
    ),
  );
  assert.deepEqual(
    lines.filter((line) => /^(?:evil|get)/i.test(line)),
    [],
  );
});

test('an event of 64 KiB passes from sender to sink byte by byte, however it is split between headers and body', async (t) => {
  const events: ReturnType<typeof decodeHttp>['events'][number][] = [];
  const sink = await openSink(t, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      events.push(...decodeHttp(request.headersDistinct, Buffer.concat(parts)).events);
      response.writeHead(204).end();
    });
  });
  const target = await openTarget(t);
  await target.subscribe(sink, { types: ['Hostile'], filters: [{ prefix: { id: 'size-' } }] });
  const fixed = 200;
  const splits = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((share) => Math.floor((64 * 1024 - fixed) * share));
  for (const [at, inHeaders] of splits.entries()) {
    const headers = binary({
      'ce-id': `size-${at}`,
      'ce-x': 'h'.repeat(inHeaders),
      'content-type': 'text/plain',
    });
    assert.equal((await target.post(headers, Buffer.alloc(64 * 1024 - fixed - inHeaders, 'b'))).status, 202);
  }
  // The same size in the JSON format is up to three times as long in header fields.
  const euros = '€'.repeat(21_000);
  assert.equal((await target.post(STRUCTURED, eventText(`"x":"${euros}"`, 'size-euro'))).status, 202);
  await until('all are delivered', async () => (events.length === splits.length + 1 ? true : undefined));
  const byId = new Map(events.map((event) => [event.attributes.get('id'), event]));
  for (const [at, inHeaders] of splits.entries()) {
    const event = byId.get(`size-${at}`);
    assert.equal(event?.attributes.get('x'), 'h'.repeat(inHeaders));
    assert.deepEqual(Buffer.from(event?.data ?? []), Buffer.alloc(64 * 1024 - fixed - inHeaders, 'b'));
  }
  assert.equal(byId.get('size-euro')?.attributes.get('x'), euros);
});

test('a sink that never answers delays nobody else', async (t) => {
  const waiting: ServerResponse[] = [];
  const dead = await openSink(t, (_request, response) => void waiting.push(response));
  const good = await openGoodSink(t);
  const target = await openTarget(t);
  await target.subscribe(dead);
  await target.subscribe(good.url, { types: ['Hostile'] });
  await delivered(target, good.ids, 60);
  assert.ok(waiting.length > 0 && waiting.length <= 16, `${waiting.length} requests wait at the dead sink`);
  // Lets the server close without waiting for them.
  for (const response of waiting) response.destroy();
});

test('a sink that answers 10 MB is read for a part, and delays nobody else', async (t) => {
  const block = Buffer.alloc(64 * 1024, 'x');
  let sent = 0;
  let answered = 0;
  const flooding = await openSink(t, (_request, response) => {
    answered += 1;
    response.on('error', () => undefined);
    response.writeHead(200, { 'content-type': 'application/cloudevents+json' });
    let left = 160;
    const write = () => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        sent += block.length;
        if (!response.write(block)) {
          response.once('drain', write);
          return;
        }
      }
      response.end();
    };
    write();
  });
  const good = await openGoodSink(t);
  const target = await openTarget(t);
  await target.subscribe(flooding, { filters: [{ prefix: { id: 'e' } }] });
  await target.subscribe(good.url, { filters: [{ prefix: { id: 'e' } }] });
  await delivered(target, good.ids, 30);
  await until('the flooding sink has had all', async () => (answered >= 30 ? true : undefined));
  assert.ok(sent < 30 * 10 * 1024 * 1024, 'the answers were not read to their end');
  const story = (await target.get('/api/events/1')).json;
  assert.deepEqual(story.deadLetters, []);
});

test('a sink whose answer is no HTTP, or an event that breaks the rules, harms nothing', async (t) => {
  const garbage = await listening(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HELLO\r\n\0\0\0');
    }),
  );
  const answers: readonly [Record<string, string>, string][] = [
    [{ ...BATCH }, `[${'{},'.repeat(10_000)}{}]`],
    [STRUCTURED, '['.repeat(100_000)],
    [binary({ 'ce-x': '%0d%0aevil' }), ''],
    [binary({ 'ce-id': '%FF' }), ''],
  ];
  let at = 0;
  const lying = await openSink(t, (request, response) => {
    const [headers, body] = answers[at % answers.length] ?? [{}, ''];
    at += 1;
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  const good = await openGoodSink(t);
  const target = await openTarget(t);
  for (const sink of [garbage, lying, good.url]) {
    await target.subscribe(sink, { filters: [{ prefix: { id: 'e' } }] });
  }
  await delivered(target, good.ids, 8);
  await until('the lying sink has answered all', async () => (at >= 8 ? true : undefined));
  // Nothing that the sinks answered became an event.
  assert.deepEqual(
    (await target.stored()).toSorted(),
    Array.from({ length: 8 }, (_, n) => `e${n}`),
  );
});
