import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { subjectOf, typeOf } from '../src/cloudevents/index.ts';
import { EVENT_PROPERTIES, JOB_HEADER_NAMES, planOf, readJobHeaders } from '../src/router/index.ts';
import {
  completed,
  end,
  eventOf,
  eventually,
  incidentsOf,
  modelOf,
  openSink,
  openWorld,
  start,
  startInstance,
} from '../src/runtime/events/world.test-helper.ts';

interface Property {
  readonly id?: string;
  readonly label?: string;
  readonly description?: string;
  readonly type: string;
  readonly value?: string;
  readonly group?: string;
  readonly optional?: boolean;
  readonly constraints?: {
    readonly notEmpty?: boolean;
    readonly pattern?: { readonly value: string; readonly message: string };
  };
  readonly binding: {
    readonly type: string;
    readonly key?: string;
    readonly name?: string;
    readonly property?: string;
  };
}

interface Template {
  readonly $schema: string;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly appliesTo: readonly string[];
  readonly elementType: { readonly value: string; readonly eventDefinition?: string };
  readonly groups: readonly { readonly id: string; readonly label: string }[];
  readonly properties: readonly Property[];
  readonly icon: { readonly contents: string };
}

type Values = Readonly<Record<string, string>>;

const folder = resolve(import.meta.dirname, '../templates');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));
const read = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Template;
const templates = names.map(read);
const bindingTypes = new Set([
  'zeebe:taskDefinition',
  'zeebe:taskHeader',
  'zeebe:property',
  'bpmn:Message#property',
  'bpmn:Message#zeebe:subscription#property',
]);
/** Names of Camunda's inbound connectors. */
const eventProperties: readonly string[] = Object.values(EVENT_PROPERTIES);

// --- What Camunda Modeler does when a template is applied

/** Why a value must not be given to a property. */
function refusal({ label, constraints }: Property, value: string): string | undefined {
  if (constraints?.notEmpty && value === '') return `${label} must not be empty`;
  const { pattern } = constraints ?? {};
  return pattern && !new RegExp(pattern.value).test(value) ? `${label}: ${pattern.message}` : undefined;
}

interface Applied {
  readonly id: string;
  /** With `$FLOWS` where the flows belong. */
  readonly xml: string;
  /** What stands beside the process. */
  readonly outside: string;
  readonly headers: Values;
}

/** Makes the element of a template with the values that a user gives to its properties. */
function apply(template: Template, id: string, values: Values, attributes = ''): Applied {
  const given = template.properties.flatMap((property) => {
    const value = (property.id === undefined ? undefined : values[property.id]) ?? property.value ?? '';
    assert.equal(refusal(property, value), undefined);
    return value === '' && property.optional ? [] : [{ ...property.binding, value }];
  });
  const unknown = Object.keys(values).filter((key) => !template.properties.some((known) => known.id === key));
  assert.deepEqual(unknown, [], 'values of properties that the template has');
  const of = (type: string) => given.filter((binding) => binding.type === type);
  const tag = (name: string, pairs: Values) =>
    `<${name} ${Object.entries(pairs)
      .map(([key, value]) => `${key}="${escaped(value)}"`)
      .join(' ')}/>`;
  const definition = of('zeebe:taskDefinition').map(({ property = '', value }) => [property, value]);
  const headers = of('zeebe:taskHeader').map(({ key = '', value }) => [key, value] as const);
  const properties = of('zeebe:property').map(({ name = '', value }) =>
    tag('zeebe:property', { name, value }),
  );
  const extension = [
    definition.length > 0 ? tag('zeebe:taskDefinition', Object.fromEntries(definition)) : '',
    headers.length > 0
      ? `<zeebe:taskHeaders>${headers.map(([key, value]) => tag('zeebe:header', { key, value })).join('')}</zeebe:taskHeaders>`
      : '',
    properties.length > 0 ? `<zeebe:properties>${properties.join('')}</zeebe:properties>` : '',
  ].join('');
  const [name] = of('bpmn:Message#property');
  const [key] = of('bpmn:Message#zeebe:subscription#property');
  const subscription = key ? tag('zeebe:subscription', { correlationKey: key.value }) : '';
  const outside = name
    ? `<bpmn:message id="m" name="${escaped(name.value)}"><bpmn:extensionElements>${subscription}</bpmn:extensionElements></bpmn:message>`
    : '';
  const { value: element, eventDefinition } = template.elementType;
  const tagName = element.replace(/:(.)/, (_all, letter: string) => `:${letter.toLowerCase()}`);
  const message = name && !eventDefinition ? ' messageRef="m"' : '';
  const inner = eventDefinition ? '<bpmn:messageEventDefinition messageRef="m"/>' : '';
  return {
    id,
    outside,
    headers: Object.fromEntries(headers),
    xml: `<${tagName} id="${id}" zeebe:modelerTemplate="${template.id}" zeebe:modelerTemplateVersion="${template.version}"${message}${attributes}><bpmn:extensionElements>${extension}</bpmn:extensionElements>$FLOWS${inner}</${tagName}>`,
  };
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

// --- The templates as they stand

test('every template is complete: schema, name, version, groups, descriptions and an icon of its own', () => {
  assert.equal(new Set(templates.map(({ id }) => id)).size, names.length);
  assert.equal(new Set(templates.map(({ name }) => name)).size, names.length);
  for (const template of templates) {
    const { id, groups, properties, icon, elementType, appliesTo } = template;
    assert.match(template.$schema, /zeebe-element-templates-json-schema\/resources\/schema\.json$/);
    assert.equal(template.version, 1, id);
    assert.ok(template.description.length > 20, id);
    assert.ok(elementType.eventDefinition === undefined || appliesTo.includes(elementType.value), id);
    const svg = decodeURIComponent(icon.contents.replace('data:image/svg+xml,', ''));
    assert.match(
      svg,
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]+>(<(circle|path) [^<>]+\/>)+<\/svg>$/,
      id,
    );
    const shown = properties.filter(({ type }) => type !== 'Hidden');
    assert.deepEqual(new Set(shown.map(({ group }) => group)), new Set(groups.map((group) => group.id)), id);
    assert.equal(new Set(shown.map((property) => property.id)).size, shown.length, id);
    for (const property of shown) {
      assert.ok(property.label && property.description, `${id} ${property.id}`);
      assert.equal(property.optional, property.constraints?.notEmpty !== true, `${id} ${property.id}`);
      if (property.optional)
        assert.equal(refusal(property, ''), undefined, `${id} ${property.id} may be empty`);
    }
    for (const { binding } of properties) assert.ok(bindingTypes.has(binding.type), `${id} ${binding.type}`);
  }
});

test('each file is named as its template', () => {
  for (const name of names) assert.equal(read(name).id, `tutti.${name}`);
});

test('the templates write exactly the headers that the router reads, and each only where it means something', () => {
  const written = new Set<string>();
  for (const template of templates.filter(({ id }) => id.startsWith('tutti.emit'))) {
    const headers = Object.fromEntries(
      template.properties.flatMap(({ binding, value }) =>
        binding.key === undefined
          ? []
          : [[binding.key, value ?? samples[binding.key] ?? assert.fail(binding.key)]],
      ),
    );
    for (const key of Object.keys(headers)) written.add(key);
    const result = readJobHeaders(headers);
    assert.ok(result.ok, JSON.stringify(result));
    assert.ok(planOf(headers).ok);
    const kept = new Set(Object.values(result.headers));
    for (const value of Object.values(headers)) assert.ok(kept.has(value), value);
  }
  assert.deepEqual([...written].sort(), [...JOB_HEADER_NAMES].sort());
});

test('the templates of events write the properties of Camunda’s inbound connectors', () => {
  for (const template of templates.filter(({ id }) => !id.startsWith('tutti.emit'))) {
    const written = template.properties.flatMap(({ binding }) =>
      binding.type === 'zeebe:property' ? [binding.name] : [],
    );
    assert.deepEqual(written.sort(), [...eventProperties].sort(), template.id);
  }
});

/** A good value of each header, all different. */
const samples: Values = {
  Type: 'Order.Told',
  Host: '=host',
  Source: '/shop',
  Subject: '=order',
  Data: '={order: order}',
  DataSchema: 'https://schemas.example/told',
  DataContentType: 'application/json',
  PartitionKey: '=customer',
  CorrelationKey: '="k-" + order',
  WaitType: 'Order.Answered',
  Timeout: 'P1DT2H0.5S',
  TimeoutError: 'LATE',
  ErrorTypes: 'Order.Refused=REFUSED, Order.Lost=LOST',
  FailTypes: 'Order.Failed',
  ErrorStatuses: '402=NO_MONEY, 4xx=REJECTED',
  FailStatuses: '5xx, unreachable',
  Retries: '5',
  RetryBackoff: 'PT1M',
};
const mistakes: readonly (readonly [string, string])[] = [
  ['Type', ''],
  ['Host', 'tickets'],
  ['DataSchema', 'schema'],
  ['DataContentType', 'json'],
  ['Timeout', 'P'],
  ['Timeout', 'PT'],
  ['Timeout', '30s'],
  ['RetryBackoff', '1 minute'],
  ['ErrorTypes', 'Order.Refused'],
  ['ErrorTypes', 'Order.Refused='],
  ['ErrorStatuses', '40=X'],
  ['FailStatuses', '4x'],
  ['Retries', '0'],
];

test('the modeler takes good values of headers and says what is wrong with others', () => {
  const { properties } = read('emit-and-wait');
  const of = (key: string) => properties.find(({ binding }) => binding.key === key) ?? assert.fail(key);
  for (const [key, value] of Object.entries(samples)) assert.equal(refusal(of(key), value), undefined, key);
  for (const [key, value] of mistakes) assert.ok(refusal(of(key), value), `${key}=${value}`);
});

// --- The templates at work

test('a task made by “Emit event” sends its event and goes on', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const values = { type: 'Told', host: sink.url, subject: '=order', data: '={order: order, "say": "<&>"}' };
  const task = apply(read('emit-event'), 'emit', values);
  await world.deploy(modelOf('EMIT', [start, task.xml, end], task.outside));
  await startInstance(world, 'EMIT', { order: 'o1', secret: 1 });
  const [received] = await sink.reached(1);
  assert.equal(received && typeOf(received.event), 'Told');
  assert.equal(received && subjectOf(received.event), 'o1');
  assert.equal(received?.body, '{"order":"o1","say":"<&>"}');
  assert.deepEqual(completed(world), ['start', 'emit', 'end', 'EMIT']);
});

test('a task made by “Emit event and confirm” goes on when its receiver has taken the event', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  let confirm = (): void => undefined;
  sink.answer = (response) => {
    confirm = () => response.writeHead(204).end();
  };
  const task = apply(read('emit-and-confirm'), 'emit', { type: 'Told', host: sink.url, timeout: 'PT1M' });
  await world.deploy(modelOf('CONFIRM', [start, task.xml, end], task.outside));
  await startInstance(world, 'CONFIRM');
  await sink.reached(1);
  assert.deepEqual(completed(world), ['start']);
  confirm();
  await eventually(async () => (completed(world).at(-1) === 'CONFIRM' ? true : undefined));
});

test('a task made by “Emit event and wait for the reply” goes on when the reply comes', async (t) => {
  const world = await openWorld(t);
  const values = {
    type: 'Pay',
    waitType: 'Paid',
    correlationKey: '=order',
    errorTypes: 'Refused=NO',
    failTypes: 'Failed',
    timeout: '=duration("PT1M")',
    retries: '2',
    retryBackoff: 'PT5S',
    failStatuses: '5xx',
  };
  const task = apply(read('emit-and-wait'), 'pay', values);
  await world.deploy(modelOf('WAIT', [start, task.xml, end], task.outside));
  await startInstance(world, 'WAIT', { order: 'o1' });
  const [wait] = await world.events.waits({ limit: 1 });
  assert.deepEqual(
    [wait?.waitType, wait?.correlationKey, wait?.failureTypes],
    ['Paid', 'o1', ['Refused', 'Failed']],
  );
  await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o1' } }));
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
  assert.deepEqual(incidentsOf(world), []);
});

const waiting = { eventType: 'Sent', correlationKey: '=order' };
for (const name of ['wait-for-event-catch', 'wait-for-event-receive']) {
  test(`an element made by “${read(name).name}” goes on when the event with its key comes`, async (t) => {
    const world = await openWorld(t);
    const element = apply(read(name), 'wait', { ...waiting, messageTtl: 'PT10M' });
    await world.deploy(modelOf('CATCH', [start, element.xml, end], element.outside));
    await startInstance(world, 'CATCH', { order: 'o1' });
    await world.publish(eventOf('Sent', { extensions: { correlationkey: 'o2' } }));
    assert.deepEqual(completed(world), ['start']);
    await world.publish(eventOf('Sent', { extensions: { correlationkey: 'o1' } }));
    assert.deepEqual(completed(world), ['start', 'wait', 'end', 'CATCH']);
  });
}

test('a boundary event made by “Wait for event” takes its task’s place when the event comes', async (t) => {
  const world = await openWorld(t);
  const boundary = apply(read('wait-for-event-boundary'), 'left', waiting, ' attachedToRef="task"');
  const task = '<bpmn:receiveTask id="task" messageRef="never">$FLOWS</bpmn:receiveTask>';
  const never =
    '<bpmn:message id="never" name="Never"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>';
  const xml = modelOf('BOUNDARY', [start, task, end], boundary.outside + never).replace(
    '</bpmn:process>',
    `${boundary.xml.replace('$FLOWS', '<bpmn:outgoing>out</bpmn:outgoing>')}<bpmn:sequenceFlow id="out" sourceRef="left" targetRef="gone"/>
    <bpmn:endEvent id="gone"><bpmn:incoming>out</bpmn:incoming></bpmn:endEvent></bpmn:process>`,
  );
  await world.deploy(xml);
  await startInstance(world, 'BOUNDARY', { order: 'o1' });
  await world.publish(eventOf('Sent', { extensions: { correlationkey: 'o1' } }));
  assert.deepEqual(completed(world), ['start', 'left', 'gone', 'BOUNDARY']);
});

test('a start event made by “Start by event” starts an instance with the data as variables', async (t) => {
  const world = await openWorld(t);
  const element = apply(read('start-by-event'), 'begin', { eventType: 'Ordered' });
  await world.deploy(modelOf('START', [element.xml, end], element.outside));
  const sequence = await world.publish(eventOf('Ordered', { data: '{"order":"o1"}' }));
  assert.deepEqual(await world.fates(sequence), ['started']);
  assert.deepEqual(completed(world), ['begin', 'end', 'START']);
});
