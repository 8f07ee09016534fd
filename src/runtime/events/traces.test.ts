import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute } from '../../cloudevents/index.ts';
import {
  end,
  eventOf,
  eventually,
  message,
  modelOf,
  openSink,
  openWorld,
  receive,
  send,
  start,
  startBy,
  startInstance,
} from './world.test-helper.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
const order = modelOf(
  'ORDER',
  [
    startBy('Ordered'),
    send('ask', { Type: 'Asked' }),
    receive('wait', 'Paid'),
    send('tell', { Type: 'Told' }),
    end,
  ],
  message('Ordered') + message('Paid', '=order'),
);

test('one business transaction is carried from the first event over all that a process takes and sends', async (t) => {
  const world = await openWorld(t);
  await world.deploy(order);
  const extensions = { traceparent, tracestate: 'shop=1', correlationkey: 'o1' };
  const ordered = await world.publish(eventOf('Ordered', { data: '{"order":"o1"}', extensions }));
  await world.fates(ordered);
  const paid = await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o1' } }));
  await world.fates(paid);
  const first = await world.story(ordered);
  const id = attribute(first.event, 'id') ?? assert.fail();
  assert.deepEqual(first.trace, { correlationId: id, traceparent });
  const { items } = await world.events.search({ correlationId: id, limit: 10 });
  assert.deepEqual(
    items.map(({ type }) => type),
    ['Told', 'Paid', 'Asked', 'Ordered'],
  );
  const [told, asked] = [items[0], items[2]].map((item) => item?.sequence ?? 0) as [number, number];
  const { event, cause, trace } = await world.story(asked);
  assert.equal(cause, ordered);
  assert.equal(attribute(event, 'correlationid'), id);
  assert.equal(attribute(event, 'causationid'), id);
  assert.match(attribute(event, 'traceparent') ?? '', new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  assert.notEqual(attribute(event, 'traceparent'), traceparent);
  assert.equal(attribute(event, 'tracestate'), 'shop=1');
  assert.equal(trace?.correlationId, id);
  const answer = await world.story(paid);
  assert.deepEqual(answer.effects, [told]);
  assert.equal(attribute((await world.story(told)).event, 'causationid'), attribute(answer.event, 'id'));
});

test('an event that passes through leaves with exactly its own attributes', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP' });
  await world.publish(eventOf('Passing', { extensions: { zeta: 'z' } }));
  const [received] = await sink.reached(1);
  assert.deepEqual([...(received?.event.attributes.keys() ?? [])].sort(), [
    'id',
    'source',
    'specversion',
    'type',
    'zeta',
  ]);
});

test('what an event says of its trace itself counts', async (t) => {
  const world = await openWorld(t);
  await world.deploy(order);
  const say = { correlationid: 'c-1', causationid: 'before' };
  const ordered = await world.publish(
    eventOf('Ordered', { data: '{"order":"o2"}', extensions: { ...say, correlationkey: 'o2' } }),
  );
  await world.fates(ordered);
  assert.deepEqual((await world.story(ordered)).trace, { correlationId: 'c-1', causationId: 'before' });
  const other = { correlationid: 'c-2', correlationkey: 'o2' };
  const paid = await world.publish(eventOf('Paid', { extensions: other }));
  await world.fates(paid);
  assert.equal((await world.story(paid)).trace?.correlationId, 'c-2');
  const told = (await world.events.search({ type: 'Told', limit: 1 })).items[0];
  assert.equal(told?.correlationId, 'c-1', 'the instance stays in the transaction that began it');
});

test('an instance that no event started names its own transaction, and what waits over a restart keeps it', async (t) => {
  const world = await openWorld(t);
  await world.deploy(modelOf('ALONE', [start, send('tell', { Type: 'Told' }), end]), order);
  const key = await startInstance(world, 'ALONE', {});
  const told = (await world.events.search({ type: 'Told', limit: 1 })).items[0];
  assert.equal(told?.correlationId, `engine-1-${key}`);
  const ordered = await world.publish(
    eventOf('Ordered', { data: '{"order":"o3"}', extensions: { correlationkey: 'o3' } }),
  );
  await world.fates(ordered);
  await world.close();
  const again = await openWorld(t, { data: world.data });
  const paid = await again.publish(eventOf('Paid', { extensions: { correlationkey: 'o3' } }));
  await again.fates(paid);
  const [first, last] = [await again.story(ordered), await again.story(paid)];
  assert.equal(last.trace?.correlationId, first.trace?.correlationId);
});

test('an answer of a sink is caused by the event that it answers', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = (response) =>
    response
      .writeHead(200, { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': '/sink', 'ce-type': 'Answer' })
      .end();
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP', types: ['Question'] });
  const question = await world.publish(eventOf('Question', { extensions: { traceparent } }));
  const answer = await eventually(
    async () => (await world.events.search({ type: 'Answer', limit: 1 })).items[0],
  );
  const [first, second] = [await world.story(question), await world.story(answer.sequence)];
  assert.deepEqual(first.effects, [answer.sequence]);
  assert.deepEqual(second.trace, {
    correlationId: first.trace?.correlationId,
    causationId: attribute(first.event, 'id'),
    traceparent,
  });
});
