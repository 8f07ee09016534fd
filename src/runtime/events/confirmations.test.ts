import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  completed,
  end,
  eventOf,
  eventually,
  incidentsOf,
  jobsOf,
  modelOf,
  openSink,
  openWorld,
  type Sink,
  send,
  start,
  startInstance,
  temporaryFolder,
  type World,
} from './world.test-helper.ts';

const confirming = { Type: 'Told', Mode: 'EMIT_AND_CONFIRM' };
const model = (headers: Readonly<Record<string, string>>, outside = '') =>
  modelOf('CONFIRM', [start, send('tell', { ...confirming, ...headers }), end]).replace(
    '</bpmn:process>',
    `${outside}</bpmn:process>`,
  );
const subscribe = (world: World, sink: Sink) =>
  world.events.createSubscription({ types: ['Told'], sink: sink.url, protocol: 'HTTP' });
const status =
  (code: number): Sink['answer'] =>
  (response) => {
    response.writeHead(code).end();
  };
const done = ['start', 'tell', 'end', 'CONFIRM'];

/** Resolves when the process has completed. */
const toEnd = (world: World) =>
  eventually(async () => (completed(world).at(-1) === 'CONFIRM' ? completed(world) : undefined));
const incident = (world: World) => eventually(async () => incidentsOf(world)[0]);

test('a task that confirms completes when its host has taken the event, not before', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = status(503);
  await world.deploy(model({ Host: sink.url }));
  await startInstance(world, 'CONFIRM');
  await sink.reached(1);
  assert.deepEqual(completed(world), ['start']);
  await eventually(async () => ((await world.story(1)).deliveries[0]?.attempts === 1 ? true : undefined));
  sink.answer = status(204);
  await world.pass(60_000);
  assert.deepEqual(await toEnd(world), done);
  assert.deepEqual(await world.events.waits({ limit: 10 }), []);
});

test('without a host all subscriptions that match must confirm', async (t) => {
  const world = await openWorld(t);
  const [quick, slow] = [await openSink(t), await openSink(t)];
  let confirm = (): void => undefined;
  slow.answer = (response) => {
    confirm = () => response.writeHead(204).end();
  };
  const { id } = await subscribe(world, slow);
  await subscribe(world, quick);
  await world.deploy(model({}));
  await startInstance(world, 'CONFIRM');
  await slow.reached(1);
  const [wait] = await eventually(async () => {
    const found = await world.events.waits({ limit: 10 });
    return found[0]?.receivers.length === 1 ? found : undefined;
  });
  assert.deepEqual(wait?.receivers, [{ kind: 'subscription', id }]);
  assert.deepEqual(completed(world), ['start']);
  confirm();
  assert.deepEqual(await toEnd(world), done);
});

test('with a host its answer alone counts', async (t) => {
  const world = await openWorld(t);
  const [host, subscriber] = [await openSink(t), await openSink(t)];
  subscriber.answer = () => undefined;
  await subscribe(world, subscriber);
  await world.deploy(model({ Host: host.url }));
  await startInstance(world, 'CONFIRM');
  assert.deepEqual(await toEnd(world), done);
});

test('if nobody is there to confirm, the job fails at once and says so', async (t) => {
  const world = await openWorld(t);
  await world.deploy(model({}));
  await startInstance(world, 'CONFIRM');
  assert.match(incidentsOf(world).join(), /^Nobody would confirm the event: no subscription matches it/);
  assert.deepEqual((await world.events.search({ limit: 1 })).items, []);
});

test('a delivery that is given up fails the job, which is tried again with the same event until its retries end', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = status(400);
  await world.deploy(model({ Host: sink.url, Retries: '2', RetryBackoff: 'PT10S' }));
  await startInstance(world, 'CONFIRM');
  const [resting] = await eventually(async () => {
    const found = await world.events.waits({ limit: 1 });
    return found[0]?.resting === undefined ? undefined : found;
  });
  assert.match(resting?.resting ?? '', /^Event number 1 was given up for http.* The sink answered 400/);
  await world.pass(9_999);
  assert.equal(sink.received.length, 1);
  await world.pass(1);
  const [first, second] = await sink.reached(2);
  assert.equal(first?.headers['ce-id'], second?.headers['ce-id']);
  assert.match(await incident(world), /given up/);
  const retries = world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'JOB' && intent === 'FAILED')
    .map(({ value }) => (value as { retries: number }).retries);
  assert.deepEqual(retries, [1, 0]);
});

test('a status that the task maps throws its BPMN error, and one that no boundary catches is an incident', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = status(402);
  const boundary = `<bpmn:boundaryEvent id="poor" attachedToRef="tell"><bpmn:outgoing>out</bpmn:outgoing><bpmn:errorEventDefinition errorRef="money"/></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="out" sourceRef="poor" targetRef="sorry"/><bpmn:endEvent id="sorry"><bpmn:incoming>out</bpmn:incoming></bpmn:endEvent>`;
  const headers = { Host: sink.url, ErrorStatuses: '402=NO_MONEY, 4xx=REJECTED' };
  const withError = model(headers, boundary).replace(
    '<bpmn:process ',
    '<bpmn:error id="money" name="money" errorCode="NO_MONEY"/><bpmn:process ',
  );
  await world.deploy(withError);
  await startInstance(world, 'CONFIRM');
  assert.deepEqual(await toEnd(world), ['start', 'poor', 'sorry', 'CONFIRM']);
  sink.answer = status(401);
  await startInstance(world, 'CONFIRM');
  assert.match(await incident(world), /the code 'REJECTED' with message 'Event number 2 was given up/);
});

test('a job that was canceled meanwhile does not mind what becomes of its event', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  let confirm = (): void => undefined;
  sink.answer = (response) => {
    confirm = () => response.writeHead(204).end();
  };
  await world.deploy(model({ Host: sink.url }));
  const key = await startInstance(world, 'CONFIRM');
  await sink.reached(1);
  await world.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key });
  assert.deepEqual(await world.events.waits({ limit: 1 }), []);
  confirm();
  await eventually(async () => ((await world.story(1)).deliveries.length === 0 ? true : undefined));
  assert.deepEqual(await world.fates(1), ['unmatched', 'delivered']);
  assert.deepEqual(incidentsOf(world), []);
});

test('a subscription that is deleted before it confirmed fails the job', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = status(503);
  const { id } = await subscribe(world, sink);
  await world.deploy(model({ Retries: '1' }));
  await startInstance(world, 'CONFIRM');
  await sink.reached(1);
  await eventually(async () => ((await world.story(1)).deliveries[0]?.attempts === 1 ? true : undefined));
  await world.events.deleteSubscription(id);
  await world.pass(60_000);
  assert.match(await incident(world), /did not confirm it: its subscription was deleted/);
});

test('a confirmation that was awaited before a restart completes the job after it', async (t) => {
  const data = temporaryFolder(t);
  const sink = await openSink(t);
  sink.answer = () => undefined;
  const before = await openWorld(t, { data });
  await before.deploy(model({ Host: sink.url }));
  await startInstance(before, 'CONFIRM');
  await sink.reached(1);
  await before.close();
  sink.answer = status(204);
  const after = await openWorld(t, { data });
  assert.deepEqual(await toEnd(after), done);
});

test('an event that names a job that only wants confirmation is no reply to it', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = () => undefined;
  await world.deploy(model({ Host: sink.url }));
  await startInstance(world, 'CONFIRM');
  const jobkey = String(jobsOf(world)[0]?.key);
  const sequence = await world.publish(eventOf('Paid', { extensions: { jobkey } }));
  assert.deepEqual(await world.fates(sequence), ['unknownJob']);
  assert.deepEqual(completed(world), ['start']);
});
