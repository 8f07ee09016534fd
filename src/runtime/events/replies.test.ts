import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  completed,
  end,
  eventOf,
  jobsOf,
  modelOf,
  openWorld,
  send,
  start,
  startInstance,
  variablesOf,
  type World,
} from './world.test-helper.ts';

const waitHeaders = { Type: 'Pay', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Paid', CorrelationKey: '=order' };
const waiting = modelOf('WAIT', [start, send('pay', waitHeaders), end]);

/** A model that waits for a reply for a minute, by a timer that interrupts the task. */
const limited = waiting.replace(
  '</bpmn:process>',
  `<bpmn:boundaryEvent id="tooLate" attachedToRef="pay"><bpmn:outgoing>late</bpmn:outgoing>
    <bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="late" sourceRef="tooLate" targetRef="given"/>
  <bpmn:endEvent id="given"><bpmn:incoming>late</bpmn:incoming></bpmn:endEvent></bpmn:process>`,
);

async function jobKey(world: World): Promise<string> {
  return String(jobsOf(world).at(-1)?.key ?? assert.fail('no job'));
}

test('F1 a job waits without a lock and a reply that names it by extension completes it with its data', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  const instance = await startInstance(world, 'WAIT', { order: 'o1' });
  assert.deepEqual(completed(world), ['start']);
  const extensions = { jobkey: await jobKey(world) };
  const sequence = await world.publish(eventOf('Paid', { extensions, data: '{"amount":12.50}' }));
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
  const { fates } = await world.story(sequence);
  assert.deepEqual(
    fates.map(({ fate }) => fate),
    [{ kind: 'reply', jobKey: extensions.jobkey, processInstanceKey: String(instance), elementId: 'pay' }],
  );
  assert.equal(variablesOf(world)['amount'], '12.50', 'numbers pass through as they are');
});

test('F1 a reply is found by the subject of three keys', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  const instance = await startInstance(world, 'WAIT', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', { subject: `1:${instance}:${await jobKey(world)}` }));
  assert.deepEqual(await world.fates(sequence), ['reply']);
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
});

test('F1 a reply is found by its type and correlation key, so that services need not know of jobs', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  await startInstance(world, 'WAIT', { order: 'o2' });
  const sequence = await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o2' } }));
  assert.deepEqual(await world.fates(sequence), ['reply']);
  assert.deepEqual(completed(world), ['start', 'start', 'pay', 'end', 'WAIT']);
});

test('F4 an event that names a job but is of another type than it waits for is not its reply', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  const extensions = { jobkey: await jobKey(world) };
  const sequence = await world.publish(eventOf('Refused', { extensions }));
  assert.deepEqual(await world.fates(sequence), ['unmatched']);
  assert.deepEqual(completed(world), ['start']);
});

test('F4 the event that a job sends is not its own reply', async (t) => {
  const world = await openWorld(t);
  const headers = { ...waitHeaders, Type: 'Paid' };
  await world.deploy(modelOf('WAIT', [start, send('pay', headers), end]));
  await startInstance(world, 'WAIT', { order: 'o1' });
  assert.deepEqual(completed(world), ['start']);
});

test('F5 a reply that comes twice has an effect once: by its id it is a duplicate, by another id it is late', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  const extensions = { jobkey: await jobKey(world) };
  const reply = eventOf('Paid', { extensions });
  const first = await world.publish(reply);
  const [receipt] = await world.runtime.publish([reply]);
  assert.deepEqual({ ...receipt, id: '' }, { source: '/test', id: '', sequence: first, duplicate: true });
  assert.deepEqual((await world.story(first)).repeats?.count, 1);
  const late = await world.publish(eventOf('Paid', { extensions }));
  const [fate] = (await world.story(late)).fates;
  assert.deepEqual(fate?.fate, {
    kind: 'lateReply',
    jobKey: extensions.jobkey,
    reason: `Event number ${first} has completed the job before.`,
  });
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
});

test('F5 a reply to a job that was canceled is late and says why', async (t) => {
  const world = await openWorld(t);
  await world.deploy(limited);
  await startInstance(world, 'WAIT', { order: 'o1' });
  await world.pass(60_000);
  assert.deepEqual(completed(world), ['start', 'tooLate', 'given', 'WAIT']);
  const sequence = await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o1' } }));
  const [fate] = (await world.story(sequence)).fates;
  assert.equal(fate?.fate.kind, 'lateReply');
  assert.match(JSON.stringify(fate), /canceled before/);
});

test('F5 a reply that comes before its job waits is kept, and completes the job when it comes to wait', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  const sequence = await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o1' } }));
  assert.deepEqual(await world.fates(sequence), ['earlyReply']);
  await startInstance(world, 'WAIT', { order: 'o1' });
  assert.deepEqual(await world.fates(sequence), ['earlyReply', 'reply']);
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
});

test('F5 an early reply whose time is over expires', async (t) => {
  const world = await openWorld(t, { settings: { timeToLive: 1000 } });
  await world.deploy(waiting);
  const sequence = await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o1' } }));
  await world.pass(1000);
  assert.deepEqual(await world.fates(sequence), ['earlyReply', 'expired']);
  await startInstance(world, 'WAIT', { order: 'o1' });
  assert.deepEqual(completed(world), ['start']);
});

test('F5 a reply to a job that nobody knows is told as such', async (t) => {
  const world = await openWorld(t);
  const sequence = await world.publish(eventOf('Paid', { extensions: { jobkey: '2251799813685999' } }));
  assert.deepEqual(
    (await world.story(sequence)).fates.map(({ fate }) => fate),
    [{ kind: 'unknownJob', jobKey: '2251799813685999' }],
  );
});

test('F5 a reply whose data are no variables is kept and leaves the job waiting', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  const extensions = { jobkey: await jobKey(world) };
  for (const parts of [{ data: '[1]' }, { data: '<a/>', contentType: 'text/xml' }]) {
    const sequence = await world.publish(eventOf('Paid', { ...parts, extensions }));
    assert.deepEqual(await world.fates(sequence), ['unusableReply']);
  }
  assert.deepEqual(completed(world), ['start']);
  await world.publish(eventOf('Paid', { data: 'null', extensions }));
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
});

test('F18 a waiting job is never timed out, however long it waits; the model says how long it may', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  const year = 365 * 24 * 60 * 60 * 1000;
  await world.pass(3 * year);
  const timedOut = world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'JOB' && intent === 'TIMED_OUT');
  assert.deepEqual(timedOut, []);
  const sequence = await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o1' } }));
  assert.deepEqual(await world.fates(sequence), ['reply']);
});

test('F18 rows of jobs that are gone are forgotten after the window', async (t) => {
  const world = await openWorld(t, { settings: { windowMs: 60_000 } });
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  const extensions = { jobkey: await jobKey(world) };
  await world.publish(eventOf('Paid', { extensions }));
  await world.pass(2 * 60_000);
  const sequence = await world.publish(eventOf('Other', { extensions }));
  assert.deepEqual(await world.fates(sequence), ['unknownJob']);
});

test('F3 a job that is handed out again sends the same event again, and waits on', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waiting);
  await startInstance(world, 'WAIT', { order: 'o1' });
  const key = Number(await jobKey(world));
  const value = { retries: 1, retryBackOff: 0, errorMessage: 'again', variables: new Map() };
  await world.execute({ valueType: 'JOB', intent: 'FAIL', key, value });
  const story = await world.story(1);
  assert.equal(story.repeats?.count, 1);
  await assert.rejects(world.story(2), 'no second event');
  await world.publish(eventOf('Paid', { extensions: { jobkey: String(key) } }));
  assert.deepEqual(completed(world), ['start', 'pay', 'end', 'WAIT']);
});
