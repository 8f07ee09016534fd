import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from './protocol.ts';
import { RequestQueue } from './request-queue.ts';

let id = 0;
const publish = (events: number): Envelope => ({ id: ++id, kind: 'publish', body: {}, events });
const command = (): Envelope => ({ id: ++id, kind: 'command', body: {} });
const many = (count: number, make: () => Envelope): Envelope[] => Array.from({ length: count }, make);

/** How many events, and how many requests, each transaction takes until nothing is left. */
function turns(queue: RequestQueue): (readonly [events: number, requests: number])[] {
  const taken: [number, number][] = [];
  while (queue.size > 0) {
    const requests: Envelope[] = [];
    queue.take(1000, 1e6, (request) => requests.push(request) > 0);
    taken.push([requests.reduce((sum, { events = 0 }) => sum + events, 0), requests.length]);
  }
  return taken;
}

test('of many events half are taken at a time, and at last so many as share a transaction anyway', () => {
  const queue = new RequestQueue();
  queue.add(many(16, () => publish(8)));
  assert.deepEqual(turns(queue), [
    [64, 8],
    [32, 4],
    [16, 2],
    [16, 2],
  ]);
});

test('a few events are taken together, and requests without any with them, in their order', () => {
  const queue = new RequestQueue();
  queue.add([command(), publish(1), publish(8), command(), publish(6), command()]);
  assert.deepEqual(turns(queue), [[15, 6]]);
  queue.add(many(500, command));
  assert.deepEqual(turns(queue), [[0, 500]]);
});

test('a request is taken whole, and counts again when it is put back', () => {
  const queue = new RequestQueue();
  const large = publish(1000);
  queue.add([large, publish(8), publish(8)]);
  let seen = 0;
  queue.take(1000, 1e6, () => ++seen > 0);
  assert.equal(seen, 1);
  queue.putBack([large]);
  assert.deepEqual(turns(queue), [
    [1000, 1],
    [16, 2],
  ]);
  queue.add([large]);
  assert.deepEqual(queue.takeAll(), [large]);
  queue.add(many(4, () => publish(8)));
  assert.deepEqual(turns(queue), [
    [16, 2],
    [16, 2],
  ]);
});
