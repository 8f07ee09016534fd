import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf, eventually, openSink, openWorld } from '../runtime/events/world.test-helper.ts';

test('stopping lets requests in flight end and keeps what they brought', async (t) => {
  const world = await openWorld(t, { graceMs: 10_000 });
  const sink = await openSink(t);
  const { promise, resolve: release } = Promise.withResolvers<void>();
  sink.answer = (response) => void promise.then(() => response.writeHead(204).end());
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP' });
  await world.publish(eventOf('A'));
  await sink.reached(1);
  const closed = world.close();
  release();
  await closed;
  const again = await openWorld(t, { data: world.data });
  assert.deepEqual(
    (await again.story(1)).fates.map(({ fate }) => fate.kind),
    ['unmatched', 'delivered'],
  );
});

test('stopping cuts off what takes too long, which then counts as never tried', async (t) => {
  const world = await openWorld(t, { graceMs: 0 });
  const sink = await openSink(t);
  sink.answer = () => undefined;
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP' });
  await world.publish(eventOf('A'));
  await sink.reached(1);
  await world.close();
  sink.answer = (response) => response.writeHead(204).end();
  const again = await openWorld(t, { data: world.data });
  await sink.reached(2);
  const fate = await eventually(async () =>
    (await again.story(1)).fates.map(({ fate: each }) => each).find(({ kind }) => kind === 'delivered'),
  );
  assert.deepEqual(fate, { kind: 'delivered', sink: sink.url, attempts: 1 });
});

test('results that the writer cannot take are offered again until it can', async (t) => {
  let broken = false;
  const world = await openWorld(t, {
    faults: () => {
      if (broken) throw new Error('disk full');
    },
  });
  const sink = await openSink(t);
  sink.answer = (response) => {
    broken = true;
    response.writeHead(204).end();
  };
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP' });
  await world.publish(eventOf('A'));
  await eventually(async () => (world.runtime.ready().ok ? undefined : true));
  broken = false;
  await eventually(async () => ((await world.story(1)).deliveries.length === 0 ? true : undefined));
  assert.equal(sink.received.length, 1, 'it was not sent again');
});

test('an answer that breaks off is tried again, and a long one is cut without harm', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP' });
  sink.answer = (response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('12345', () => response.destroy());
  };
  const first = await world.publish(eventOf('A'));
  const delivery = await eventually(async () =>
    (await world.story(first)).deliveries.find((each) => each.attempts === 1),
  );
  assert.match(delivery.lastError ?? '', /^The answer broke off/);
  sink.answer = (response) => {
    response.writeHead(200, { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 'T' });
    response.end(Buffer.alloc(2 * 1024 * 1024));
  };
  const second = await world.publish(eventOf('A'));
  const fate = await eventually(async () =>
    (await world.story(second)).fates.map((each) => each.fate).find(({ kind }) => kind === 'delivered'),
  );
  assert.match(JSON.stringify(fate), /too long/);
});
