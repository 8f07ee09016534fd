import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../engine/create-engine.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ProcessMetadata } from '../../engine/records/record.ts';
import {
  completed,
  end,
  eventOf,
  eventually,
  firstFate,
  incidentsOf,
  message,
  modelOf,
  openWorld,
  receive,
  START,
  send,
  start,
  startBy,
  startInstance,
  variablesOf,
} from './world.test-helper.ts';

const receiving = modelOf(
  'RECEIVE',
  [start, receive('wait', 'Paid', 'PT10S'), end],
  message('Paid', '=order'),
);
const startedBy = modelOf('BEGIN', [startBy('Joined'), end], message('Joined'));
const keyed = (key: string) => ({ extensions: { correlationkey: key } });

test('F14 an event moves the instance that waits for its type and correlation key', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  const instance = await startInstance(world, 'RECEIVE', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', keyed('o1')));
  assert.deepEqual(
    (await world.story(sequence)).fates.map(({ fate }) => fate),
    [
      {
        kind: 'correlated',
        processInstanceKey: String(instance),
        bpmnProcessId: 'RECEIVE',
        elementId: 'wait',
      },
    ],
  );
  assert.deepEqual(completed(world), ['start', 'wait', 'end', 'RECEIVE']);
});

test('F14 without the extension the subject is the correlation key', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { subject: 'o1' }));
  assert.deepEqual(await world.fates(sequence), ['correlated']);
});

test('F14 an event without any correlation key is kept as unmatched, with the reason and who nearly had it', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  const instance = await startInstance(world, 'RECEIVE', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid'));
  assert.deepEqual(
    (await world.story(sequence)).fates.map(({ fate }) => fate),
    [
      {
        kind: 'unmatched',
        reason: "The event has no correlation key. Set the extension 'correlationkey' or the subject.",
        nearMisses: [
          {
            messageName: 'Paid',
            correlationKey: 'o1',
            processInstanceKey: String(instance),
            elementId: 'wait',
          },
        ],
      },
    ],
  );
});

test('F12 an event starts an instance of the model that begins with it, also without a correlation key', async (t) => {
  const world = await openWorld(t);
  await world.deploy(startedBy);
  for (const event of [eventOf('Joined', keyed('s1')), eventOf('Joined')]) {
    const sequence = await world.publish(event);
    assert.deepEqual(await world.fates(sequence), ['started']);
  }
  assert.deepEqual(completed(world), ['start', 'end', 'BEGIN', 'start', 'end', 'BEGIN']);
});

test('F12 an event that comes twice does not start twice', async (t) => {
  const world = await openWorld(t);
  await world.deploy(startedBy);
  const event = eventOf('Joined', keyed('s1'));
  await world.publish(event);
  await world.publish(event);
  assert.deepEqual(completed(world), ['start', 'end', 'BEGIN']);
});

test('F15 an early event waits as long as the model says, and then moves the instance that comes in time', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  const sequence = await world.publish(eventOf('Paid', keyed('o1')));
  const [fate] = (await world.story(sequence)).fates;
  assert.deepEqual(fate?.fate, {
    kind: 'buffered',
    messageName: 'Paid',
    correlationKey: 'o1',
    until: START + 10_000,
    nearMisses: [],
  });
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  await world.pass(20_000);
  assert.deepEqual(await world.fates(sequence), ['buffered', 'correlated'], 'it does not expire afterwards');
});

test('F15 an early event that nobody comes for expires', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  const sequence = await world.publish(eventOf('Paid', keyed('o1')));
  await world.pass(10_000);
  assert.deepEqual(await world.fates(sequence), ['buffered', 'expired']);
});

test('F15 the expirytime of an event says how long it waits, and one that is over says so', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  const at = (ms: number) => ({
    extensions: { correlationkey: 'o1', expirytime: new Date(START + ms).toISOString() },
  });
  const short = await world.publish(eventOf('Paid', at(3000)));
  const over = await world.publish(eventOf('Paid', at(-1)));
  assert.deepEqual(await world.fates(over), ['expired']);
  const fate = await firstFate(world, short);
  assert.equal(fate.kind === 'buffered' && fate.until, START + 3000);
});

test('F13 any JSON object becomes variables, exactly as it was written', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const data = '{"deep":{"list":[1,{"x":null}]},"big":12345678901234567890,"sum":1.10,"name":"Ä"}';
  await world.publish(eventOf('Paid', { ...keyed('o1'), data }));
  const texts = variablesOf(world);
  assert.equal(texts['deep'], '{"list":[1,{"x":null}]}');
  assert.equal(texts['big'], '12345678901234567890');
  assert.equal(texts['sum'], '1.10');
  assert.equal(texts['name'], '"Ä"');
});

test('F10 data that old senders encoded twice are unwrapped once', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const data = JSON.stringify('{"sessionId":"abc"}');
  const sequence = await world.publish(eventOf('Paid', { ...keyed('o1'), data }));
  assert.deepEqual(await world.fates(sequence), ['correlated']);
  assert.equal(
    (await world.story(sequence)).event.data?.length,
    data.length,
    'the log keeps them as they came',
  );
});

test('F10 data that no process can use leave the event kept and told', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { ...keyed('o1'), data: '"{name=salaboy}"' }));
  const { fates } = await world.story(sequence);
  assert.match(JSON.stringify(fates), /not an object/);
  assert.deepEqual(completed(world), ['start']);
});

test('F17 an event that no model and no instance waits for is told so, with who waits for its key', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const sequence = await world.publish(eventOf('Payd', keyed('o1')));
  const fate = await firstFate(world, sequence);
  assert.ok(fate.kind === 'unmatched');
  assert.deepEqual(
    fate.nearMisses.map(({ messageName }) => messageName),
    ['Paid'],
  );
});

test('F3 repeats are noticed for the whole window and not for ever', async (t) => {
  const world = await openWorld(t, { settings: { windowMs: 60_000 } });
  const event = eventOf('Paid');
  await world.publish(event);
  await world.pass(59_999);
  const [again] = await world.runtime.publish([event]);
  assert.equal(again?.duplicate, true);
  await world.pass(60_000);
  await world.publish(eventOf('Other'));
  await world.pass(60_000);
  await world.publish(eventOf('Other'));
  const [later] = await world.runtime.publish([event]);
  assert.equal(later?.duplicate, false);
});

test('F3 sources that use an id again are let through when the settings say so', async (t) => {
  const world = await openWorld(t, { settings: { reuseIdSources: ['/old'] } });
  await world.deploy(startedBy);
  const event = eventOf('Joined', { source: '/old', id: 'session-1', ...keyed('') });
  const first = await world.publish(event);
  const second = await world.publish(event);
  assert.notEqual(first, second);
  assert.deepEqual(await world.fates(second), ['started']);
});

test('an event whose routing throws is kept with the fate failed, nothing of it is done, and it can be routed again', async (t) => {
  const real = createEngine();
  let broken = true;
  const engine: Engine = {
    ...real,
    process: (command, state, now) => {
      const turn = real.process(command, state, now);
      if (broken && command.valueType === 'MESSAGE') throw new RangeError('a mistake in the engine');
      return turn;
    },
  };
  const world = await openWorld(t, { engine });
  await world.deploy(receiving);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', keyed('o1')));
  const [fate] = (await world.story(sequence)).fates;
  assert.deepEqual(fate?.fate, { kind: 'failed', reason: 'Its routing failed: a mistake in the engine' });
  assert.deepEqual(completed(world), ['start']);
  broken = false;
  assert.equal(await world.events.routeAgain(sequence), 'soon');
  await world.pass(0);
  assert.deepEqual(await world.fates(sequence), ['failed', 'correlated']);
  assert.equal(await world.events.routeAgain(sequence), 'hadEffect');
  assert.equal(await world.events.routeAgain(999), 'unknown');
});

test('events that cause one another in a ring are stopped after 32 of them, by an incident', async (t) => {
  const world = await openWorld(t);
  const ring = modelOf('RING', [startBy('Ping'), send('again', { Type: 'Ping' }), end], message('Ping'));
  await world.deploy(ring);
  await world.publish(eventOf('Ping'));
  assert.equal(completed(world).filter((id) => id === 'start').length, 33);
  assert.match(incidentsOf(world).join(), /^More than 32 events have caused one another/);
});

test('names of messages come and go with the deployed models', async (t) => {
  const world = await openWorld(t);
  const before = await world.publish(eventOf('Joined', keyed('s1')));
  assert.deepEqual(await world.fates(before), ['unmatched']);
  await world.deploy(startedBy);
  const after = await world.publish(eventOf('Joined', keyed('s1')));
  assert.deepEqual(await world.fates(after), ['started']);
  const process = world
    .journal()
    .find(({ valueType, intent }) => valueType === 'PROCESS' && intent === 'CREATED');
  const { processDefinitionKey: resourceKey } = (process ?? assert.fail()).value as ProcessMetadata;
  await world.execute({ valueType: 'RESOURCE_DELETION', intent: 'DELETE', value: { resourceKey } });
  const gone = await world.publish(eventOf('Joined', keyed('s2')));
  assert.deepEqual(await world.fates(gone), ['unmatched']);
});

test('an early event that another event brings to its place is told so, and does not expire', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    modelOf(
      'both',
      [startBy('Begun'), receive('one', 'One'), receive('two', 'Two'), end],
      message('Begun') + message('One', '=id') + message('Two', '=id'),
    ),
  );
  const event = (type: string) => eventOf(type, { subject: 'k', data: '{"id":"k"}' });
  await world.publish(event('Begun'));
  const early = await world.publish(event('Two'));
  await world.publish(event('One'));
  await world.pass(3_600_001);
  assert.deepEqual(await world.fates(early), ['buffered', 'correlated']);
});

test('of very many events at once the last are routed in a later transaction, and their arrival is told before', async (t) => {
  const world = await openWorld(t);
  const events = Array.from({ length: 2500 }, (_, number) => eventOf(`Many.${number % 3}`));
  const receipts = await world.runtime.publish(events);
  assert.equal(receipts.length, 2500);
  const last = await eventually(async () => (await world.story(2500)).fates[0]);
  assert.equal(last.fate.kind, 'unmatched');
  const told = world
    .journal()
    .filter(({ valueType }) => valueType === 'CLOUD_EVENT')
    .map(({ intent, key }) => `${intent} ${key}`);
  assert.equal(told.filter((text) => text.startsWith('ROUTED')).length, 2500);
  assert.ok(!told.includes('RECEIVED 2000'));
  assert.ok(told.indexOf('RECEIVED 2001') < told.indexOf('ROUTED 2001'));
});
