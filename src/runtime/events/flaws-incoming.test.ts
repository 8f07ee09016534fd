/**
 * The flaws of the router of 2020 on the way from an event to a process, by their numbers: what is done instead.
 * F8 is shown at the paths of 2020; F11 in `src/gateway/legacy/legacy.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessMetadata } from '../../engine/records/record.ts';
import { GatewayError } from '../../gateway/errors.ts';
import { ce, serveLegacy } from '../../gateway/legacy/legacy.test-helper.ts';
import type { Fate } from '../../router/index.ts';
import {
  completed,
  end,
  eventOf,
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
  type World,
} from './world.test-helper.ts';

const receiving = modelOf('RECEIVE', [start, receive('wait', 'Paid'), end], message('Paid', '=order'));

async function fatesOf(world: World, sequence: number): Promise<readonly Fate[]> {
  return (await world.story(sequence)).fates.map(({ fate }) => fate as Fate);
}

test('F8 every path of 2020 asks who sends before anything happens, and foreign pages are refused', async (t) => {
  const asked: string[] = [];
  const { call, world } = await serveLegacy(t, {
    authorize: ({ method, path }, events) => {
      asked.push(`${method} ${path} ${events.length}`);
      throw new GatewayError('UNAUTHENTICATED', 'Send a token.');
    },
  });
  await world.deploy(receiving);
  const instance = await startInstance(world, 'RECEIVE', { order: 'o1' });
  const headers = ce('Paid', { 'Ce-CorrelationKey': 'o1', 'Ce-WorkflowInstanceKey': String(instance) });
  for (const [method, path] of [
    ['POST', '/'],
    ['POST', '/message'],
    ['POST', '/workflow'],
    ['POST', '/error'],
    ['DELETE', '/workflow'],
  ] as const)
    assert.equal((await call(method, path, {}, headers)).status, 401, path);
  const body = {
    name: 'x',
    workflowDefinition: receiving,
    workflowKey: '1',
    messageName: 'm',
    cloudEventType: 'x',
  };
  for (const path of ['/messages', '/workflows', '/deploy'])
    assert.equal((await call('POST', path, body)).status, 401, path);
  for (const path of ['/jobs', '/messages', '/workflows'])
    assert.equal((await call('GET', path)).status, 401, path);
  assert.equal(asked.length, 11);
  assert.deepEqual(completed(world), ['start']);
  assert.deepEqual((await world.events.search({ limit: 10 })).items, []);
  const page = await call('POST', '/', {}, { ...headers, origin: 'https://evil.example' });
  assert.equal(page.status, 403);
});

test('F12 one type starts several processes and moves others, by filters, tells all keys, and a repeat starts none', async (t) => {
  const world = await openWorld(t, {
    settings: {
      events: [
        {
          type: 'Order.Placed',
          message: 'Placed',
          start: [
            { bpmnProcessId: 'PACK' },
            { bpmnProcessId: 'PACK', version: 1 },
            { bpmnProcessId: 'GIFT', filters: [{ exact: { source: '/gifts' } }] },
            { bpmnProcessId: 'NOPE' },
          ],
        },
      ],
    },
  });
  await world.deploy(
    modelOf('PACK', [start, end]),
    modelOf('GIFT', [start, end]),
    modelOf('LISTEN', [startBy('Placed'), end], message('Placed')),
  );
  const event = eventOf('Order.Placed', { subject: 'o1', data: '{"n":1}' });
  const sequence = await world.publish(event);
  await world.publish(event);
  const fates = await fatesOf(world, sequence);
  assert.deepEqual(
    fates.map((fate) => [fate.kind, 'bpmnProcessId' in fate && fate.bpmnProcessId]),
    [
      ['started', 'PACK'],
      ['started', 'PACK'],
      ['started', 'LISTEN'],
      ['refused', 'NOPE'],
      ['declined', 'GIFT'],
    ],
  );
  const keys = fates.flatMap((fate) => (fate.kind === 'started' ? [fate.processInstanceKey] : []));
  assert.equal(new Set(keys).size, 3);
  assert.ok(keys.every((key) => /^\d+$/.test(key)));
  assert.equal(completed(world).filter((id) => id === 'PACK').length, 2, 'the repeat started nothing');
});

test('F13 the body that starts an instance may be any JSON object', async (t) => {
  const world = await openWorld(t, {
    settings: { events: [{ type: 'Begin', start: [{ bpmnProcessId: 'PLAIN' }] }] },
  });
  await world.deploy(modelOf('PLAIN', [start, end]));
  await world.publish(eventOf('Begin', { data: '{"deep":{"list":[1,{"x":null}]},"sum":1.10}' }));
  assert.deepEqual(variablesOf(world), { deep: '{"list":[1,{"x":null}]}', sum: '1.10' });
});

test('F14 the key is the extension, else what the model or the type names, else the subject; without any the reason is told', async (t) => {
  const world = await openWorld(t, { settings: { events: [{ type: 'Paid', correlationKey: 'order.id' }] } });
  await world.deploy(receiving);
  for (const order of ['extension', 'data', 'subject']) await startInstance(world, 'RECEIVE', { order });
  const data = '{"order":{"id":"data"}}';
  const publications: [Parameters<typeof eventOf>[1], string][] = [
    [{ extensions: { correlationkey: 'extension' }, subject: 'subject', data }, 'correlated'],
    [{ subject: 'subject', data }, 'correlated'],
    [{ subject: 'subject', data: '{}' }, 'correlated'],
    [{ data: '{}' }, 'unmatched'],
  ];
  for (const [parts, kind] of publications) {
    const sequence = await world.publish(eventOf('Paid', parts));
    assert.deepEqual(await world.fates(sequence), [kind], JSON.stringify(parts));
  }
  assert.equal(completed(world).filter((id) => id === 'wait').length, 3);
  const [last] = (await world.events.search({ limit: 1 })).items;
  const fate = last?.fate as Fate;
  assert.equal(
    fate.kind === 'unmatched' && fate.reason,
    "The event has no correlation key. It has neither the extension 'correlationkey' nor a subject, and 'order.id' gives nothing.",
  );
});

test('F15 how long an early event waits is set for its type, and its fate tells until when and who nearly had it', async (t) => {
  const world = await openWorld(t, { settings: { events: [{ type: 'Paid', timeToLive: 5000 }] } });
  await world.deploy(receiving);
  const instance = await startInstance(world, 'RECEIVE', { order: 'o2' });
  const sequence = await world.publish(eventOf('Paid', { subject: 'o1' }));
  const [fate] = await fatesOf(world, sequence);
  assert.deepEqual(fate, {
    kind: 'buffered',
    messageName: 'Paid',
    correlationKey: 'o1',
    until: START + 5000,
    nearMisses: [
      { messageName: 'Paid', correlationKey: 'o2', processInstanceKey: String(instance), elementId: 'wait' },
    ],
  });
  await world.pass(5000);
  assert.deepEqual(await world.fates(sequence), ['buffered', 'expired']);
});

test('F16 what is listened to follows deployments and undeployments, also of single versions', async (t) => {
  const world = await openWorld(t);
  const versions: ProcessMetadata[] = [];
  for (const name of ['Old', 'New']) {
    await world.deploy(modelOf('P', [startBy(name), end], message(name)));
    const created = world
      .journal()
      .filter(({ valueType, intent }) => valueType === 'PROCESS' && intent === 'CREATED');
    versions.push((created.at(-1) ?? assert.fail()).value as ProcessMetadata);
  }
  const kindOf = async (type: string) => world.fates(await world.publish(eventOf(type)));
  assert.deepEqual(await kindOf('Old'), ['unmatched'], 'only the latest version is started');
  assert.deepEqual(await kindOf('New'), ['started']);
  for (const { processDefinitionKey: resourceKey } of versions)
    await world.execute({ valueType: 'RESOURCE_DELETION', intent: 'DELETE', value: { resourceKey } });
  for (const type of ['Old', 'New']) assert.deepEqual(await kindOf(type), ['unmatched']);
  assert.deepEqual((await world.events.routerTables()).models, []);
});

test('F17 events are found by what became of them, and no longer by what was true before', async (t) => {
  const world = await openWorld(t);
  await world.deploy(receiving);
  const nobody = await world.publish(eventOf('Nobody'));
  const early = await world.publish(eventOf('Paid', { subject: 'o1' }));
  const other = await world.publish(eventOf('Paid', { subject: 'o2' }));
  const found = async (...fates: string[]) =>
    (await world.events.search({ fates, limit: 10 })).items.map(({ sequence }) => sequence);
  assert.deepEqual(await found('buffered'), [other, early]);
  assert.deepEqual(await found('unmatched', 'buffered'), [other, early, nobody]);
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  assert.deepEqual(await found('buffered'), [other]);
  assert.deepEqual(await found('correlated'), [early]);
  await world.deploy(modelOf('BEGIN', [startBy('Nobody'), end], message('Nobody')));
  assert.equal(await world.events.routeAgain(nobody), 'soon');
  await world.pass(0);
  assert.deepEqual(await found('unmatched'), []);
  assert.deepEqual(await found('started'), [nobody]);
  const typed = await world.events.search({ fates: ['buffered'], type: 'Else', limit: 10 });
  assert.deepEqual(typed.items, []);
  const paged = await world.events.search({
    fates: ['started', 'correlated', 'buffered'],
    before: other,
    limit: 1,
  });
  assert.deepEqual(
    paged.items.map(({ sequence }) => sequence),
    [early],
  );
});

test('F20 no data of an event stand in the log of the server, whatever becomes of it', async (t) => {
  const { call, world } = await serveLegacy(t);
  const secret = 'card-4111';
  await world.deploy(
    receiving,
    modelOf('LOUD', [startBy('Loud'), send('tell', { Type: '=unknown' }), end], message('Loud')),
  );
  await startInstance(world, 'RECEIVE', { order: 'o1' });
  const data = { card: secret };
  await call('POST', '/message', data, ce('Paid', { 'Ce-CorrelationKey': 'o1' }));
  await call('POST', '/message', data, ce('Loud'));
  await call('POST', '/', data, ce('Nobody'));
  await call('POST', '/error', data, ce('Nobody'));
  await call('POST', '/events', JSON.stringify(data).slice(1), ce('Paid', { 'ce-specversion': '1.0' }));
  assert.equal((await world.events.search({ limit: 10 })).items.length, 5);
  assert.ok(!JSON.stringify(world.log).includes(secret), JSON.stringify(world.log));
});
