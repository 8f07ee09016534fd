import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeOf } from '../../cloudevents/index.ts';
import {
  completed,
  end,
  eventOf,
  eventually,
  jobsOf,
  message,
  modelOf,
  openSink,
  openWorld,
  receive,
  send,
  start,
  startInstance,
  temporaryFolder,
} from './world.test-helper.ts';

const keyed = (key: string) => ({ extensions: { correlationkey: key } });
const wait = { Type: 'Pay', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Paid', CorrelationKey: '=order' };
const paying = modelOf('PAY', [start, send('pay', wait), send('tell', { Type: 'Told' }), end]);

test('F1 after a restart waiting jobs take their replies, and undelivered events are delivered', async (t) => {
  const data = temporaryFolder(t);
  const sink = await openSink(t);
  sink.answer = () => undefined;
  const before = await openWorld(t, { data });
  await before.events.createSubscription({ types: ['Pay'], sink: sink.url, protocol: 'HTTP' });
  await before.deploy(paying);
  await startInstance(before, 'PAY', { order: 'o1' });
  await sink.reached(1);
  await before.close();

  sink.answer = (response) => response.writeHead(204).end();
  const after = await openWorld(t, { data });
  await sink.reached(2);
  assert.equal(sink.received[0]?.headers['ce-id'], sink.received[1]?.headers['ce-id']);
  const fates = await eventually(async () => {
    const { deliveries, fates: found } = await after.story(1);
    return deliveries.length === 0 ? found : undefined;
  });
  assert.deepEqual(fates.at(-1)?.fate, { kind: 'delivered', sink: sink.url, attempts: 1 });
  const sequence = await after.publish(eventOf('Paid', keyed('o1')));
  assert.deepEqual(await after.fates(sequence), ['reply']);
  assert.deepEqual(completed(after), ['start', 'pay', 'tell', 'end', 'PAY']);
});

test('F1 after a restart early replies, buffered events and repeats are known', async (t) => {
  const data = temporaryFolder(t);
  const receiving = modelOf('RECEIVE', [start, receive('wait', 'Sent'), end], message('Sent', '=order'));
  const reply = eventOf('Paid', keyed('o1'));
  const sent = eventOf('Sent', keyed('o1'));
  const before = await openWorld(t, { data });
  await before.deploy(paying, receiving);
  const early = await before.publish(reply);
  const buffered = await before.publish(sent);
  await before.close();

  const after = await openWorld(t, { data });
  const receipts = await after.runtime.publish([reply, sent]);
  assert.deepEqual(
    receipts.map(({ sequence, duplicate }) => [sequence, duplicate]),
    [
      [early, true],
      [buffered, true],
    ],
  );
  await startInstance(after, 'PAY', { order: 'o1' });
  await startInstance(after, 'RECEIVE', { order: 'o1' });
  assert.deepEqual((await after.fates(early)).at(-1), 'reply');
  assert.deepEqual((await after.fates(buffered)).at(-1), 'correlated');
});

test('jobs that were there before the router served their type are taken at start', async (t) => {
  const data = temporaryFolder(t);
  const before = await openWorld(t, { data, settings: { jobTypes: ['other'] } });
  await before.deploy(modelOf('EMIT', [start, send('emit', { Type: 'Told' }), end]));
  await startInstance(before, 'EMIT');
  assert.deepEqual(completed(before), ['start']);
  await before.close();
  const after = await openWorld(t, { data });
  await after.pass(0);
  assert.deepEqual(completed(after), ['start', 'emit', 'end', 'EMIT']);
});

test('the ids of events stay those of the data folder', async (t) => {
  const data = temporaryFolder(t);
  const model = modelOf('EMIT', [start, send('emit', { Type: 'Told' }), end]);
  for (const _run of [1, 2]) {
    const world = await openWorld(t, { data });
    await world.deploy(model);
    await startInstance(world, 'EMIT');
    const [newest] = (await world.events.search({ limit: 1 })).items;
    assert.equal(newest?.id, `engine-1-${jobsOf(world).at(-1)?.key}`);
    await world.close();
  }
});

test('an event, the step it causes and the event this step sends are one transaction: a failing disk leaves nothing', async (t) => {
  let broken = false;
  const world = await openWorld(t, {
    faults: () => {
      if (broken) throw new Error('disk full');
    },
  });
  const sink = await openSink(t);
  await world.events.createSubscription({ types: ['Paid', 'Told'], sink: sink.url, protocol: 'HTTP' });
  await world.deploy(paying);
  await startInstance(world, 'PAY', { order: 'o1' });
  const before = world.journal().length;
  const reply = eventOf('Paid', keyed('o1'));
  broken = true;
  await assert.rejects(world.runtime.publish([reply]), { code: 'UNAVAILABLE' });
  assert.equal(world.runtime.ready().ok, false);
  assert.equal(world.journal().length, before, 'no record');
  assert.deepEqual(
    (await world.events.search({ limit: 10 })).items.map(({ type }) => type),
    ['Pay'],
    'no event',
  );
  broken = false;
  await eventually(async () => (world.runtime.ready().ok ? true : undefined));
  assert.deepEqual(
    sink.received.map(({ event }) => typeOf(event)),
    [],
    'nothing was sent',
  );

  const [receipt] = await world.runtime.publish([reply]);
  assert.equal(receipt?.duplicate, false);
  await sink.reached(2);
  assert.deepEqual(completed(world), ['start', 'pay', 'tell', 'end', 'PAY']);
  const positions = world.journal().map(({ valueType, intent, value }) => {
    const { type = '' } = value as { type?: string };
    return `${valueType} ${intent} ${type}`;
  });
  const told = positions.indexOf('CLOUD_EVENT RECEIVED Told');
  assert.ok(told > positions.indexOf('CLOUD_EVENT RECEIVED Paid'));
  assert.ok(told > positions.lastIndexOf('JOB CREATED cloudevents'));
});
