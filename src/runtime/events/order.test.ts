import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf } from '../../cloudevents/index.ts';
import {
  type EventParts,
  eventOf,
  eventually,
  openSink,
  openWorld,
  type World,
} from './world.test-helper.ts';

const subscribe = (world: World, sink: string, config: object) =>
  world.events.createSubscription({ sink, protocol: 'HTTP', types: ['Paid'], config });

const publishAll = async (world: World, parts: readonly EventParts[]) => {
  const receipts = await world.runtime.publish(parts.map((each) => eventOf('Paid', each)));
  return receipts.map(({ sequence }) => sequence);
};

const ids = (received: readonly { readonly event: Parameters<typeof idOf>[0] }[]) =>
  received.map(({ event }) => idOf(event));

const attempted = (world: World, sequence: number, attempts: number) =>
  eventually(async () => {
    const [delivery] = (await world.story(sequence)).deliveries;
    return delivery?.attempts === attempts ? delivery : undefined;
  });

test('D6 events of one key go one at a time in order of the log, those of other keys meanwhile', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const open = new Map<string, number>();
  let together = 0;
  let mostOfOneKey = 0;
  sink.answer = (response, { event }) => {
    const key = String(event.attributes.get('subject'));
    open.set(key, (open.get(key) ?? 0) + 1);
    together = Math.max(together, [...open.values()].filter((count) => count > 0).length);
    mostOfOneKey = Math.max(mostOfOneKey, open.get(key) ?? 0);
    setTimeout(() => {
      open.set(key, (open.get(key) ?? 0) - 1);
      response.writeHead(204).end();
    }, Math.random() * 3);
  };
  await subscribe(world, sink.url, { order: 'key' });
  const keys = ['a', 'b', 'c', 'd'];
  const parts = Array.from({ length: 80 }, (_, n) => ({ id: `n-${n}`, subject: keys[n % 4] ?? '' }));
  await publishAll(world, parts);
  await sink.reached(80);
  for (const key of keys) {
    const got = sink.received.filter(({ event }) => event.attributes.get('subject') === key);
    assert.deepEqual(
      ids(got),
      parts.filter(({ subject }) => subject === key).map(({ id }) => id),
    );
  }
  assert.equal(mostOfOneKey, 1);
  assert.ok(together > 1, 'different keys go together');
});

test('D6 an event that fails holds up its key only, until the sink takes it or it is given up', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = (response, { event }) => response.writeHead(idOf(event) === 'a1' ? 500 : 204).end();
  await subscribe(world, sink.url, { order: 'key', retry: 1, backoffDelay: 'PT1S' });
  const [a1] = await publishAll(world, [
    { id: 'a1', subject: 'a' },
    { id: 'a2', subject: 'a' },
    { id: 'b1', subject: 'b' },
    { id: 'b2', subject: 'b' },
    { id: 'free' },
  ]);
  await sink.reached(4);
  await attempted(world, a1 ?? 0, 1);
  assert.deepEqual(new Set(ids(sink.received)), new Set(['a1', 'b1', 'b2', 'free']));
  await world.pass(1000);
  const [letter] = await eventually(async () => {
    const letters = await world.events.deadLetters({ limit: 2 });
    return letters.length > 0 ? letters : undefined;
  });
  assert.equal(letter?.eventId, 'a1');
  const received = await sink.reached(6);
  assert.deepEqual(ids(received.slice(4)), ['a1', 'a2']);
});

test('the key is the first of partitionkey, subject and correlationkey, or the one that the subscription names', async (t) => {
  const world = await openWorld(t);
  const [first, named] = [await openSink(t), await openSink(t)];
  for (const sink of [first, named]) sink.answer = () => undefined;
  await subscribe(world, first.url, { order: 'key' });
  await subscribe(world, named.url, { order: 'key', orderKey: 'correlationkey' });
  await publishAll(world, [
    { id: '1', subject: 's', extensions: { partitionkey: 'p', correlationkey: 'x' } },
    { id: '2', subject: 'p', extensions: { correlationkey: 'y' } },
    { id: '3', subject: 's', extensions: { correlationkey: 'x' } },
  ]);
  await first.reached(2);
  await named.reached(2);
  await world.pass(0);
  assert.deepEqual(ids(first.received), ['1', '3']);
  assert.deepEqual(ids(named.received), ['1', '2']);
});

test('D6 the order of a key outlives a stop in the middle', async (t) => {
  const before = await openWorld(t, { graceMs: 0 });
  const sink = await openSink(t);
  sink.answer = (response, { event }) => {
    if (idOf(event) === 'n-0') response.writeHead(204).end();
  };
  await subscribe(before, sink.url, { order: 'key' });
  await publishAll(
    before,
    Array.from({ length: 5 }, (_, n) => ({ id: `n-${n}`, subject: 'a' })),
  );
  await sink.reached(2);
  await before.close();
  sink.answer = (response) => response.writeHead(204).end();
  await openWorld(t, { data: before.data });
  const received = await sink.reached(6);
  assert.deepEqual(ids(received), ['n-0', 'n-1', 'n-1', 'n-2', 'n-3', 'n-4']);
});

test('a subscription that asks for batches gets several events in one request, and one by one after a failure', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const sizes: number[] = [];
  sink.answer = (response, { headers, body }) => {
    const isBatch = headers['content-type']?.includes('cloudevents-batch');
    const events = isBatch ? (JSON.parse(body) as { id: string }[]) : [];
    sizes.push(isBatch ? events.length : 1);
    response.writeHead(events.some(({ id }) => id === 'n-0') ? 400 : 204).end();
  };
  await subscribe(world, sink.url, { batch: 10 });
  await publishAll(
    world,
    Array.from({ length: 25 }, (_, n) => ({ id: `n-${n}` })),
  );
  await eventually(async () => {
    const open = await Promise.all(Array.from({ length: 25 }, (_, n) => world.story(n + 1)));
    return open.every(({ deliveries }) => deliveries.length === 0) ? true : undefined;
  });
  assert.ok(Math.max(...sizes) === 10, String(sizes));
  assert.deepEqual(
    await world.events.deadLetters({ limit: 1 }),
    [],
    'the one of the batch was good when alone',
  );
});
