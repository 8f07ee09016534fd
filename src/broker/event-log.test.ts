import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CloudEvent, encodeUtf8, fromJsonText, makeEvent, toJsonText } from '../cloudevents/index.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import {
  type Appended,
  brokerMigrations,
  Deliveries,
  EventLog,
  type EventQuery,
  findEvent,
  type Origin,
  parseSubscription,
  readNumberedSources,
  readStory,
  Subscriptions,
  searchEvents,
} from './index.ts';

function openDatabase(t: TestContext): Database {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-broker-'));
  const db = new Database(join(folder, 'test.db'));
  t.after(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  migrate(db, [brokerMigrations()]);
  return db;
}

interface Parts {
  readonly source?: string;
  readonly subject?: string;
  readonly correlationkey?: string;
  readonly sequence?: string;
  readonly json?: string;
}

const event = (id: string, type = 'T', { source = '/s', subject, json, ...extensions }: Parts = {}) =>
  makeEvent({
    id,
    source,
    type,
    subject,
    extensions,
    data: json === undefined ? undefined : encodeUtf8(json),
  });

test('events are kept exactly: order and types of attributes, bytes of the data, form of the data', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  const texts = [
    '{"specversion":"1.0","zeta":true,"id":"1","n":-5,"source":"/s","type":"T","data":{"a":1.00}}',
    '{"specversion":"1.0","id":"2","source":"/s","type":"T","datacontenttype":"text/plain","data":"Ä"}',
    '{"specversion":"1.0","id":"3","source":"/s","type":"T","data_base64":"AAEC/w=="}',
    '{"specversion":"1.0","id":"4","source":"/s","type":"T","data":null}',
    '{"specversion":"1.0","id":"5","source":"/s","type":"T"}',
  ];
  for (const [index, text] of texts.entries()) {
    const { sequence } = log.append(fromJsonText(text), 1000 + index);
    assert.equal(sequence, index + 1);
    log.flush();
    const logged = log.get(sequence) ?? assert.fail();
    assert.equal(toJsonText(logged.event), text);
    assert.equal(logged.received, 1000 + index);
  }
  const binary = makeEvent({ id: '6', source: '/s', type: 'T', data: new Uint8Array([0, 255]) });
  const { sequence } = log.append(binary, 2000);
  assert.deepEqual([...(log.get(sequence)?.event.data ?? [])], [0, 255]);
});

test('the attributes of a folder of before are read', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  const { sequence } = appended(log, event('1'), 0);
  const pairs = '[["specversion","1.0"],["id","1"],["n",-5],["source","/s"],["type","T"],["zeta",true]]';
  db.run('UPDATE event SET attributes = ? WHERE sequence = ?', pairs, sequence);
  assert.equal(JSON.stringify([...(log.get(sequence)?.event.attributes ?? [])]), pairs);
});

/** Appends as one transaction of the writer does. */
function appended(log: EventLog, input: CloudEvent, now: number, origin?: Origin): Appended {
  const { undo: _undo, ...result } = log.append(input, now, origin);
  log.flush();
  return result;
}

test('F3 a repeat of source and id is no new event; another source or id is', (t) => {
  const log = new EventLog(openDatabase(t));
  assert.deepEqual(appended(log, event('1'), 0), { sequence: 1, duplicate: false });
  assert.deepEqual(appended(log, event('1', 'Other'), 5), { sequence: 1, duplicate: true });
  assert.equal(appended(log, event('1', 'T', { source: '/t' }), 5).duplicate, false);
  assert.equal(appended(log, event('2'), 5).duplicate, false);
  assert.equal(log.append(event('3'), 5).duplicate, false);
  assert.equal(log.append(event('3'), 5).duplicate, true, 'also within one transaction');
});

test('F3 repeats are noticed for one window, and not longer', (t) => {
  const log = new EventLog(openDatabase(t), { windowMs: 100 });
  appended(log, event('first'), 0);
  for (const now of [0, 99]) assert.equal(appended(log, event('first'), now).duplicate, true, String(now));
  assert.deepEqual(appended(log, event('first'), 100), { sequence: 2, duplicate: false });
  assert.deepEqual(appended(log, event('first'), 150), { sequence: 2, duplicate: true });
});

test('F3 what is remembered survives another start and a rollback', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db, { windowMs: 1000 });
  appended(log, event('1'), 0);
  db.begin();
  assert.equal(appended(log, event('2'), 150).duplicate, false);
  db.rollback();
  log.reset();
  assert.equal(appended(log, event('2'), 150).duplicate, false);
  assert.equal(new EventLog(db, { windowMs: 1000 }).append(event('1'), 150).duplicate, true);
});

test('L3 an event that is taken back leaves nothing behind', (t) => {
  const log = new EventLog(openDatabase(t));
  const first = log.append(event('1', 'T', { sequence: '1' }), 0);
  const second = log.append(event('2', 'T', { sequence: '5' }), 0);
  assert.equal(second.place?.kind, 'gap');
  second.undo?.();
  assert.equal(log.get(second.sequence), undefined);
  assert.deepEqual(log.append(event('2', 'T', { sequence: '2' }), 0).place, undefined);
  const undo = log.addFates(first.sequence, [{ kind: 'failed' }], 0);
  undo();
  log.flush();
  assert.deepEqual(log.fates(first.sequence), []);
});

test('events that are missing in the numbers of their source, and those that come late, are seen', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  let id = 0;
  const place = (sequence: string) => appended(log, event(String(id++), 'T', { sequence }), id).place;
  assert.deepEqual(
    ['8', '9', '10', '12', '11', '12'].map((sequence) => place(sequence)),
    [
      undefined,
      undefined,
      undefined,
      { kind: 'gap', last: '10', sequence: '12' },
      { kind: 'outOfOrder', last: '12', sequence: '11' },
      { kind: 'outOfOrder', last: '12', sequence: '12' },
    ],
  );
  assert.deepEqual(readNumberedSources(db, 10), [{ source: '/s', last: '12', time: 4, gaps: 1, late: 2 }]);
  const other = new EventLog(db);
  assert.equal(
    other.append(event('x', 'T', { sequence: '3' }), 9).place?.kind,
    'outOfOrder',
    'after a start too',
  );
  assert.equal(other.append(event('y', 'T', { source: '/t', sequence: 'b' }), 9).place, undefined);
  assert.equal(other.append(event('z', 'T', { source: '/t', sequence: 'a' }), 9).place?.kind, 'outOfOrder');
});

test('events are found by each of their marks, the newest first, page by page', async (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  const trace = { correlationId: 'c' };
  appended(log, event('1', 'A', { subject: 'x' }), 10);
  appended(log, event('2', 'B', { subject: 'x', correlationkey: 'k' }), 20, { hops: 1, cause: 1, trace });
  appended(log, event('3', 'A', { source: '/t', correlationkey: 'x', json: '{"a":[{"b":"7"}],"c":7}' }), 30);
  const find = async (query: Partial<EventQuery>) =>
    (await searchEvents(db, { limit: 10, ...query })).items.map(({ sequence }) => sequence);
  assert.deepEqual(await find({}), [3, 2, 1]);
  assert.deepEqual(await find({ type: 'A' }), [3, 1]);
  assert.deepEqual(await find({ source: '/s' }), [2, 1]);
  assert.deepEqual(await find({ subject: 'x' }), [2, 1]);
  assert.deepEqual(
    await find({ correlationKey: 'x' }),
    [3, 1],
    'the subject counts where the extension is absent',
  );
  assert.deepEqual(await find({ from: 20, to: 29 }), [2]);
  assert.deepEqual(await find({ type: 'A', before: 3 }), [1]);
  assert.deepEqual(await find({ limit: 1 }), [3]);
  assert.deepEqual(await find({ id: '2' }), [2]);
  assert.deepEqual(await find({ correlationId: 'c' }), [2]);
  assert.deepEqual(await find({ cause: 1 }), [2]);
  assert.deepEqual(await find({ data: new Map([['a[0].b', '7']]) }), [3]);
  assert.deepEqual(await find({ data: new Map([['c', '7']]), type: 'A' }), [3]);
  assert.deepEqual(await find({ data: new Map([['c', '8']]) }), []);
  assert.equal(await findEvent(db, '/s', '2'), 2);
  assert.equal(await findEvent(db, '/t', '2'), undefined);
});

test('the story of an event holds its fates in order, its repeats and what is on its way', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  const trace = { correlationId: 'c', causationId: 'b', traceparent: '00-1-2-01' };
  const { sequence } = log.append(event('1'), 10, { hops: 2, cause: 7, causeJob: 8, trace });
  log.addFates(sequence, [{ kind: 'buffered' }], 10);
  log.flush();
  appended(log, event('1'), 15);
  log.addFates(sequence, [{ kind: 'correlated' }, { kind: 'delivered' }], 20);
  new Deliveries(db, () => 0).add(sequence, { kind: 'host', address: 'http://localhost:1/' }, 10);
  const { event: _event, ...story } = readStory(db, sequence) ?? assert.fail();
  assert.deepEqual(story, {
    sequence,
    received: 10,
    hops: 2,
    cause: 7,
    causeJob: 8,
    trace,
    effects: [],
    fates: [
      { time: 10, fate: { kind: 'buffered' } },
      { time: 20, fate: { kind: 'correlated' } },
      { time: 20, fate: { kind: 'delivered' } },
    ],
    repeats: { count: 1, last: 15 },
    deliveries: [{ id: 1, host: 'http://localhost:1/', attempts: 0, nextTime: 10 }],
    toRoute: false,
  });
  assert.equal(readStory(db, 99), undefined);
});

test('pruning takes old events in steps, and leaves what is still needed', async (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  for (const id of ['1', '2', '3', '4', '5']) appended(log, event(id), Number(id));
  log.markToRoute(1);
  new Deliveries(db, () => 0).add(2, { kind: 'subscription', id: 'x' }, 0);
  assert.equal(log.prune(6, 1), 1);
  assert.equal(log.prune(6, 10), 1);
  assert.deepEqual(
    (await searchEvents(db, { limit: 9 })).items.map(({ sequence }) => sequence),
    [5, 2, 1],
  );
  assert.equal(appended(log, event('6'), 9).sequence, 6);
  assert.equal(new EventLog(db).append(event('7'), 9).sequence, 7, 'numbers are never given twice');
});

test('an event goes to each subscription that wants it, and to a receiver once at a time', (t) => {
  const db = openDatabase(t);
  const subscriptions = new Subscriptions(db);
  const base = { sink: 'http://127.0.0.1:1/', protocol: 'HTTP' } as const;
  subscriptions.create('all', { body: base, secrets: {} }, 0);
  subscriptions.create('types', { body: { ...base, types: ['A', 'B', 'A'] }, secrets: {} }, 0);
  subscriptions.create('none', { body: { ...base, types: ['C'], source: '/t' }, secrets: {} }, 0);
  subscriptions.create(
    'filtered',
    { body: { ...base, types: [], filters: [{ prefix: { subject: 'x' } }] }, secrets: {} },
    0,
  );
  assert.deepEqual(subscriptions.matching(event('1', 'A')).sort(), ['all', 'types']);
  assert.deepEqual(subscriptions.matching(event('1', 'C', { subject: 'xy' })).sort(), ['all', 'filtered']);
  subscriptions.retire('all', 'gone', 0);
  assert.deepEqual(subscriptions.matching(event('1', 'C')), []);
  const deliveries = new Deliveries(db, () => 0);
  for (const now of [1, 2]) deliveries.add(1, { kind: 'subscription', id: 'types' }, now);
  assert.deepEqual(deliveries.lanes(), ['s:types']);
  assert.deepEqual(deliveries.lanesDue(0, 5), [], 'only what is tried again waits for a time');
  assert.equal(deliveries.nextDue(1), undefined);
});

test('a subscription is found by each kind of wish, and never twice', (t) => {
  const db = openDatabase(t);
  const subscriptions = new Subscriptions(db);
  const want = (id: string, body: object) =>
    subscriptions.create(
      id,
      parseSubscription({ ...body, sink: 'http://127.0.0.1:1/', protocol: 'HTTP' }),
      0,
    );
  want('source', { source: '/s' });
  want('subject', { filters: [{ exact: { subject: 'x', type: 'A' } }] });
  want('both', { filters: [{ prefix: { type: 'A' } }, { all: [{ exact: { subject: 'x' } }] }] });
  want('any', { filters: [{ any: [{ exact: { subject: 'x' } }, { exact: { type: 'B' } }] }] });
  want('not', { filters: [{ not: { exact: { subject: 'x' } } }] });
  want('types', { types: ['A', 'A'], source: '/t' });
  const matching = (type: string, parts: Parts) => subscriptions.matching(event('1', type, parts)).sort();
  assert.deepEqual(matching('A', { subject: 'x' }), ['any', 'both', 'source', 'subject']);
  assert.deepEqual(matching('B', { subject: 'x' }), ['any', 'source']);
  assert.deepEqual(matching('B', {}), ['any', 'not', 'source']);
  assert.deepEqual(matching('A', { source: '/t' }), ['not', 'types']);
});

test('data that are text stay text', (t) => {
  const log = new EventLog(openDatabase(t));
  const input = { id: '1', source: '/s', type: 'T', datacontenttype: 'text/plain', data: encodeUtf8('x') };
  const { sequence } = log.append(makeEvent(input), 0);
  assert.match(toJsonText(log.get(sequence)?.event ?? assert.fail()), /"data":"x"/);
});

test('the oldest event is found though the first one of all was taken back', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  log.append(event('gone'), 1000).undo?.();
  log.flush();
  assert.equal(log.oldest(), undefined);
  assert.equal(log.size(), 0);
  log.append(event('1'), 2000);
  log.flush();
  assert.equal(log.oldest(), undefined);
  log.append(event('2'), 3000);
  log.flush();
  assert.equal(log.oldest(), 2000);
  assert.ok(log.size() > 0);
});
