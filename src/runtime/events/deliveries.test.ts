import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetter } from '../../broker/index.ts';
import { attribute, type CloudEvent, encodeBinary, idOf, typeOf } from '../../cloudevents/index.ts';
import { eventOf, eventually, openSink, openWorld, START, type World } from './world.test-helper.ts';

const subscribe = (world: World, sink: string, more: object = {}) =>
  world.events.createSubscription({ sink, protocol: 'HTTP', types: ['Paid'], ...more });

/** Resolves when the number of attempts of the only delivery of an event is synced. */
const attempted = (world: World, sequence: number, attempts: number) =>
  eventually(async () => {
    const [delivery] = (await world.story(sequence)).deliveries;
    return delivery?.attempts === attempts ? delivery : undefined;
  });

const deadLetter = (world: World): Promise<DeadLetter> =>
  eventually(async () => (await world.events.deadLetters({ limit: 1 }))[0]);

const delivered = (world: World, sequence: number) =>
  eventually(async () =>
    (await world.story(sequence)).fates.find(({ fate }) => fate.kind === 'delivered') ? true : undefined,
  );

/** Longest pause after each attempt, as the clock's tests use no luck. */
const PAUSES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1000);

test('F2 a sink that answers 500 is tried again with doubling pauses until it takes the event', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(500).end();
  const sequence = await world.publish(eventOf('Paid'));
  let now = START;
  for (const [index, pause] of PAUSES.slice(0, 3).entries()) {
    const delivery = await attempted(world, sequence, index + 1);
    assert.equal(delivery.nextTime, now + pause);
    assert.equal(delivery.lastError, 'The sink answered 500.');
    if (index === 2) sink.answer = (response) => response.writeHead(200).end();
    await world.pass(pause - 1);
    assert.equal(sink.received.length, index + 1, 'not before its time');
    await world.pass(1);
    now += pause;
    await sink.reached(index + 2);
  }
  await delivered(world, sequence);
  const { fates } = await world.story(sequence);
  assert.deepEqual(fates.at(-1)?.fate, { kind: 'delivered', sink: sink.url, attempts: 4 });
  assert.deepEqual(new Set(sink.received.map(({ event }) => idOf(event))).size, 1, 'always the same id');
});

test('F2 a sink that cannot be reached gets ten retries, then a dead letter that can be sent again', async (t) => {
  const world = await openWorld(t);
  const gone = await openSink(t);
  await gone.close();
  await subscribe(world, gone.url);
  const sequence = await world.publish(eventOf('Paid'));
  for (const [index, pause] of PAUSES.entries()) {
    const { lastError } = await attempted(world, sequence, index + 1);
    assert.match(lastError ?? '', /^The sink cannot be reached: .*ECONNREFUSED/);
    await world.pass(pause);
  }
  const letter = await deadLetter(world);
  assert.equal(letter.attempts, 11);
  assert.equal(letter.sequence, sequence);
  assert.equal(letter.sink, gone.url);
  assert.equal(letter.subscriptionId, 'subscription-1');
  assert.equal((await world.story(sequence)).fates.at(-1)?.fate.kind, 'deadLettered');

  const sink = await openSink(t);
  await world.events.updateSubscription('subscription-1', { sink: sink.url, protocol: 'HTTP' });
  assert.deepEqual(await world.events.resend(letter.id), { kind: 'sent' });
  await sink.reached(1);
  await delivered(world, sequence);
  assert.deepEqual(await world.events.deadLetters({ limit: 10 }), []);
  assert.deepEqual(await world.events.resend(letter.id), { kind: 'unknown' });
});

test('F2 an answer that is final makes a dead letter at once, with the head of the answer; it can be discarded', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(400, { 'x-why': 'no' }).end('{"detail":"unknown session"}');
  await world.publish(eventOf('Paid'));
  const letter = await deadLetter(world);
  assert.equal(letter.attempts, 1);
  assert.equal(letter.response?.status, 400);
  assert.equal(letter.response?.headers['x-why'], 'no');
  assert.equal(letter.response?.body, '{"detail":"unknown session"}');
  assert.equal(await world.events.discard(letter.id), true);
  assert.equal(await world.events.discard(letter.id), false);
});

test('a redirect is never followed', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const other = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(307, { location: other.url }).end();
  await world.publish(eventOf('Paid'));
  assert.equal((await deadLetter(world)).response?.status, 307);
  assert.equal(other.received.length, 0);
});

test('Retry-After is obeyed when it asks for more than the pause', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(429, { 'retry-after': '120' }).end();
  const sequence = await world.publish(eventOf('Paid'));
  assert.equal((await attempted(world, sequence, 1)).nextTime, START + 120_000);
  const date = new Date(START + 600_000).toUTCString();
  sink.answer = (response) => response.writeHead(503, { 'retry-after': date }).end();
  await world.pass(120_000);
  assert.equal((await attempted(world, sequence, 2)).nextTime, START + 600_000);
});

test('410 retires the subscription, and a PUT revives it', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(410).end();
  await world.publish(eventOf('Paid'));
  const letter = await deadLetter(world);
  const { id, retired } = (await world.events.subscription('subscription-1')) ?? assert.fail();
  assert.match(retired ?? '', /410/);
  assert.equal((await world.events.resend(letter.id)).kind, 'noReceiver');
  const ignored = await world.publish(eventOf('Paid'));
  assert.deepEqual((await world.story(ignored)).deliveries, []);
  sink.answer = (response) => response.writeHead(204).end();
  await world.events.updateSubscription(id, { sink: sink.url, protocol: 'HTTP' });
  const taken = await world.publish(eventOf('Paid'));
  await delivered(world, taken);
});

test('a sink that does not answer in time is tried again', async (t) => {
  const world = await openWorld(t, { timeoutMs: 20 });
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = () => undefined;
  const sequence = await world.publish(eventOf('Paid'));
  const { lastError } = await attempted(world, sequence, 1);
  assert.equal(lastError, 'The sink did not answer within 20 ms.');
});

test('F19 a slow sink gets so many requests at a time, delays nobody else, and gets the rest afterwards', async (t) => {
  const world = await openWorld(t, { window: 3 });
  const slow = await openSink(t);
  const quick = await openSink(t);
  const held: (() => void)[] = [];
  slow.answer = (response) => held.push(() => response.writeHead(204).end());
  await subscribe(world, slow.url);
  await subscribe(world, slow.url, { filters: [{ prefix: { id: 'n-' } }] });
  await subscribe(world, quick.url);
  await world.runtime.publish(Array.from({ length: 10 }, (_, n) => eventOf('Paid', { id: `n-${n}` })));
  await quick.reached(10);
  await slow.reached(3);
  assert.equal(slow.received.length, 3, 'two subscriptions of one sink share its window');
  slow.answer = (response) => response.writeHead(204).end();
  for (const release of held) release();
  await slow.reached(20);
});

test('an event in the answer of a sink is a new event, caused by the delivered one', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  const reply = encodeBinary(eventOf('Reserved', { id: 'reply-1', data: '{"seats":2}' }));
  sink.answer = (response) => response.writeHead(200, reply.headers).end(reply.body);
  const sequence = await world.publish(eventOf('Paid'));
  await delivered(world, sequence);
  const found = await eventually(() => world.events.find('/test', 'reply-1'));
  const story = await world.story(found);
  assert.equal(story.cause, sequence);
  assert.equal(story.hops, 1);
  assert.deepEqual(await world.fates(found), ['unmatched']);
});

test('an event in an answer of status 202 is none, and a broken one is told', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(202, encodeBinary(eventOf('No')).headers).end();
  const first = await world.publish(eventOf('Paid'));
  await delivered(world, first);
  sink.answer = (response) => response.writeHead(200, { 'ce-specversion': '1.0', 'ce-id': '1' }).end();
  const second = await world.publish(eventOf('Paid'));
  await delivered(world, second);
  assert.match(JSON.stringify((await world.story(second)).fates.at(-1)), /broken: attribute 'source'/);
  assert.equal((await world.events.search({ limit: 10 })).items.length, 2);
});

test('events leave exactly as they came, with the headers of the subscription', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url, { protocolsettings: { headers: { authorization: 'Bearer x' } } });
  const data = '{"n":1.0}';
  await world.publish(eventOf('Paid', { subject: 'Euro €', extensions: { other: 'a b' }, data }));
  const [received] = await sink.reached(1);
  assert.equal(received?.headers.authorization, 'Bearer x');
  assert.equal(received?.headers['ce-subject'], 'Euro%20%E2%82%AC');
  assert.equal(received?.body, data);
  assert.deepEqual([...(received?.event.attributes.keys() ?? [])].sort(), [
    'datacontenttype',
    'id',
    'other',
    'source',
    'specversion',
    'subject',
    'type',
  ]);
  assert.equal(attribute(received?.event ?? assert.fail(), 'other'), 'a b');
});

test('a subscription gets the events that its source, types and filters let through, and none after its end', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const { id } = await subscribe(world, sink.url, {
    source: '/shop',
    types: ['Paid', 'Refused'],
    filters: [{ not: { exact: { subject: 'test' } } }],
  });
  await world.publish(eventOf('Paid'));
  await world.publish(eventOf('Other', { source: '/shop' }));
  await world.publish(eventOf('Paid', { source: '/shop', subject: 'test' }));
  await world.publish(eventOf('Refused', { source: '/shop' }));
  const [received] = await sink.reached(1);
  assert.equal(typeOf(received?.event ?? assert.fail()), 'Refused');
  assert.equal(await world.events.deleteSubscription(id), true);
  const after = await world.publish(eventOf('Refused', { source: '/shop' }));
  assert.deepEqual((await world.story(after)).deliveries, []);
});

test('what was on its way to a subscription that is deleted is dropped', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const { id } = await subscribe(world, sink.url);
  sink.answer = (response) => response.writeHead(500).end();
  const sequence = await world.publish(eventOf('Paid'));
  await attempted(world, sequence, 1);
  await world.events.deleteSubscription(id);
  await world.pass(1000);
  await eventually(async () => ((await world.story(sequence)).deliveries.length === 0 ? true : undefined));
  assert.deepEqual(await world.events.deadLetters({ limit: 10 }), []);
  assert.equal(sink.received.length, 1);
});

test('F7 a subscription whose sink is no allowed target is refused', async (t) => {
  const world = await openWorld(t);
  await assert.rejects(subscribe(world, 'http://example.com/x'), {
    code: 'INVALID_SUBSCRIPTION',
    path: 'sink',
    message: /'http:\/\/example.com' is not allowed as a target/,
  });
});

test('a sink that answers every event with another is stopped after 32 of them', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP' });
  sink.answer = (response) => {
    const { headers } = encodeBinary(eventOf('Echo'));
    response.writeHead(200, headers).end();
  };
  await world.publish(eventOf('Paid'));
  await sink.reached(33);
  const last = await eventually(async () => {
    const [newest] = (await world.events.search({ limit: 1 })).items;
    return newest?.fate?.kind === 'refused' ? newest : undefined;
  });
  assert.equal(last.sequence, 34);
  assert.deepEqual((await world.story(34)).deliveries, []);
});

test('a subscription in order gets the events of the log one request at a time, several as a batch', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  let open = 0;
  let most = 0;
  sink.answer = (response) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      response.writeHead(204).end();
    });
  };
  await subscribe(world, sink.url, { config: { order: 'all' } });
  const sent = Array.from({ length: 250 }, (_, n) => `n-${n}`);
  for (const id of sent) void world.runtime.publish([eventOf('Paid', { id })]);
  const got = await eventually(async () => {
    const ids = sink.received.flatMap(idsOf);
    return ids.length >= sent.length ? ids : undefined;
  });
  assert.deepEqual(got, sent);
  assert.equal(most, 1);
  assert.ok(sink.received.length < sent.length, 'some went together');
});

test('in a subscription in order nothing passes an event that the sink does not take', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  sink.answer = (response, { body, event }) =>
    response.writeHead(body.includes('"bad"') || idOf(event) === 'bad' ? 500 : 204).end();
  await subscribe(world, sink.url, { config: { order: 'all' } });
  const ids = ['good', 'bad', 'later'];
  const [, bad] = await world.runtime.publish(ids.map((id) => eventOf('Paid', { id })));
  assert.ok(bad);
  await attempted(world, bad.sequence, 1);
  assert.deepEqual(sink.received.map(idsOf), [['good', 'bad', 'later'], ['good'], ['bad', 'later'], ['bad']]);
  sink.answer = (response) => response.writeHead(204).end();
  await world.pass(1000);
  const requests = await sink.reached(6);
  assert.deepEqual(requests.slice(4).map(idsOf), [['bad'], ['later']]);
});

test('a subscription with an unknown order is refused', async (t) => {
  const world = await openWorld(t);
  await assert.rejects(
    subscribe(world, 'http://127.0.0.1:9/', { config: { order: 'some' } }),
    /config\.order/,
  );
});

/** Ids of the events in one request, be it one event or a batch. */
function idsOf({ headers, body, event }: { headers: object; body: string; event: CloudEvent }): string[] {
  const type = String(Reflect.get(headers, 'content-type'));
  if (!type.includes('cloudevents-batch')) return [idOf(event)];
  return (JSON.parse(body) as { id: string }[]).map(({ id }) => id);
}

test('long attributes reach a sink in structured mode, and those of its answer are taken', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  const long = 'x'.repeat(20_000);
  sink.answer = (response) =>
    response
      .writeHead(200, {
        'ce-specversion': '1.0',
        'ce-id': 'a',
        'ce-source': '/sink',
        'ce-type': 'Answer',
        'ce-long': long,
      })
      .end();
  await world.events.createSubscription({ sink: sink.url, protocol: 'HTTP', types: ['Long'] });
  await world.publish(eventOf('Long', { extensions: { long } }));
  const [received] = await sink.reached(1);
  assert.match(received?.headers['content-type'] ?? '', /^application\/cloudevents\+json/);
  assert.equal(received?.event.attributes.get('long'), long);
  const answer = await eventually(
    async () => (await world.events.search({ type: 'Answer', limit: 1 })).items[0],
  );
  assert.equal((await world.story(answer.sequence)).event.attributes.get('long'), long);
});
