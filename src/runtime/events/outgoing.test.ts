import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, idOf, sourceOf, subjectOf, typeOf } from '../../cloudevents/index.ts';
import {
  completed,
  end,
  eventually,
  incidentsOf,
  jobsOf,
  modelOf,
  openSink,
  openWorld,
  send,
  start,
  startInstance,
} from './world.test-helper.ts';

test('F2 a task that emits stores its event with its completion, and the event is delivered to host and subscriptions', async (t) => {
  const world = await openWorld(t);
  const host = await openSink(t);
  const subscriber = await openSink(t);
  await world.events.createSubscription({
    types: ['Tickets.Emitted'],
    sink: subscriber.url,
    protocol: 'HTTP',
  });
  await world.deploy(
    modelOf('EMIT', [start, send('emit', { Type: 'Tickets.Emitted', Host: host.url }), end]),
  );
  const instance = await startInstance(world, 'EMIT', { sessionId: 'abc' });
  assert.deepEqual(completed(world), ['start', 'emit', 'end', 'EMIT']);
  const [received] = await host.reached(1);
  await subscriber.reached(1);
  const event = received?.event ?? assert.fail();
  const [job] = jobsOf(world);
  assert.equal(typeOf(event), 'Tickets.Emitted');
  assert.equal(sourceOf(event), '/process/EMIT');
  assert.equal(idOf(event), `engine-1-${job?.key}`);
  assert.equal(subjectOf(event), `${job?.value.processDefinitionKey}:${instance}:${job?.key}`);
  assert.equal(attribute(event, 'bpmnactivityname'), 'Task emit');
  assert.equal(received?.body, '{"sessionId":"abc"}');
  assert.equal(received?.headers.prefer, 'reply');
  const fates = await eventually(async () => {
    const story = await world.story(1);
    return story.deliveries.length === 0 ? story.fates.map(({ fate }) => fate.kind).sort() : undefined;
  });
  assert.deepEqual(fates, ['delivered', 'delivered', 'unmatched']);
  assert.deepEqual(incidentsOf(world), []);
});

test('F3 the id of an event is that of its job, whatever happens', async (t) => {
  const world = await openWorld(t);
  await world.deploy(modelOf('EMIT', [start, send('emit', { Type: 'Told' }), end]));
  await startInstance(world, 'EMIT');
  await startInstance(world, 'EMIT');
  const { items: found } = await world.events.search({ limit: 10 });
  assert.deepEqual(
    found.map(({ id }) => id).reverse(),
    jobsOf(world).map(({ key }) => `engine-1-${key}`),
  );
});

test('F6 a task without Type, or with an unknown Mode, raises an incident with the reason at once', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    modelOf('NO_TYPE', [start, send('a', { Host: 'http://localhost:1/' }), end]),
    modelOf('NO_MODE', [start, send('a', { Type: 'Told', Mode: 'PERHAPS' }), end]),
  );
  await startInstance(world, 'NO_TYPE');
  await startInstance(world, 'NO_MODE');
  assert.deepEqual(incidentsOf(world), [
    "The task header 'Type' is missing. Set it to the type of the event to send.",
    "The task header 'Mode' is 'PERHAPS'. Set it to one of EMIT_ONLY, EMIT_AND_CONFIRM, WAIT_FOR_CLOUD_EVENT.",
  ]);
  assert.deepEqual((await world.events.search({ limit: 10 })).items, []);
});

test('F6 a FEEL header that gives nothing raises an incident, and the job goes on when it is mended', async (t) => {
  const world = await openWorld(t);
  await world.deploy(modelOf('EMIT', [start, send('emit', { Type: '=kind' }), end]));
  const instance = await startInstance(world, 'EMIT');
  assert.match(incidentsOf(world).join(), /^The task header 'Type' is '=kind', which gives null/);
  const [job] = jobsOf(world);
  const incident = world
    .journal()
    .find(({ valueType, intent }) => valueType === 'INCIDENT' && intent === 'CREATED');
  await world.execute({
    valueType: 'VARIABLE_DOCUMENT',
    intent: 'UPDATE',
    value: { scopeKey: instance, updateSemantics: 'LOCAL', variables: new Map([['kind', '"Told"']]) },
  });
  const key = job?.key ?? assert.fail();
  await world.execute({ valueType: 'JOB', intent: 'UPDATE_RETRIES', key, value: { retries: 1 } });
  await world.execute({ valueType: 'INCIDENT', intent: 'RESOLVE', key: incident?.key ?? assert.fail() });
  assert.deepEqual(completed(world), ['start', 'emit', 'end', 'EMIT']);
  assert.equal((await world.events.search({ limit: 1 })).items[0]?.type, 'Told');
});

test('F7 a task whose Host is no allowed target sends nothing: an incident says what to do', async (t) => {
  const world = await openWorld(t);
  const headers = { Type: 'Told', Host: 'http://169.254.169.254/latest' };
  await world.deploy(modelOf('EMIT', [start, send('emit', headers), end]));
  await startInstance(world, 'EMIT');
  assert.match(
    incidentsOf(world).join(),
    /^The task header 'Host': 'http:\/\/169.254.169.254' is not allowed/,
  );
  assert.deepEqual((await world.events.search({ limit: 1 })).items, []);
});

test('F7 the host map sends what a model names to where it really is', async (t) => {
  const sink = await openSink(t);
  const { origin } = new URL(sink.url);
  const world = await openWorld(t, { settings: { hostMap: [{ from: 'http://tickets', to: origin }] } });
  await world.deploy(
    modelOf('EMIT', [start, send('emit', { Type: 'Told', Host: 'http://tickets/checkout' }), end]),
  );
  await startInstance(world, 'EMIT');
  const [received] = await sink.reached(1);
  assert.equal(received?.url, '/checkout');
});

test('F9 only what the Data header chooses leaves', async (t) => {
  const world = await openWorld(t);
  const headers = { Type: 'Told', Data: '={sessionId: sessionId}' };
  await world.deploy(modelOf('EMIT', [start, send('emit', headers), end]));
  await startInstance(world, 'EMIT', { sessionId: 'abc', secret: 'x' });
  const { event } = await world.story(1);
  assert.equal(new TextDecoder().decode(event.data), '{"sessionId":"abc"}');
});

test('F10 the event of a job has lower-case names and its data is a JSON object', async (t) => {
  const world = await openWorld(t);
  await world.deploy(modelOf('EMIT', [start, send('emit', { TYPE: 'Told', 'correlation-key': '=id' }), end]));
  await startInstance(world, 'EMIT', { id: 7, list: [1, 2] });
  const { event } = await world.story(1);
  for (const name of event.attributes.keys()) assert.match(name, /^[a-z0-9]+$/);
  assert.equal(attribute(event, 'correlationkey'), '7');
  assert.equal(new TextDecoder().decode(event.data), '{"id":7,"list":[1,2]}');
});

test('the activity extensions have their meaning of 2020 if the settings say so', async (t) => {
  const world = await openWorld(t, { settings: { legacyActivityIds: true } });
  await world.deploy(modelOf('EMIT', [start, send('emit', { Type: 'Told' }), end]));
  await startInstance(world, 'EMIT');
  const { event } = await world.story(1);
  const [job] = jobsOf(world);
  assert.equal(attribute(event, 'bpmnactivityid'), String(job?.value.elementInstanceKey));
  assert.equal(attribute(event, 'bpmnactivityname'), 'emit');
});

test('a multi-instance of a thousand emitting tasks is served in bounded shares to its end', async (t) => {
  const world = await openWorld(t);
  const loop =
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=for i in 1..1000 return i" inputElement="n"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>';
  const task = send('emit', { Type: 'Told', Data: '={n: n}' }).replace('$FLOWS', `$FLOWS${loop}`);
  await world.deploy(modelOf('MANY', [start, task, end]));
  await startInstance(world, 'MANY');
  await world.pass(0);
  assert.equal(completed(world).at(-1), 'MANY');
  assert.equal((await world.events.search({ limit: 2000 })).items.length, 1000);
});
