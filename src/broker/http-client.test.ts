import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { HttpClient, type HttpOutcome } from './http-client.ts';

const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n';

let client: HttpClient;
let server: Server | undefined;
const sockets = new Set<Socket>();

beforeEach(() => {
  client = new HttpClient();
});

afterEach(async () => {
  client.cutOff();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  if (server) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

/** A server that does `answer` with each request, which is told its number on its connection and in all, from 1. */
async function listen(answer: (socket: Socket, onConnection: number, inAll: number) => void): Promise<URL> {
  let inAll = 0;
  server = createServer((socket) => {
    let onConnection = 0;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', () => answer(socket, ++onConnection, ++inAll));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sink?with=query`);
}

async function call(url: URL, timeoutMs = 10_000): Promise<HttpOutcome | undefined> {
  // A connection is free for the next call when the event loop has gone round.
  await setImmediate();
  return client.call(url, { method: 'POST', headers: {}, timeoutMs, maxAnswerBytes: 1000 });
}

test('a connection is used again', async () => {
  const seen: number[] = [];
  const url = await listen((socket, onConnection) => {
    seen.push(onConnection);
    socket.write(ANSWER);
  });
  for (let at = 0; at < 3; at++) assert.equal((await call(url))?.kind, 'answered');
  assert.deepEqual(seen, [1, 2, 3]);
});

test('a request for which the other side closes a connection that was used before is sent once more', async () => {
  let resets = 0;
  const url = await listen((socket, onConnection) => {
    if (onConnection === 2) resets++;
    if (onConnection === 2) socket.resetAndDestroy();
    else socket.write(ANSWER);
  });
  await call(url);
  const outcome = await call(url);
  assert.equal(outcome?.kind, 'answered');
  assert.equal(resets, 1);
});

test('a connection that is closed for its first request is a failure', async () => {
  let requests = 0;
  const url = await listen((socket, _, inAll) => {
    requests = inAll;
    socket.end();
  });
  const outcome = await call(url);
  assert.ok(outcome?.kind === 'failed');
  assert.match(outcome.reason, /^The sink cannot be reached: /);
  assert.equal(requests, 1);
});

test('an interim answer is not taken for the answer', async () => {
  const url = await listen((socket) =>
    socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ANSWER}`),
  );
  const outcome = await call(url);
  assert.ok(outcome?.kind === 'answered');
  assert.equal(outcome.status, 204);
});

test('a time that is over before there is a connection ends the call', async () => {
  // It takes the connection and never answers the greeting of TLS.
  const url = await listen(() => {});
  url.protocol = 'https:';
  const outcome = await call(url, 50);
  assert.deepEqual(outcome, { kind: 'failed', reason: 'The sink did not answer within 50 ms.' });
});

test('a header field that occurs more than once is a list', async () => {
  const url = await listen((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: a\r\nx-two: b\r\nX-Two: c\r\n\r\nok'),
  );
  const outcome = await call(url);
  assert.ok(outcome?.kind === 'answered');
  const { 'x-one': one, 'x-two': two } = outcome.headers;
  assert.deepEqual({ one, two, body: outcome.body.toString() }, { one: 'a', two: ['b', 'c'], body: 'ok' });
});

test('of calls that are cut off nothing is known', async () => {
  const url = await listen(() => client.cutOff());
  assert.equal(await call(url), undefined);
  assert.equal(await call(url), undefined);
});
