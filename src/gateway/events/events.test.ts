import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { OverloadedError, UnavailableError } from '../../runtime/errors.ts';
import {
  end,
  eventually,
  message,
  modelOf,
  openSink,
  openWorld,
  receive,
  start,
  startInstance,
} from '../../runtime/events/world.test-helper.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { serve, served } from './serve.test-helper.ts';

const binary = (more: Record<string, string> = {}) => ({
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '/shop',
  'ce-type': 'Paid',
  ...more,
});
const structured = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const event = (id: string) => ({ specversion: '1.0', id, source: '/shop', type: 'Paid' });

test('events are taken in binary, structured and batch mode, and a repeat is told', async (t) => {
  const { call } = await served(t);
  const first = await call('POST', '/events', '{"a":1}', { ...binary(), 'content-type': 'application/json' });
  assert.equal(first.status, 202);
  assert.deepEqual(first.json, { accepted: [{ source: '/shop', id: '1', sequence: 1, duplicate: false }] });
  const second = await call('POST', '/events', JSON.stringify(event('2')), structured);
  assert.deepEqual(second.json.accepted[0].sequence, 2);
  const third = await call('POST', '/events', JSON.stringify([event('1'), event('3')]), batch);
  assert.deepEqual(third.json.accepted, [
    { source: '/shop', id: '1', sequence: 1, duplicate: true },
    { source: '/shop', id: '3', sequence: 3, duplicate: false },
  ]);
  assert.deepEqual((await call('POST', '/events', '[]', batch)).json, { accepted: [] });
});

test('what is no event is refused with a problem that names attribute and rule, and nothing of it is kept', async (t) => {
  const { call } = await served(t);
  const missing = await call('POST', '/events', '', { ...binary(), 'ce-type': '' });
  assert.equal(missing.status, 400);
  assert.equal(missing.headers.get('content-type'), 'application/problem+json');
  assert.equal(missing.json.attribute, 'type');
  assert.match(missing.json.detail, /'type'/);
  const bad = JSON.stringify([event('2'), { ...event('3'), time: 'now' }]);
  const broken = await call('POST', '/events', bad, batch);
  assert.equal(broken.status, 400);
  assert.equal(broken.json.attribute, 'time');
  assert.equal(broken.json.index, 1);
  assert.match(broken.json.rule, /RFC 3339/);
  const xml = await call('POST', '/events', '<x/>', { 'content-type': 'application/cloudevents+xml' });
  assert.equal(xml.status, 415);
  const nothing = await call('POST', '/events', '{}', { 'content-type': 'application/json' });
  assert.equal(nothing.status, 400);
  assert.deepEqual((await call('GET', '/api/events')).json.items, []);
});

test('a header that occurs twice is refused', async (t) => {
  const { url } = await served(t);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = Object.entries({ ...binary(), host: new URL(url).host }).flat();
    const sent = request(
      `${url}/events`,
      { method: 'POST', headers: [...headers, 'ce-id', '2'] },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
  assert.equal(status, 400);
});

test('bodies and batches have limits', async (t) => {
  const { call } = await served(t, { bodyLimit: 100, batchLimit: 2 });
  const long = await call('POST', '/events', new Uint8Array(101), binary());
  assert.equal(long.status, 413);
  const { call: other } = await served(t, { batchLimit: 2 });
  const many = await other('POST', '/events', JSON.stringify(['1', '2', '3'].map(event)), batch);
  assert.equal(many.status, 413);
  assert.equal(many.json.code, 'batchTooLarge');
});

test('foreign hosts and pages are refused, and another method is told what is possible', async (t) => {
  const { call } = await served(t);
  const page = await call('POST', '/events', '', { ...binary(), origin: 'https://evil.example' });
  assert.equal(page.status, 403);
  const get = await call('GET', '/events');
  assert.equal(get.status, 405);
  assert.equal(get.headers.get('allow'), 'POST, OPTIONS');
});

test('an overloaded or failing writer is told with 429 or 503 and when to come again', async (t) => {
  const world = await openWorld(t);
  const refusing = (error: Error): Runtime => ({ ...world.runtime, publish: () => Promise.reject(error) });
  for (const [error, status] of [
    [new OverloadedError(10, 2000), 429],
    [new UnavailableError('disk full'), 503],
  ] as const) {
    const { call } = await serve(t, { runtime: refusing(error), events: world.events });
    const answer = await call('POST', '/events', '', binary());
    assert.equal(answer.status, status);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  }
});

test('subscriptions are created, listed, read, replaced and deleted, with config as it was given', async (t) => {
  const { call } = await served(t);
  const sink = 'http://127.0.0.1:1/x';
  const body = { config: { name: 'concert: leave', n: [1, null] }, types: ['A'], sink, protocol: 'HTTP' };
  const created = await call('POST', '/subscriptions', body);
  assert.equal(created.status, 201);
  const { id, ...rest } = created.json;
  assert.deepEqual(rest, body);
  assert.equal(created.headers.get('location'), `/subscriptions/${id}`);
  assert.deepEqual((await call('GET', '/subscriptions')).json, [created.json]);
  const changed = { ...body, types: ['B'], filters: [{ exact: { subject: 's' } }] };
  const put = await call('PUT', `/subscriptions/${id}`, { id: 'other', ...changed });
  assert.equal(put.status, 200);
  assert.deepEqual((await call('GET', `/subscriptions/${id}`)).json, { id, ...changed });
  assert.equal((await call('DELETE', `/subscriptions/${id}`)).status, 204);
  for (const method of ['GET', 'DELETE'])
    assert.equal((await call(method, `/subscriptions/${id}`)).status, 404);
  assert.equal((await call('PUT', `/subscriptions/${id}`, body)).status, 404);
  assert.deepEqual((await call('GET', '/subscriptions')).json, []);
});

test('of a delivery that waits for an earlier one of its key no time is told', async (t) => {
  const { call } = await served(t);
  const sink = await openSink(t);
  sink.answer = () => undefined;
  await call('POST', '/subscriptions', { sink: sink.url, protocol: 'HTTP', config: { order: 'key' } });
  for (const id of ['1', '2']) await call('POST', '/events', '', binary({ 'ce-id': id, 'ce-subject': 's' }));
  const [first] = (await call('GET', '/api/events/1')).json.deliveries;
  assert.equal(first.nextTime, '2030-01-01T12:00:00.000Z');
  const [second] = (await call('GET', '/api/events/2')).json.deliveries;
  assert.equal(second.waitsForKey, true);
  assert.equal(second.nextTime, undefined);
});

test('a subscription that cannot be used is refused with the path of what is wrong', async (t) => {
  const { call } = await served(t);
  const sink = 'http://127.0.0.1:1/x';
  const sql = await call('POST', '/subscriptions', { sink, protocol: 'HTTP', filters: [{ sql: 'type ==' }] });
  assert.equal(sql.status, 400);
  assert.equal(sql.json.path, 'filters[0].sql');
  assert.equal(sql.json.detail, 'filters[0].sql: line 1, column 6: found ==; equality is one =');
  const foreign = await call('POST', '/subscriptions', { sink: 'http://example.com', protocol: 'HTTP' });
  assert.equal(foreign.status, 400);
  assert.equal(foreign.json.path, 'sink');
  assert.match(foreign.json.detail, /--allow-target example.com/);
  assert.equal(
    (await call('POST', '/subscriptions', '{', { 'content-type': 'application/json' })).status,
    400,
  );
  assert.equal((await call('POST', '/subscriptions', 'x', { 'content-type': 'text/plain' })).status, 415);
});

test('F17 an event can be asked for by number or by source and id, with its fates as data and as sentences', async (t) => {
  const { call, world } = await served(t);
  await world.deploy(modelOf('RECEIVE', [start, receive('wait', 'Paid'), end], message('Paid', '=order')));
  const instance = await startInstance(world, 'RECEIVE', { order: 'o1' });
  const headers = { ...binary({ 'ce-subject': 'o1' }), 'content-type': 'application/json' };
  await call('POST', '/events', '{"big":12345678901234567890}', headers);
  await call('POST', '/events', '', binary({ 'ce-id': '2', 'ce-subject': 'o2' }));
  const story = await call('GET', '/api/events/1');
  assert.equal(story.status, 200);
  assert.deepEqual(story.json.fates, [
    {
      time: '2030-01-01T12:00:00.000Z',
      kind: 'correlated',
      processInstanceKey: String(instance),
      bpmnProcessId: 'RECEIVE',
      elementId: 'wait',
      text: `moved instance ${instance} of RECEIVE on at wait`,
    },
  ]);
  assert.equal(story.json.routed, true);
  assert.equal(story.json.event.subject, 'o1');
  const lookup = await fetchText(`${(await served(t)).url}/api/events/lookup?source=x`);
  assert.equal(lookup.status, 400);
  const found = await call('GET', '/api/events/lookup?source=/shop&id=2');
  assert.equal(found.json.sequence, 2);
  assert.equal(found.json.fates[0].kind, 'buffered');
  assert.equal((await call('GET', '/api/events/99')).status, 404);
  assert.equal((await call('GET', '/api/events/abc')).status, 400);
  const list = await call('GET', '/api/events?type=Paid&correlationKey=o1&from=2030-01-01T12:00:00Z&limit=1');
  assert.equal(list.json.items[0].sequence, 1);
  assert.equal(list.json.next, 1);
  assert.equal((await call('GET', '/api/events?from=yesterday')).status, 400);
});

async function fetchText(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

test('the data of an event are shown exactly as they came', async (t) => {
  const { call, url } = await served(t);
  const headers = { ...binary(), 'content-type': 'application/json' };
  await call('POST', '/events', '{"big":12345678901234567890,"x":1.50}', headers);
  const { text } = await fetchText(`${url}/api/events/1`);
  assert.ok(text.includes('"data":{"big":12345678901234567890,"x":1.50}'), text);
});

test('dead letters are listed with the answer that caused them, sent again, and discarded', async (t) => {
  const { call } = await served(t);
  const sink = await openSink(t);
  sink.answer = (response) => response.writeHead(422).end('no such session');
  await call('POST', '/subscriptions', { sink: sink.url, protocol: 'HTTP' });
  await call('POST', '/events', '', binary());
  const letterOf = () => eventually(async () => (await call('GET', '/api/dead-letters')).json.items[0]);
  const letter = await letterOf();
  assert.equal(letter.eventId, '1');
  assert.equal(letter.sink, sink.url);
  assert.equal(letter.response.status, 422);
  assert.equal(letter.response.body, 'no such session');
  assert.match(letter.reason, /final/);
  assert.deepEqual((await call('GET', '/api/events/1')).json.deadLetters, [letter]);
  assert.equal((await call('POST', `/api/dead-letters/${letter.id}/resend`)).status, 202);
  const next = await letterOf();
  assert.notEqual(next.id, letter.id);
  assert.equal((await call('DELETE', `/api/dead-letters/${next.id}`)).status, 204);
  assert.equal((await call('DELETE', `/api/dead-letters/${next.id}`)).status, 404);
  assert.equal((await call('POST', `/api/dead-letters/${next.id}/resend`)).status, 404);
});

test('an event can be routed again', async (t) => {
  const { call, world } = await served(t);
  await call('POST', '/events', '', binary());
  assert.equal((await call('POST', '/api/events/1/route')).status, 202);
  await world.pass(0);
  assert.deepEqual(await world.fates(1), ['unmatched', 'unmatched']);
  assert.equal((await call('POST', '/api/events/9/route')).status, 404);
});

test('events after a sequence come in the order of the log, page by page', async (t) => {
  const { call } = await served(t);
  for (const id of ['1', '2', '3', '4']) await call('POST', '/events', '', binary({ 'ce-id': id }));
  const page = async (query: string) => {
    const { json } = await call('GET', `/api/events?${query}`);
    return [json.items.map((item: { sequence: number }) => item.sequence), json.next];
  };
  assert.deepEqual(await page('after=0&limit=2'), [[1, 2], 2]);
  assert.deepEqual(await page('after=2&limit=3'), [[3, 4], 4]);
  assert.deepEqual(await page('after=1&before=4'), [[2, 3], 3]);
  assert.deepEqual(await page('after=4'), [[], 4]);
  assert.deepEqual(await page('after=0&type=Other'), [[], 4]);
  assert.deepEqual(await page('limit=2'), [[4, 3], 3]);
  assert.equal((await call('GET', '/api/events?after=-1')).status, 400);
});

test('events are searched by members of their data, by cause and by business transaction', async (t) => {
  const { call } = await served(t);
  const paid = (id: string, data: object, extensions = {}) =>
    call('POST', '/events', JSON.stringify({ ...event(id), ...extensions, data }), structured);
  await paid('1', { order: { id: 4711 }, seats: ['A', 'B'] }, { correlationid: 'c-1' });
  await paid('2', { order: { id: '4711' }, seats: ['B'] });
  await paid('3', { order: null });
  const ids = async (query: string) =>
    (await call('GET', `/api/events?${query}`)).json.items.map((item: { id: string }) => item.id);
  assert.deepEqual(await ids('data.order.id=4711'), ['2', '1']);
  assert.deepEqual(await ids('data.order.id=4711&data.seats[0]=A'), ['1']);
  assert.deepEqual(await ids('data.order=null'), ['3']);
  assert.deepEqual(await ids('correlationId=c-1'), ['1']);
  assert.deepEqual(await ids('correlationId=2'), ['2'], 'named by the id of the event that began it');
  assert.deepEqual(await ids('cause=1'), []);
  const refused = await call('GET', "/api/events?data.a'b=1");
  assert.equal(refused.status, 400);
  assert.match(refused.json.detail, /data\.order\.id/);
  const story = (await call('GET', '/api/events/1')).json;
  assert.deepEqual([story.trace, story.effects], [{ correlationId: 'c-1' }, []]);
});

test('sources that number their events are listed with what is missing', async (t) => {
  const { call } = await served(t);
  for (const [id, sequence] of ['1', '2', '5', '4'].entries())
    await call('POST', '/events', JSON.stringify({ ...event(`s${id}`), sequence }), structured);
  const [source] = (await call('GET', '/api/sources')).json.items;
  assert.deepEqual([source.source, source.last, source.gaps, source.late], ['/shop', '5', 1, 1]);
  const missed = (await call('GET', '/api/events?fate=gap')).json.items;
  assert.deepEqual(
    missed.map(({ id }: { id: string }) => id),
    ['s2'],
  );
});
