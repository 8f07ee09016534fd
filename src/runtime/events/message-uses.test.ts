import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '../../engine/create-engine.ts';
import type { Fate } from '../../router/index.ts';
import {
  completed,
  end,
  eventOf,
  incidentsOf,
  message,
  modelOf,
  openSink,
  openWorld,
  START,
  send,
  start,
  startInstance,
  variablesOf,
  type World,
} from './world.test-helper.ts';

type Properties = Readonly<Record<string, string>>;

const propertiesOf = (properties: Properties): string => {
  const list = Object.entries(properties).map(([name, value]) => {
    const escaped = value.replaceAll('"', '&quot;').replaceAll('<', '&lt;');
    return `<zeebe:property name="${name}" value="${escaped}"/>`;
  });
  return `<bpmn:extensionElements><zeebe:properties>${list.join('')}</zeebe:properties></bpmn:extensionElements>`;
};
const wait = (id: string, name: string, properties: Properties): string =>
  `<bpmn:receiveTask id="${id}" messageRef="m-${name}">${propertiesOf(properties)}$FLOWS</bpmn:receiveTask>`;
const begin = (name: string, properties: Properties): string =>
  `<bpmn:startEvent id="begin">${propertiesOf(properties)}$FLOWS<bpmn:messageEventDefinition messageRef="m-${name}"/></bpmn:startEvent>`;
const waiting = (processId: string, properties: Properties): string =>
  modelOf(processId, [start, wait('wait', 'Paid', properties), end], message('Paid', '=order'));

async function fatesOf(world: World, sequence: number): Promise<readonly Fate[]> {
  return (await world.story(sequence)).fates.map(({ fate }) => fate as Fate);
}

test('elements with different keys each get an event under the key that they chose, and each pair is published once', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    waiting('A', { correlationKeyExpression: '=data.orderId' }),
    waiting('B', { correlationKeyExpression: '=customer.id' }),
    waiting('C', { correlationKeyExpression: 'order.id' }),
  );
  for (const [process, order] of [
    ['A', 'o1'],
    ['B', '7'],
    ['C', 'o1'],
    // Waits under a key of the event, but not under the one that its element chose.
    ['B', 'o1'],
  ] as const)
    await startInstance(world, process, { order });
  const data = '{"orderId":"o1","customer":{"id":7},"order":{"id":"o1"}}';
  const sequence = await world.publish(eventOf('Paid', { data }));
  const fates = await fatesOf(world, sequence);
  assert.deepEqual(
    fates.map((fate) => fate.kind === 'correlated' && fate.bpmnProcessId),
    ['A', 'C', 'B'],
  );
  const published = world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'MESSAGE' && intent === 'PUBLISHED');
  assert.deepEqual(
    published.map(({ value }) => (value as { correlationKey: string }).correlationKey),
    ['o1', '7'],
  );
});

test('an event under several keys starts a process once, also when a version of it waited under another key before', async (t) => {
  const world = await openWorld(t);
  const starting = (properties: Properties) =>
    modelOf('P', [begin('Paid', properties), end], message('Paid', '=order'));
  await world.deploy(starting({ correlationKeyExpression: '=data.old' }));
  await world.deploy(starting({ correlationKeyExpression: '=data.orderId' }));
  await world.deploy(waiting('Q', { correlationKeyExpression: '=data.q' }));
  await startInstance(world, 'Q', { order: 'q1' });
  const sequence = await world.publish(eventOf('Paid', { data: '{"orderId":"o1","old":"o2","q":"q1"}' }));
  assert.deepEqual(await world.fates(sequence), ['started', 'correlated']);
  assert.equal(completed(world).filter((id) => id === 'P').length, 1);
});

test('a buffered event stays away from those that chose another key when they come to wait', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    waiting('A', { correlationKeyExpression: '=data.a' }),
    waiting('B', { correlationKeyExpression: '=data.b' }),
  );
  const sequence = await world.publish(eventOf('Paid', { data: '{"a":"k1","b":"k2"}' }));
  assert.deepEqual(await world.fates(sequence), ['buffered', 'buffered']);
  await startInstance(world, 'A', { order: 'k2' });
  assert.deepEqual(completed(world), ['start'], 'k2 is not the key that A chose');
  await startInstance(world, 'B', { order: 'k2' });
  assert.deepEqual(await world.fates(sequence), ['buffered', 'buffered', 'correlated']);
});

test('an activation condition that is false keeps an event from its element, and the fate says so', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    waiting('BIG', { activationCondition: '=amount > 100' }),
    waiting('ANY', {}),
    modelOf(
      'START',
      [begin('Paid', { activationCondition: '=event.source = "/shop"' }), end],
      message('Paid', '=order'),
    ),
  );
  for (const process of ['BIG', 'ANY']) await startInstance(world, process, { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { subject: 'o1', data: '{"amount":5}' }));
  const fates = await fatesOf(world, sequence);
  assert.deepEqual(
    fates.map((fate) => [fate.kind, 'bpmnProcessId' in fate && fate.bpmnProcessId]),
    [
      ['correlated', 'ANY'],
      ['declined', 'BIG'],
      ['declined', 'START'],
    ],
  );
  assert.equal(
    fates[1]?.kind === 'declined' && fates[1].reason,
    "The activation condition '=amount > 100' gives false.",
  );
});

test('an event that all decline is unmatched, and told with each reason', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting('BIG', { activationCondition: '=amount > 100' }));
  await startInstance(world, 'BIG', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { subject: 'o1', data: '{}' }));
  const fates = await fatesOf(world, sequence);
  assert.deepEqual(
    fates.map(({ kind }) => kind),
    ['declined', 'unmatched'],
  );
  const near = fates[1]?.kind === 'unmatched' ? fates[1].nearMisses : [];
  assert.equal(near.length, 1, 'the instance that waits is shown');
});

test('FEEL that fails is told with element and text, and the others get the event', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    waiting('BROKEN', { correlationKeyExpression: '=data.(' }),
    waiting('LIST', { correlationKeyExpression: '=data.items' }),
    waiting('NO_CONTEXT', { resultExpression: '=1' }),
    waiting('TEXT', { activationCondition: '="yes"' }),
    waiting('GOOD', { correlationKeyExpression: '=data.id' }),
  );
  await startInstance(world, 'GOOD', { order: '1' });
  const sequence = await world.publish(eventOf('Paid', { subject: 's', data: '{"id":1,"items":[1]}' }));
  const fates = await fatesOf(world, sequence);
  const reasons = Object.fromEntries(
    fates.map((fate) => [
      'bpmnProcessId' in fate ? fate.bpmnProcessId : '',
      fate.kind === 'refused' ? fate.reason : fate.kind,
    ]),
  );
  assert.equal(reasons['GOOD'], 'correlated');
  assert.match(reasons['BROKEN'] ?? '', /^The correlation key '=data\.\(' does not parse/);
  assert.match(reasons['LIST'] ?? '', /gives \[1\]\. Make it give a text or a number/);
  assert.match(reasons['NO_CONTEXT'] ?? '', /gives 1\. Make it give a context/);
  assert.match(reasons['TEXT'] ?? '', /gives "yes"\. Make it give true or false/);
});

test('result variable and result expression say which variables the data become', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    waiting('WHOLE', { resultVariable: 'payment' }),
    modelOf(
      'SOME',
      [start, wait('wait', 'Sent', { resultExpression: '={sum: data.amount * 2, by: event.source}' }), end],
      message('Sent', '=order'),
    ),
  );
  await startInstance(world, 'WHOLE', { order: 'o1' });
  await startInstance(world, 'SOME', { order: 'o1' });
  await world.publish(eventOf('Paid', { subject: 'o1', data: '[1, 2.50]' }));
  await world.publish(eventOf('Sent', { subject: 'o1', data: '{"amount":21,"secret":"x"}' }));
  const variables = variablesOf(world);
  assert.equal(variables['payment'], '[1, 2.50]', 'also data that are no object, exactly');
  assert.equal(variables['sum'], '42');
  assert.equal(variables['by'], '"/test"');
  assert.equal(variables['secret'], undefined);
});

test('a message id from the data drops the second of two events while the first one waits', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting('A', { messageIdExpression: '=data.paymentId' }));
  const parts = { subject: 'o1', data: '{"paymentId":"p1"}' };
  await world.publish(eventOf('Paid', parts));
  const second = await world.publish(eventOf('Paid', parts));
  const [fate] = await fatesOf(world, second);
  assert.match(
    fate?.kind === 'refused' ? fate.reason : '',
    /with id 'p1', but a message with that id was already/,
  );
});

test('a type of the configuration gives key, message name, variables and life to events that no model knows by that type', async (t) => {
  const world = await openWorld(t, {
    settings: {
      events: [
        {
          type: 'com.shop.paid',
          aliases: ['Shop.Paid'],
          message: 'Paid',
          correlationKey: 'order.id',
          resultVariable: 'paid',
          timeToLive: 5000,
        },
      ],
    },
  });
  await world.deploy(waiting('A', {}));
  await startInstance(world, 'A', { order: 'o1' });
  const sequence = await world.publish(eventOf('Shop.Paid', { data: '{"order":{"id":"o1"}}' }));
  assert.deepEqual(await world.fates(sequence), ['correlated']);
  assert.equal(variablesOf(world)['paid'], '{"order":{"id":"o1"}}');
  const early = await world.publish(eventOf('com.shop.paid', { data: '{"order":{"id":"o2"}}' }));
  const [fate] = await fatesOf(world, early);
  assert.deepEqual(fate?.kind === 'buffered' && [fate.messageName, fate.until], ['Paid', START + 5000]);
});

test('binary data become one variable where the settings say so, and texts in strings stay texts', async (t) => {
  const world = await openWorld(t, { settings: { binaryVariable: 'file', unwrapJsonText: false } });
  await world.deploy(waiting('A', {}));
  await startInstance(world, 'A', { order: 'o1' });
  await startInstance(world, 'A', { order: 'o2' });
  await world.publish(eventOf('Paid', { subject: 'o1', data: 'abc', contentType: 'image/png' }));
  assert.equal(variablesOf(world)['file'], '"YWJj"');
  const twice = await world.publish(eventOf('Paid', { subject: 'o2', data: '"{\\"a\\":1}"' }));
  assert.deepEqual(await world.fates(twice), ['unmatched']);
});

test('a message without life that reaches instances beyond its turn is told as correlated, never as expired', async (t) => {
  // A turn of so few records ends before the first instance takes the message.
  const world = await openWorld(t, { engine: createEngine({ maxRecords: 3 }) });
  await world.deploy(...['A', 'B', 'C'].map((id) => waiting(id, { messageTtl: 'PT0S' })));
  for (const id of ['A', 'B', 'C']) await startInstance(world, id, { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { subject: 'o1' }));
  assert.deepEqual(await world.fates(sequence), ['correlated', 'correlated', 'correlated']);
  const late = await world.publish(eventOf('Paid', { subject: 'o1' }));
  assert.deepEqual(await world.fates(late), ['expired'], 'nobody waits any more');
});

test('data that break a schema are kept with the reason and move no process; a job whose data do fails', async (t) => {
  const sink = await openSink(t);
  const schema = { type: 'object', required: ['amount'], properties: { amount: { type: 'number' } } };
  const world = await openWorld(t, {
    settings: {
      schemas: [
        { type: 'Paid', schema, mode: 'note' },
        { dataschema: 'https://example.com/told', schema, mode: 'refuse' },
        { type: 'Told', schema, mode: 'refuse' },
      ],
    },
  });
  await world.deploy(
    waiting('A', {}),
    modelOf('OUT', [start, send('tell', { Type: 'Told', Data: '={amount: amount}', Host: sink.url }), end]),
  );
  await startInstance(world, 'A', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { subject: 'o1', data: '{"amount":"5"}' }));
  assert.deepEqual(await fatesOf(world, sequence), [
    { kind: 'refused', reason: "It breaks the schema of type 'Paid': '/amount' must be number (type)." },
  ]);
  assert.deepEqual(completed(world), ['start']);
  await startInstance(world, 'OUT', { amount: 'much' });
  assert.deepEqual(incidentsOf(world), [
    "The event is not sent. It breaks the schema of type 'Told': '/amount' must be number (type).",
  ]);
  await startInstance(world, 'OUT', { amount: 5 });
  await sink.reached(1);
});

test('start mappings that came over HTTP outlive a restart, and those of the configuration are its own at each start', async (t) => {
  const plain = modelOf('PLAIN', [start, end]);
  const events = [{ type: 'Filed', start: [{ bpmnProcessId: 'PLAIN' }] }];
  const first = await openWorld(t, { settings: { events } });
  await first.deploy(plain);
  await first.events.putStartMapping({ type: 'Asked', bpmnProcessId: 'PLAIN' });
  await first.close();
  const second = await openWorld(t, { data: first.data });
  assert.deepEqual(await second.fates(await second.publish(eventOf('Asked'))), ['started']);
  assert.deepEqual(await second.fates(await second.publish(eventOf('Filed'))), ['unmatched']);
});
