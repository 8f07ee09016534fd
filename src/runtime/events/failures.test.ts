import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf } from '../../cloudevents/index.ts';
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
  send,
  start,
  startInstance,
  temporaryFolder,
  variablesOf,
  type World,
} from './world.test-helper.ts';

type Headers = Readonly<Record<string, string>>;

const waitHeaders = { Type: 'Pay', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Paid', CorrelationKey: '=order' };
const keyed = (data?: string, more: Headers = {}) => ({
  extensions: { correlationkey: 'o1', ...more },
  ...(data !== undefined && { data }),
});

/** A task that waits, with a boundary event that catches the error REFUSED. */
function model(headers: Headers): string {
  return modelOf('PAY', [start, send('pay', { ...waitHeaders, ...headers }), end])
    .replace(
      '</bpmn:process>',
      `<bpmn:boundaryEvent id="caught" attachedToRef="pay"><bpmn:outgoing>out</bpmn:outgoing><bpmn:errorEventDefinition errorRef="refused"/></bpmn:boundaryEvent>
       <bpmn:sequenceFlow id="out" sourceRef="caught" targetRef="sorry"/>
       <bpmn:endEvent id="sorry"><bpmn:incoming>out</bpmn:incoming></bpmn:endEvent></bpmn:process>`,
    )
    .replace('<bpmn:process ', '<bpmn:error id="refused" name="refused" errorCode="REFUSED"/><bpmn:process ');
}

const caught = ['start', 'caught', 'sorry', 'PAY'];
const paid = ['start', 'pay', 'end', 'PAY'];

async function opened(
  t: Parameters<typeof openWorld>[0],
  headers: Headers,
  options: Parameters<typeof openWorld>[1] = {},
): Promise<World> {
  const world = await openWorld(t, options);
  await world.deploy(model(headers));
  await startInstance(world, 'PAY', { order: 'o1' });
  return world;
}

const sent = async (world: World) =>
  (await world.events.search({ type: 'Pay', limit: 10 })).items.map(({ id }) => id).reverse();
const failures = (world: World) =>
  world
    .journal()
    .filter(({ valueType, intent }) => valueType === 'JOB' && intent === 'FAILED')
    .map(({ value }) => value as { retries: number; retryBackoff: number; errorMessage: string });

test('a reply of a type that the task maps throws the BPMN error, and its data become variables', async (t) => {
  const world = await opened(t, { ErrorTypes: 'Payments.Refused=REFUSED' });
  const sequence = await world.publish(eventOf('Payments.Refused', keyed('{"limit":10}')));
  const [fate] = (await world.story(sequence)).fates;
  assert.deepEqual(
    { ...fate?.fate, jobKey: '', processInstanceKey: '' },
    {
      kind: 'errorReply',
      jobKey: '',
      processInstanceKey: '',
      elementId: 'pay',
      errorCode: 'REFUSED',
    },
  );
  assert.deepEqual(completed(world), caught);
  assert.equal(variablesOf(world)['limit'], '10');
  const late = await world.publish(eventOf('Paid', keyed()));
  assert.deepEqual(await world.fates(late), ['lateReply']);
});

test('F11 a reply with the extension errorcode throws that error with its message', async (t) => {
  const world = await opened(t, {});
  await world.publish(eventOf('Paid', keyed('{}', { errorcode: 'REFUSED', errormessage: 'No.' })));
  assert.deepEqual(completed(world), caught);
  const thrown = world.journal().filter(({ intent }) => intent === 'ERROR_THROWN');
  assert.deepEqual(
    thrown.map(({ value }) => (value as { errorMessage: string }).errorMessage),
    ['No.'],
  );
});

test('an error that nothing catches is an incident; resolved, the task asks again with another event', async (t) => {
  const world = await opened(t, { ErrorTypes: 'Payments.Refused=UNKNOWN' });
  const refused = await world.publish(eventOf('Payments.Refused', keyed()));
  assert.deepEqual(await world.fates(refused), ['errorReply']);
  assert.match(incidentsOf(world).join(), /the code 'UNKNOWN' with message 'The reply was/);
  const [wait] = await world.events.waits({ limit: 1 });
  assert.match(wait?.resting ?? '', /the error 'UNKNOWN', which nothing catches/);
  const created = world
    .journal()
    .find(({ valueType, intent }) => valueType === 'INCIDENT' && intent === 'CREATED');
  await world.execute({ valueType: 'INCIDENT', intent: 'RESOLVE', key: created?.key ?? assert.fail() });
  const key = jobsOf(world)[0]?.key;
  assert.deepEqual(await sent(world), [`engine-1-${key}`, `engine-1-${key}-2`]);
  await world.publish(eventOf('Paid', keyed()));
  assert.deepEqual(completed(world), paid);
});

test('a reply that fails the job costs a retry, waits the back-off, and asks again with another event', async (t) => {
  const world = await opened(t, { FailTypes: 'Payments.Failed', Retries: '2', RetryBackoff: 'PT30S' });
  const failed = await world.publish(eventOf('Payments.Failed', keyed('{"why":"busy"}')));
  const [fate] = (await world.story(failed)).fates;
  assert.equal(fate?.fate.kind === 'failReply' && (fate.fate as { retries?: number }).retries, 1);
  assert.equal(variablesOf(world)['why'], '"busy"');
  assert.equal((await sent(world)).length, 1);
  await world.pass(30_000);
  const key = jobsOf(world)[0]?.key;
  assert.deepEqual(await sent(world), [`engine-1-${key}`, `engine-1-${key}-2`]);
  assert.deepEqual(incidentsOf(world), []);
  await world.publish(eventOf('Payments.Failed', keyed(undefined, { errormessage: 'Still busy.' })));
  assert.deepEqual(incidentsOf(world), ['Still busy.']);
  assert.deepEqual(
    failures(world).map(({ retries, retryBackoff }) => [retries, retryBackoff]),
    [
      [1, 30_000],
      [0, 0],
    ],
  );
});

test('without the header Retries the retries of the task definition count down', async (t) => {
  const world = await opened(t, { FailTypes: 'Payments.Failed' });
  for (const _try of [1, 2, 3]) await world.publish(eventOf('Payments.Failed', keyed()));
  assert.deepEqual(
    failures(world).map(({ retries }) => retries),
    [2, 1, 0],
  );
  assert.equal((await sent(world)).length, 3);
});

test('a reply that comes while the job rests is kept and completes it when it is tried again', async (t) => {
  const world = await opened(t, { FailTypes: 'Payments.Failed', RetryBackoff: 'PT30S' });
  await world.publish(eventOf('Payments.Failed', keyed()));
  const jobkey = String(jobsOf(world)[0]?.key);
  const sequence = await world.publish(eventOf('Paid', { extensions: { jobkey } }));
  assert.deepEqual(await world.fates(sequence), ['earlyReply']);
  await world.pass(30_000);
  assert.deepEqual(await world.fates(sequence), ['earlyReply', 'reply']);
  assert.deepEqual(completed(world), paid);
});

test('a reply that was kept for a job that is not tried again expires', async (t) => {
  const settings = { timeToLive: 1000 };
  const world = await opened(t, { FailTypes: 'Payments.Failed', Retries: '1' }, { settings });
  await world.publish(eventOf('Payments.Failed', keyed()));
  const sequence = await world.publish(eventOf('Paid', keyed()));
  await world.pass(1000);
  assert.deepEqual(await world.fates(sequence), ['earlyReply', 'expired']);
});

test('a failing reply that comes before its job waits is kept too', async (t) => {
  const world = await openWorld(t);
  await world.deploy(model({ ErrorTypes: 'Payments.Refused=REFUSED' }));
  const sequence = await world.publish(eventOf('Payments.Refused', keyed()));
  assert.deepEqual(await world.fates(sequence), ['earlyReply']);
  await startInstance(world, 'PAY', { order: 'o1' });
  assert.deepEqual(completed(world), caught);
});

test('where a reply is awaited, a receiver’s final answer ends the wait only if the task maps it', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = (response) => response.writeHead(402).end();
  await world.deploy(
    model({ Host: sink.url, ErrorStatuses: '402=REFUSED' }),
    model({ Host: sink.url, ErrorStatuses: '500=REFUSED' }).replaceAll('PAY', 'WAIT'),
  );
  await startInstance(world, 'PAY', { order: 'o1' });
  await eventually(async () => (completed(world).length === caught.length ? true : undefined));
  assert.deepEqual(completed(world), caught);
  await startInstance(world, 'WAIT', { order: 'o2' });
  await eventually(async () => ((await world.story(2)).fates.length === 2 ? true : undefined));
  await world.publish(eventOf('Paid', { extensions: { correlationkey: 'o2' } }));
  assert.equal(completed(world).at(-1), 'WAIT');
});

test('F18 a wait that is over throws the error of the header TimeoutError', async (t) => {
  const world = await opened(t, { Timeout: 'PT1M', TimeoutError: 'REFUSED' });
  await world.pass(59_999);
  assert.deepEqual(completed(world), ['start']);
  await world.pass(1);
  assert.deepEqual(completed(world), caught);
  const sequence = await world.publish(eventOf('Paid', keyed()));
  assert.deepEqual(await world.fates(sequence), ['lateReply']);
});

test('F18 a wait that is over fails the job, which sends the same event once more, until its retries end', async (t) => {
  const world = await opened(t, { Timeout: '=duration(&quot;PT1M&quot;)', Retries: '2' });
  await world.pass(60_000);
  assert.deepEqual(incidentsOf(world), []);
  assert.equal((await world.story(1)).repeats?.count, 1);
  assert.equal((await sent(world)).length, 1, 'receivers can drop the repeat');
  await world.pass(60_000);
  assert.deepEqual(incidentsOf(world), [
    "No reply 'Paid' came until 2030-01-01T12:02:00.000Z, as the task header 'Timeout' demands.",
  ]);
});

test('F18 a time-out goes on over a restart', async (t) => {
  const data = temporaryFolder(t);
  const before = await opened(t, { Timeout: 'PT1M', TimeoutError: 'REFUSED' }, { data });
  await before.pass(30_000);
  await before.close();
  const after = await openWorld(t, { data });
  assert.deepEqual(completed(after), ['start']);
  await after.pass(30_000);
  assert.deepEqual(completed(after), caught);
});

test('F18 a reply in time ends the time-out', async (t) => {
  const world = await opened(t, { Timeout: 'PT1M' });
  await world.publish(eventOf('Paid', keyed()));
  await world.pass(60_000);
  assert.deepEqual(completed(world), paid);
  assert.deepEqual(incidentsOf(world), []);
  assert.deepEqual(failures(world), []);
});

test('F18 waiting jobs are shown with what they wait for, since when and until when', async (t) => {
  const world = await opened(t, { Timeout: 'PT1M', ErrorTypes: 'Payments.Refused=REFUSED' });
  const [job] = jobsOf(world);
  const story = await world.story(1);
  assert.equal(idOf(story.event), `engine-1-${job?.key}`);
  assert.deepEqual(await world.events.waits({ type: 'Paid', correlationKey: 'o1', limit: 10 }), [
    {
      jobKey: job?.key,
      processInstanceKey: job?.value.processInstanceKey,
      elementId: 'pay',
      mode: 'reply',
      waitType: 'Paid',
      failureTypes: ['Payments.Refused'],
      correlationKey: 'o1',
      sequence: 1,
      since: story.received,
      until: story.received + 60_000,
      receivers: [],
    },
  ]);
  assert.deepEqual(await world.events.waits({ type: 'Other', limit: 10 }), []);
  await startInstance(world, 'PAY', { order: 'o2' });
  const all = await world.events.waits({ limit: 10 });
  const after = all[0]?.jobKey ?? assert.fail();
  assert.deepEqual(await world.events.waits({ after, limit: 10 }), all.slice(1));
});

test('of many jobs that waited for the same type and key the one that still waits gets the reply', async (t) => {
  const world = await openWorld(t);
  await world.deploy(model({}));
  for (let run = 0; run < 101; run++) {
    await startInstance(world, 'PAY', { order: 'o1' });
    await world.publish(eventOf('Paid', keyed()));
  }
  await startInstance(world, 'PAY', { order: 'o1' });
  const sequence = await world.publish(eventOf('Paid', keyed()));
  assert.deepEqual(await world.fates(sequence), ['reply']);
});
