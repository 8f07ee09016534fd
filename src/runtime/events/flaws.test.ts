import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, idOf } from '../../cloudevents/index.ts';
import {
  completed,
  end,
  eventOf,
  eventually,
  firstFate,
  incidentsOf,
  jobsOf,
  message,
  modelOf,
  openSink,
  openWorld,
  send,
  start,
  startBy,
  startInstance,
  temporaryFolder,
  variablesOf,
  type World,
} from './world.test-helper.ts';

/**
 * The flaws of the router of 2020 on the way from a job to its event and the reply, each with what happens instead.
 * Those on the way in are in `flaws-incoming.test.ts`.
 */

const waiting = { Type: 'Pay', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Paid', CorrelationKey: '=order' };
const waitModel = (more: Readonly<Record<string, string>> = {}) =>
  modelOf('WAIT', [start, send('pay', { ...waiting, ...more }), end]);
const emitModel = (headers: Readonly<Record<string, string>>) =>
  modelOf('EMIT', [start, send('emit', { Type: 'Told', ...headers }), end]);
const paid = ['start', 'pay', 'end', 'WAIT'];
const emitted = ['start', 'emit', 'end', 'EMIT'];
const jobkey = (world: World) => String(jobsOf(world).at(-1)?.key ?? assert.fail('no job'));
const keyed = { extensions: { correlationkey: 'o1' } };

test('F1 a restart loses no waiting job: its reply completes it', async (t) => {
  const data = temporaryFolder(t);
  const before = await openWorld(t, { data });
  await before.deploy(waitModel());
  await startInstance(before, 'WAIT', { order: 'o1' });
  const extensions = { jobkey: jobkey(before) };
  await before.close();
  const after = await openWorld(t, { data });
  const sequence = await after.publish(eventOf('Paid', { extensions }));
  assert.deepEqual(await after.fates(sequence), ['reply']);
  assert.deepEqual(completed(after), paid);
});

test('F2 an event whose receiver fails is not lost: it is tried again, then a dead letter that can be sent again', async (t) => {
  const retry = { retries: 1, firstDelayMs: 1000 };
  const world = await openWorld(t, { settings: { retry } });
  const sink = await openSink(t);
  sink.answer = (response) => response.writeHead(503).end();
  await world.deploy(emitModel({ Host: sink.url }));
  await startInstance(world, 'EMIT');
  assert.deepEqual(completed(world), emitted);
  await eventually(async () => ((await world.story(1)).deliveries[0]?.attempts === 1 ? true : undefined));
  await world.pass(1000);
  const [letter] = await eventually(async () => {
    const letters = await world.events.deadLetters({ limit: 1 });
    return letters.length === 1 ? letters : undefined;
  });
  assert.equal(letter?.attempts, 2);
  sink.answer = (response) => response.writeHead(204).end();
  await world.events.resend(letter?.id ?? assert.fail());
  await sink.reached(3);
  await eventually(async () => ((await world.fates(1)).at(-1) === 'delivered' ? true : undefined));
});

test('F3 the event of a job has one id at every attempt, and a repeated reply has one effect', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.deploy(waitModel({ Host: sink.url, Timeout: 'PT1M' }));
  await startInstance(world, 'WAIT', { order: 'o1' });
  await sink.reached(1);
  await eventually(async () => ((await world.story(1)).deliveries.length === 0 ? true : undefined));
  await world.pass(60_000);
  const received = await sink.reached(2);
  assert.deepEqual(
    received.map(({ event }) => idOf(event)),
    [`engine-1-${jobkey(world)}`, `engine-1-${jobkey(world)}`],
  );
  const reply = eventOf('Paid', keyed);
  const first = await world.publish(reply);
  const [receipt] = await world.runtime.publish([reply]);
  assert.deepEqual([receipt?.sequence, receipt?.duplicate], [first, true]);
  assert.deepEqual(completed(world), paid);
});

test('F4 an event of another type than WaitType does not complete the job that it names', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waitModel());
  await startInstance(world, 'WAIT', { order: 'o1' });
  const sequence = await world.publish(eventOf('Refused', { extensions: { jobkey: jobkey(world) } }));
  assert.deepEqual(await world.fates(sequence), ['unmatched']);
  assert.deepEqual(completed(world), ['start']);
});

test('F5 a reply that comes early, twice, late or for nobody, or brings no variables, has an outcome each', async (t) => {
  const world = await openWorld(t);
  await world.deploy(waitModel());
  const early = await world.publish(eventOf('Paid', keyed));
  assert.deepEqual(await world.fates(early), ['earlyReply']);
  await startInstance(world, 'WAIT', { order: 'o1' });
  assert.deepEqual(await world.fates(early), ['earlyReply', 'reply'], 'kept, then applied');

  const done = jobkey(world);
  const late = await world.publish(eventOf('Paid', { extensions: { jobkey: done } }));
  assert.deepEqual(await firstFate(world, late), {
    kind: 'lateReply',
    jobKey: done,
    reason: `Event number ${early} has completed the job before.`,
  });

  const instance = await startInstance(world, 'WAIT', { order: 'o2' });
  const extensions = { jobkey: jobkey(world) };
  const unusable = await world.publish(eventOf('Paid', { extensions, data: '"text"' }));
  assert.deepEqual(await world.fates(unusable), ['unusableReply']);
  await world.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: instance });
  const canceled = await world.publish(eventOf('Paid', { extensions }));
  assert.match(JSON.stringify(await firstFate(world, canceled)), /lateReply.*canceled before/);

  await startInstance(world, 'WAIT', { order: 'o3' });
  const empty = await world.publish(eventOf('Paid', { extensions: { jobkey: jobkey(world) } }));
  assert.deepEqual(await world.fates(empty), ['reply'], 'no data are no variables');
  const again = eventOf('Paid', { id: 'same', extensions: { jobkey: '77' } });
  const unknown = await world.publish(again);
  assert.deepEqual(await world.fates(unknown), ['unknownJob']);
  const [receipt] = await world.runtime.publish([again]);
  assert.equal(receipt?.duplicate, true);
});

test('F6 a task with an unknown Mode, without Type, or with a header that cannot be read fails at once with the reason', async (t) => {
  const world = await openWorld(t);
  for (const [headers, reason] of [
    [{ Mode: 'PERHAPS' }, /^The task header 'Mode' is 'PERHAPS'. Set it to one of/],
    [{ Type: '' }, /^The task header 'Type' is missing/],
    [
      { Mode: 'EMIT_AND_CONFIRM', Timeout: 'soon' },
      /^The task header 'Timeout' is 'soon'.* Write it like PT30S/,
    ],
  ] as const) {
    await world.deploy(emitModel(headers));
    await startInstance(world, 'EMIT');
    assert.match(incidentsOf(world).at(-1) ?? '', reason);
  }
  assert.deepEqual((await world.events.search({ limit: 1 })).items, []);
});

test('F7 no deployer makes the router call any address: hosts are allowed ones, or names that the host map knows', async (t) => {
  const sink = await openSink(t);
  const hostMap = [{ from: 'http://tickets', to: new URL(sink.url).origin }];
  const world = await openWorld(t, { settings: { hostMap } });
  for (const host of [
    'http://169.254.169.254/latest',
    'http://10.0.0.1/',
    'http://shop.example/',
    'file:///x',
  ]) {
    await world.deploy(emitModel({ Host: host }));
    await startInstance(world, 'EMIT');
    assert.match(incidentsOf(world).at(-1) ?? '', /^The task header 'Host': '/, host);
  }
  await world.deploy(emitModel({ Host: 'http://tickets/told' }));
  await startInstance(world, 'EMIT');
  assert.equal((await sink.reached(1))[0]?.url, '/told');
});

test('F9 an event carries the variables that its task chooses, and no others', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.deploy(emitModel({ Host: sink.url, Data: '={order: order}' }));
  await startInstance(world, 'EMIT', { order: 'o1', card: '4111' });
  const [received] = await sink.reached(1);
  assert.equal(received?.body, '{"order":"o1"}');
  assert.doesNotMatch(JSON.stringify(received?.headers), /4111/);
});

test('F10 events leave as plain JSON with lower-case names, and doubly encoded replies are understood', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.deploy(waitModel({ Host: sink.url }));
  await startInstance(world, 'WAIT', { order: 'o1' });
  const [received] = await sink.reached(1);
  assert.deepEqual(JSON.parse(received?.body ?? ''), { order: 'o1' });
  assert.equal(received?.headers['content-type'], 'application/json');
  for (const name of received?.event.attributes.keys() ?? []) assert.match(name, /^[a-z0-9]+$/);
  assert.equal(received && attribute(received.event, 'specversion'), '1.0');
  await world.publish(eventOf('Paid', { ...keyed, data: '"{\\"amount\\":12}"' }));
  assert.equal(variablesOf(world)['amount'], '12');
});

test('F11 an event throws a BPMN error for the job that waits, by its type or by the extension errorcode', async (t) => {
  const world = await openWorld(t);
  const caught = waitModel({ ErrorTypes: 'Payments.Refused=REFUSED' })
    .replace(
      '</bpmn:process>',
      `<bpmn:boundaryEvent id="caught" attachedToRef="pay"><bpmn:outgoing>out</bpmn:outgoing><bpmn:errorEventDefinition errorRef="refused"/></bpmn:boundaryEvent>
       <bpmn:sequenceFlow id="out" sourceRef="caught" targetRef="sorry"/><bpmn:endEvent id="sorry"><bpmn:incoming>out</bpmn:incoming></bpmn:endEvent></bpmn:process>`,
    )
    .replace('<bpmn:process ', '<bpmn:error id="refused" name="refused" errorCode="REFUSED"/><bpmn:process ');
  await world.deploy(caught);
  for (const reply of [
    () => eventOf('Payments.Refused', keyed),
    () => eventOf('Problem', { extensions: { jobkey: jobkey(world), errorcode: 'REFUSED' } }),
  ]) {
    await startInstance(world, 'WAIT', { order: 'o1' });
    const sequence = await world.publish(reply());
    assert.deepEqual(await world.fates(sequence), ['errorReply']);
    assert.deepEqual(completed(world).slice(-4), ['start', 'caught', 'sorry', 'WAIT']);
  }
  assert.deepEqual(incidentsOf(world), []);
});

test('F18 no lock runs out, each task says how long it waits, and what waits is shown', async (t) => {
  const world = await openWorld(t);
  await world.deploy(
    waitModel(),
    waitModel({ Timeout: '=limit', Retries: '1' }).replaceAll('WAIT"', 'LIMITED"'),
  );
  await startInstance(world, 'WAIT', { order: 'o1' });
  await startInstance(world, 'LIMITED', { order: 'o2', limit: 'P2D' });
  const [endless, limited] = await world.events.waits({ limit: 10 });
  assert.equal(endless?.until, undefined);
  assert.equal((limited?.until ?? 0) - (limited?.since ?? 0), 2 * 24 * 60 * 60 * 1000);
  await world.pass(3 * 24 * 60 * 60 * 1000);
  assert.match(incidentsOf(world).join(), /^No reply 'Paid' came until 2030-01-03T12:00:00.000Z/);
  assert.equal(jobsOf(world).length, 2);
  assert.deepEqual(
    (await world.events.waits({ limit: 10 })).map(({ resting }) => resting !== undefined),
    [false, true],
  );
  await world.publish(eventOf('Paid', keyed));
  assert.deepEqual(completed(world).slice(-3), ['pay', 'end', 'WAIT']);
});

test('F19 many jobs at once make no flood: each receiver has a bounded number of requests in flight', async (t) => {
  const window = 4;
  const world = await openWorld(t, { window });
  const sink = await openSink(t);
  const open: (() => void)[] = [];
  let most = 0;
  sink.answer = (response) => {
    open.push(() => response.writeHead(204).end());
    most = Math.max(most, open.length);
  };
  const loop =
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=for i in 1..40 return i" inputElement="n"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>';
  const task = send('emit', { Type: 'Told', Host: sink.url }).replace('$FLOWS', `$FLOWS${loop}`);
  await world.deploy(modelOf('MANY', [start, task, end]));
  await startInstance(world, 'MANY');
  await world.pass(0);
  while (sink.received.length < 40 || open.length > 0) {
    await eventually(async () => open.shift() ?? undefined).then((answer) => answer());
  }
  assert.ok(most <= window, `${most} at once`);
  assert.equal(new Set(sink.received.map(({ event }) => idOf(event))).size, 40);
});

test('F19 a loop of events that cause one another is cut and says so', async (t) => {
  const world = await openWorld(t, { settings: { maxHops: 5 } });
  await world.deploy(
    modelOf('LOOP', [startBy('Again'), send('emit', { Type: 'Again' }), end], message('Again')),
  );
  await world.publish(eventOf('Again'));
  await eventually(async () => incidentsOf(world)[0]);
  assert.match(incidentsOf(world).join(), /^More than 5 events have caused one another/);
  const { items: found } = await world.events.search({ limit: 100 });
  assert.equal(found.length, 6);
});

test('F19 a long process whose services answer at once is no loop', async (t) => {
  const world = await openWorld(t, { settings: { maxHops: 5 } });
  const sink = await openSink(t);
  sink.answer = (response, { headers }) => {
    const answer = {
      'ce-specversion': '1.0',
      'ce-source': '/sink',
      'ce-type': 'Paid',
      'ce-jobkey': headers['ce-jobkey'],
    };
    response.writeHead(200, { ...answer, 'ce-id': `to-${headers['ce-id']}` }).end();
  };
  const tasks = Array.from({ length: 12 }, (_, index) => send(`pay${index}`, { ...waiting, Host: sink.url }));
  await world.deploy(modelOf('LONG', [start, ...tasks, end]));
  await startInstance(world, 'LONG', { order: 'o1' });
  await eventually(async () =>
    completed(world).at(-1) === 'LONG' || incidentsOf(world).length > 0 ? true : undefined,
  );
  assert.deepEqual(incidentsOf(world), []);
});
