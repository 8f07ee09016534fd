import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRawSink, type RawSink } from './raw-sink.test-helper.ts';
import { eventOf, eventually, openWorld, type World } from './world.test-helper.ts';

const create = (world: World, sink: string, webhook: object) =>
  world.events.createSubscription({ sink, protocol: 'HTTP', types: ['Paid'], config: { webhook } });

const state = (world: World, wanted: string) =>
  eventually(async () => {
    const subscription = await world.events.subscription('subscription-1');
    return subscription?.status?.state === wanted ? subscription.status : undefined;
  });

const settled = (world: World, sequence: number) =>
  eventually(async () => ((await world.story(sequence)).deliveries.length === 0 ? true : undefined));

/** Answers OPTIONS with these headers, and takes events. */
const consenting =
  (headers: Record<string, string>, status = 200): RawSink['answer'] =>
  (response, { method }) =>
    method === 'OPTIONS' ? response.writeHead(status, headers).end() : response.writeHead(204).end();

test('D8 a sink is asked before the first delivery, and each delivery carries the origin', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(
    t,
    consenting({ 'webhook-allowed-origin': 'tutti.example.com', 'webhook-allowed-rate': '120' }),
  );
  const created = await create(world, sink.url, { origin: 'tutti.example.com', rate: 6000 });
  assert.equal(created.status?.state, 'pending');
  assert.ok(!JSON.stringify(created).includes('token'));
  await settled(world, await world.publish(eventOf('Paid')));
  const [asked, delivered] = sink.requests;
  assert.equal(asked?.method, 'OPTIONS');
  assert.equal(asked?.url, '/sink?a=b', 'the exact URI');
  assert.equal(asked?.headers['webhook-request-origin'], 'tutti.example.com');
  assert.equal(asked?.headers['webhook-request-rate'], '6000');
  assert.equal(asked?.headers['webhook-request-callback'], undefined);
  assert.equal(delivered?.method, 'POST');
  assert.equal(delivered?.headers['webhook-request-origin'], 'tutti.example.com');
  assert.deepEqual(await state(world, 'granted'), { state: 'granted', ratePerMinute: 120 });
});

test('D8 without consent deliveries wait, the subscription says why, and a PUT asks again', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(t, consenting({}, 200));
  await create(world, sink.url, {});
  const sequence = await world.publish(eventOf('Paid'));
  const { reason } = await state(world, 'refused');
  assert.match(reason ?? '', /answered OPTIONS with 200 and without WebHook-Allowed-Origin/);
  sink.answer = consenting({ 'webhook-allowed-origin': 'other.example' });
  const put = () =>
    world.events.updateSubscription('subscription-1', {
      sink: sink.url,
      protocol: 'HTTP',
      config: { webhook: {} },
      status: { state: 'granted' },
    });
  assert.equal((await put())?.status?.state, 'pending', 'what a client says of it is ignored');
  await eventually(async () => {
    const known = await world.events.subscription('subscription-1');
    return /allows the origin 'other.example'/.test(known?.status?.reason ?? '') ? true : undefined;
  });
  assert.ok(sink.requests.every(({ method }) => method === 'OPTIONS'));
  sink.answer = consenting({ 'webhook-allowed-origin': '*' });
  await put();
  await settled(world, sequence);
  assert.equal(sink.requests.at(-1)?.method, 'POST');
});

test('a sink that consents to a rate which is none is refused, and one that cannot be reached stays pending', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(
    t,
    consenting({ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '0' }),
  );
  await create(world, sink.url, {});
  assert.match((await state(world, 'refused')).reason ?? '', /no positive number/);
  sink.answer = (response) => response.writeHead(503).end();
  const body = { sink: sink.url, protocol: 'HTTP', config: { webhook: {} } };
  await world.events.updateSubscription('subscription-1', body);
  const { reason } = await eventually(async () => {
    const known = await world.events.subscription('subscription-1');
    return /asked again/.test(known?.status?.reason ?? '') ? known?.status : undefined;
  });
  assert.match(reason ?? '', /503/);
  sink.answer = consenting({ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' });
  assert.deepEqual(await state(world, 'granted'), { state: 'granted' }, 'asked again by itself');
});

test('the rate that a sink allows is observed', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(
    t,
    consenting({ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '1200' }),
  );
  await create(world, sink.url, {});
  await state(world, 'granted');
  const begun = performance.now();
  await world.runtime.publish(Array.from({ length: 12 }, () => eventOf('Paid')));
  await eventually(async () => (sink.requests.length === 13 ? true : undefined));
  const tookMs = performance.now() - begun;
  assert.ok(tookMs > 450, `12 requests at 20 a second took ${tookMs} ms`);
});

test('what was asked outlives a restart: a granted consent is not asked for again', async (t) => {
  const before = await openWorld(t);
  const sink = await openRawSink(t, consenting({ 'webhook-allowed-origin': '*' }));
  await create(before, sink.url, {});
  await state(before, 'granted');
  await before.close();
  const world = await openWorld(t, { data: before.data });
  await settled(world, await world.publish(eventOf('Paid')));
  assert.deepEqual(
    sink.requests.map(({ method }) => method),
    ['OPTIONS', 'POST'],
  );
});

test('a sink that is still to be asked is asked at the next start', async (t) => {
  const before = await openWorld(t);
  const sink = await openRawSink(t, () => undefined);
  await create(before, sink.url, {});
  await eventually(async () => (sink.requests.length === 1 ? true : undefined));
  await before.close();
  sink.answer = consenting({ 'webhook-allowed-origin': '*' });
  const world = await openWorld(t, { data: before.data });
  await state(world, 'granted');
});
