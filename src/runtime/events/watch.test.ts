import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  completed,
  end,
  eventOf,
  incidentsOf,
  message,
  modelOf,
  openSink,
  openWorld,
  receive,
  send,
  start,
  startInstance,
  variablesOf,
} from './world.test-helper.ts';

const watching = (xml: string): string =>
  xml.replace(
    /(<bpmn:process [^>]*>)/,
    '$1<bpmn:extensionElements><zeebe:properties><zeebe:property name="watchOnly" value="true"/></zeebe:properties></bpmn:extensionElements>',
  );
const emitting = (headers: Readonly<Record<string, string>>): string =>
  watching(modelOf('W', [start, send('tell', headers), end]));
const seen = (type: string, key = 'k1') => eventOf(type, { subject: key, data: '{"by":"a service"}' });
const done = ['start', 'tell', 'end', 'W'];

test('a task of a process that only watches sends nothing, and is done when the event comes from elsewhere', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.deploy(emitting({ Type: 'Told', Host: sink.url, CorrelationKey: '=id' }));
  await startInstance(world, 'W', { id: 'k1' });
  assert.deepEqual(completed(world), ['start']);
  const other = await world.publish(seen('Told', 'k2'));
  assert.deepEqual(completed(world), ['start'], 'the event of another one does not count');
  const sequence = await world.publish(seen('Told'));
  assert.deepEqual(completed(world), done);
  assert.deepEqual(await world.fates(sequence), ['reply']);
  assert.deepEqual(await world.fates(other), ['earlyReply']);
  assert.equal(variablesOf(world)['by'], '"a service"');
  assert.equal(sink.received.length, 0);
  const events = (await world.events.search({ limit: 10 })).items;
  assert.equal(events.length, 2, 'the process has sent none');
});

test('a task that waits for a reply awaits that, though it asks nobody', async (t) => {
  const world = await openWorld(t);
  const mode = { Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Answered' };
  await world.deploy(emitting({ Type: 'Asked', CorrelationKey: '=id', ...mode }));
  await startInstance(world, 'W', { id: 'k1' });
  await world.publish(seen('Asked'));
  assert.deepEqual(completed(world), ['start']);
  await world.publish(seen('Answered'));
  assert.deepEqual(completed(world), done);
});

test('an event that was seen before its task counts, as an early one', async (t) => {
  const world = await openWorld(t);
  await world.deploy(emitting({ Type: 'Told', CorrelationKey: '=id' }));
  const sequence = await world.publish(seen('Told'));
  await startInstance(world, 'W', { id: 'k1' });
  assert.deepEqual(completed(world), done);
  assert.deepEqual(await world.fates(sequence), ['earlyReply', 'reply']);
});

test('a task without a correlation key, and one that says SKIP, are done at once', async (t) => {
  const world = await openWorld(t);
  await world.deploy(emitting({ Type: 'Told' }));
  await startInstance(world, 'W', { id: 'k1' });
  assert.deepEqual(completed(world), done);
  const skipping = await openWorld(t);
  await skipping.deploy(emitting({ Type: 'Told', CorrelationKey: '=id', Watch: 'skip' }));
  await startInstance(skipping, 'W', { id: 'k1' });
  assert.deepEqual(completed(skipping), done);
});

test('a task that cannot tell what it awaits raises an incident that says what to set', async (t) => {
  const world = await openWorld(t);
  await world.deploy(emitting({ Type: 'Told', Watch: 'AWAIT' }));
  await startInstance(world, 'W', { id: 'k1' });
  assert.match(incidentsOf(world)[0] ?? '', /only watches.*'CorrelationKey' is missing/);
});

test('watching takes an event from nobody: the instance that waits for it as a message gets it too', async (t) => {
  const world = await openWorld(t);
  const waiting = modelOf('R', [start, receive('wait', 'Told'), end], message('Told', '=id'));
  await world.deploy(emitting({ Type: 'Told', CorrelationKey: '=id' }), waiting);
  await startInstance(world, 'W', { id: 'k1' });
  await startInstance(world, 'R', { id: 'k1' });
  const sequence = await world.publish(seen('Told'));
  assert.deepEqual((await world.fates(sequence)).toSorted(), ['correlated', 'reply']);
  assert.ok(completed(world).includes('W') && completed(world).includes('R'));
});

test('a task that was left watches no more', async (t) => {
  const world = await openWorld(t);
  await world.deploy(emitting({ Type: 'Told', CorrelationKey: '=id' }));
  const key = await startInstance(world, 'W', { id: 'k1' });
  await world.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key });
  const sequence = await world.publish(seen('Told'));
  assert.deepEqual(await world.fates(sequence), ['earlyReply']);
});
