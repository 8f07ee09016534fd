import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { attribute, idOf } from '../../cloudevents/index.ts';
import {
  eventOf,
  eventually,
  openSink,
  type Sink,
  type World,
  type WorldOptions,
} from '../../runtime/events/world.test-helper.ts';
import { type Served, served } from './serve.test-helper.ts';

/** A sink that takes nothing, with its subscription and the surface. */
async function refusing(
  t: TestContext,
  options: WorldOptions = {},
  more: object = {},
): Promise<Served & { world: World; sink: Sink; id: string }> {
  const surface = await served(t, {}, options);
  const sink = await openSink(t);
  sink.answer = (response) => response.writeHead(400).end('<html>\r\n<b>bad</b>\n</html>');
  const created = await surface.call('POST', '/subscriptions', { sink: sink.url, protocol: 'HTTP', ...more });
  assert.equal(created.status, 201, JSON.stringify(created.json));
  return { ...surface, sink, id: created.json.id };
}

/** Waits until so many dead letters are there; answers them, the newest first. */
const letters = (call: Served['call'], count: number, query = '') =>
  eventually(async () => {
    const { items } = (await call('GET', `/api/dead-letters?limit=200${query}`)).json;
    return items.length === count ? items : undefined;
  });

test('dead letters are found by subscription, sink, type, time and words of the reason, page by page', async (t) => {
  const { call, world, sink, id } = await refusing(t);
  await world.publish(eventOf('A', { id: 'a-1' }));
  await world.publish(eventOf('B', { id: 'b-1' }));
  await letters(call, 2);
  await world.pass(60_000);
  await world.publish(eventOf('A', { id: 'a-2' }));
  await letters(call, 3);
  const found = async (query: string) =>
    (await call('GET', `/api/dead-letters?${query}`)).json.items.map(
      (letter: { eventId: string }) => letter.eventId,
    );
  assert.deepEqual(await found('type=A'), ['a-2', 'a-1']);
  assert.deepEqual(await found('since=2030-01-01T12:01:00Z'), ['a-2']);
  assert.deepEqual(await found(`subscription=${id}&type=B`), ['b-1']);
  assert.deepEqual(await found('subscription=other'), []);
  assert.deepEqual(await found(`sink=${encodeURIComponent(sink.url)}&reason=ANSWERED%20400`), [
    'a-2',
    'b-1',
    'a-1',
  ]);
  assert.deepEqual(await found('reason=nothing'), []);
  const page = (await call('GET', '/api/dead-letters?limit=2')).json;
  assert.equal(page.items.length, 2);
  assert.deepEqual(await found(`limit=2&before=${page.next}`), ['a-1']);
  assert.equal((await call('GET', '/api/dead-letters?since=yesterday')).status, 400);
});

test('one dead letter is read with its event, as it can be corrected', async (t) => {
  const { call, world } = await refusing(t);
  await world.publish(eventOf('A', { id: 'a-1', data: '{"n":1.0}' }));
  const [letter] = await letters(call, 1);
  const read = await call('GET', `/api/dead-letters/${letter.id}`);
  assert.equal(read.status, 200);
  assert.equal(read.json.response.body, '<html>\r\n<b>bad</b>\n</html>');
  assert.deepEqual(read.json.event.data, { n: 1 });
  assert.equal((await call('GET', '/api/dead-letters/99')).status, 404);
  assert.equal((await call('GET', '/api/dead-letters/x')).status, 400);
});

test('a corrected event goes to that receiver only, with an id of its own and the first one as its cause', async (t) => {
  const { call, world, sink } = await refusing(t, {}, { types: ['A'] });
  const other = await openSink(t);
  await call('POST', '/subscriptions', { sink: other.url, protocol: 'HTTP' });
  const first = await world.publish(eventOf('A', { id: 'a-1', data: '{"seats":0}' }));
  await other.reached(1);
  const [letter] = await letters(call, 1);
  const { event } = (await call('GET', `/api/dead-letters/${letter.id}`)).json;
  sink.answer = (response) => response.writeHead(204).end();
  const structured = { 'content-type': 'application/cloudevents+json' };
  const corrected = JSON.stringify({ ...event, data: { seats: 1 } });
  const sent = await call('POST', `/api/dead-letters/${letter.id}/resend`, corrected, structured);
  assert.equal(sent.status, 202);
  const [, received] = await sink.reached(2);
  assert.ok(received);
  assert.equal(received.body, '{"seats":1}');
  assert.notEqual(idOf(received.event), 'a-1');
  assert.equal(attribute(received.event, 'causationid'), 'a-1');
  const story = await world.story(sent.json.sequence);
  assert.equal(story.cause, first);
  assert.equal(other.received.length, 1, 'nobody else gets it');
  await letters(call, 0);
  const again = await call('POST', `/api/dead-letters/${letter.id}/resend`, corrected, structured);
  assert.equal(again.status, 404);
});

test('a correction that is no event, or whose id is taken, is refused and the dead letter stays', async (t) => {
  const { call, world } = await refusing(t);
  await world.publish(eventOf('A', { id: 'a-1' }));
  await letters(call, 1);
  await world.publish(eventOf('A', { id: 'a-2' }));
  const [, letter] = await letters(call, 2);
  const send = (body: string, type = 'application/cloudevents+json') =>
    call('POST', `/api/dead-letters/${letter.id}/resend`, body, { 'content-type': type });
  const event = { specversion: '1.0', id: 'a-1', source: '/test', type: 'A' };
  const broken = await send(JSON.stringify({ ...event, time: 'now' }));
  assert.equal(broken.status, 400);
  assert.equal(broken.json.attribute, 'time');
  assert.equal((await send('{}', 'application/json')).status, 415);
  assert.equal((await send('[]', 'application/cloudevents-batch+json')).status, 415);
  assert.equal((await send(JSON.stringify({ ...event, id: 'a-2' }))).status, 409);
  await letters(call, 2);
});

test('many dead letters are sent again by filter, share by share, and new ones among them are left for later', async (t) => {
  const { call, world, sink } = await refusing(t);
  const events = Array.from({ length: 450 }, (_, n) => eventOf(n % 3 === 0 ? 'A' : 'B', { id: `n-${n}` }));
  await world.runtime.publish(events);
  await eventually(async () =>
    (await world.events.deadLetters({ limit: 500 })).length === 450 ? true : undefined,
  );
  const again = await call('POST', '/api/dead-letters/resend', { filter: { type: 'A' } });
  assert.deepEqual(again.json, { resent: 150, skipped: 0 });
  await sink.reached(600);
  await eventually(async () =>
    (await world.events.deadLetters({ limit: 500 })).length === 450 ? true : undefined,
  );
  sink.answer = (response) => response.writeHead(204).end();
  assert.deepEqual((await call('POST', '/api/dead-letters/resend', { filter: {} })).json, {
    resent: 450,
    skipped: 0,
  });
  await sink.reached(1050);
  await letters(call, 0);
});

test('many dead letters are discarded by ids or filter, and one of both must be named', async (t) => {
  const { call, world } = await refusing(t);
  await world.runtime.publish(Array.from({ length: 5 }, (_, n) => eventOf('A', { id: `n-${n}` })));
  const found = await letters(call, 5);
  const ids = [found[0].id, found[1].id, 999];
  assert.deepEqual((await call('POST', '/api/dead-letters/discard', { ids })).json, { discarded: 2 });
  const since = '2030-01-01T12:00:00Z';
  const all = await call('POST', '/api/dead-letters/discard', { filter: { since, reason: 'final' } });
  assert.deepEqual(all.json, { discarded: 3 });
  for (const body of [
    {},
    { ids, filter: {} },
    { ids: ['1'] },
    { filter: { colour: 'x' } },
    { filter: { since: 'x' } },
  ])
    assert.equal((await call('POST', '/api/dead-letters/discard', body)).status, 400, JSON.stringify(body));
});

test('dead letters of a subscription that is gone are skipped, with the reason', async (t) => {
  const { call, world, id } = await refusing(t);
  await world.publish(eventOf('A'));
  await letters(call, 1);
  await call('DELETE', `/subscriptions/${id}`);
  const answer = await call('POST', '/api/dead-letters/resend', { filter: {} });
  assert.deepEqual(answer.json, { resent: 0, skipped: 1, reason: `Its subscription ${id} is deleted.` });
  await letters(call, 1);
});

test('D7 a dead-letter sink gets what is given up, with the error attributes of Knative, also for an HTML body', async (t) => {
  const dead = await openSink(t);
  const { call, world, sink } = await refusing(t, {}, { config: { deadLetterSink: dead.url } });
  const sequence = await world.publish(eventOf('A', { id: 'a-1', data: '{"n":1}' }));
  const [received] = await dead.reached(1);
  assert.ok(received);
  assert.equal(idOf(received.event), 'a-1');
  assert.equal(received.body, '{"n":1}');
  assert.equal(attribute(received.event, 'knativeerrordest'), sink.url);
  assert.equal(attribute(received.event, 'knativeerrorcode'), '400');
  assert.equal(attribute(received.event, 'knativeerrordata'), '<html> <b>bad</b> </html>');
  const fates = await eventually(async () => {
    const { fates: all } = await world.story(sequence);
    return all.length === 3 ? all.map(({ fate }) => fate) : undefined;
  });
  assert.deepEqual(
    fates.map(({ kind }) => kind),
    ['unmatched', 'deadLettered', 'delivered'],
  );
  assert.deepEqual(fates[2], { kind: 'delivered', sink: dead.url, attempts: 1, note: 'as a dead letter' });
  await letters(call, 0);
});

test('D7 a dead letter that its sink does not take is tried again, and ends in the list for the first receiver', async (t) => {
  const dead = await openSink(t);
  dead.answer = (response) => response.writeHead(503).end();
  const { call, world, sink, id } = await refusing(t, {
    settings: { deadLetterSink: dead.url, retry: { retries: 1 } },
  });
  await world.publish(eventOf('A', { id: 'a-1' }));
  await dead.reached(1);
  await eventually(async () => ((await world.story(1)).deliveries[0]?.attempts === 1 ? true : undefined));
  await world.pass(1000);
  const [letter] = await letters(call, 1);
  assert.equal(letter.subscriptionId, id);
  assert.equal(letter.sink, sink.url);
  assert.equal(letter.response.status, 400);
  assert.match(letter.reason, /400.*The dead-letter sink .* did not take it either: The sink answered 503/);
  assert.equal(dead.received.length, 2);
  sink.answer = (response) => response.writeHead(204).end();
  assert.equal((await call('POST', `/api/dead-letters/${letter.id}/resend`)).status, 202);
  await sink.reached(2);
});

test('a dead-letter sink must be an allowed target', async (t) => {
  const { call } = await served(t);
  const config = { deadLetterSink: 'http://example.com/dead' };
  const answer = await call('POST', '/subscriptions', {
    sink: 'http://127.0.0.1:9/',
    protocol: 'HTTP',
    config,
  });
  assert.equal(answer.status, 400);
  assert.equal(answer.json.path, 'config.deadLetterSink');
});
