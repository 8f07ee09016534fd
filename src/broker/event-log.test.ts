import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeUtf8, fromJsonText, makeEvent, toJsonText } from '../cloudevents/index.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import {
  brokerMigrations,
  Deliveries,
  EventLog,
  type EventQuery,
  findEvent,
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
}

const event = (id: string, type = 'T', { source = '/s', subject, correlationkey }: Parts = {}) =>
  makeEvent({ id, source, type, subject, extensions: { correlationkey } });

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
    const logged = log.get(sequence) ?? assert.fail();
    assert.equal(toJsonText(logged.event), text);
    assert.equal(logged.received, 1000 + index);
  }
  const binary = makeEvent({ id: '6', source: '/s', type: 'T', data: new Uint8Array([0, 255]) });
  const { sequence } = log.append(binary, 2000);
  assert.deepEqual([...(log.get(sequence)?.event.data ?? [])], [0, 255]);
});

test('F3 a repeat of source and id is no new event; another source or id is', (t) => {
  const log = new EventLog(openDatabase(t));
  assert.deepEqual(log.append(event('1'), 0), { sequence: 1, duplicate: false });
  assert.deepEqual(log.append(event('1', 'Other'), 5), { sequence: 1, duplicate: true });
  assert.equal(log.append(event('1', 'T', { source: '/t' }), 5).duplicate, false);
  assert.equal(log.append(event('2'), 5).duplicate, false);
});

test('F3 repeats are noticed for one window at least and two at most', (t) => {
  const db = openDatabase(t);
  const window = 100;
  const log = new EventLog(db, { windowMs: window });
  log.append(event('first'), 0);
  log.append(event('late'), 99);
  for (const now of [99, 100, 198]) assert.equal(log.append(event('late'), now).duplicate, true, String(now));
  log.append(event('turns'), 199);
  assert.equal(log.append(event('late'), 199).duplicate, true);
  log.append(event('turns again'), 300);
  assert.equal(log.append(event('late'), 300).duplicate, false);
});

test('F3 what is remembered survives another start and a rollback', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db, { windowMs: 100 });
  log.append(event('1'), 0);
  db.begin();
  assert.equal(log.append(event('2'), 150).duplicate, false);
  db.rollback();
  log.reset();
  assert.equal(log.append(event('2'), 150).duplicate, false);
  assert.equal(new EventLog(db, { windowMs: 100 }).append(event('1'), 150).duplicate, true);
});

test('events are found by each of their marks, the newest first, page by page', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  log.append(event('1', 'A', { subject: 'x' }), 10);
  log.append(event('2', 'B', { subject: 'x', correlationkey: 'k' }), 20);
  log.append(event('3', 'A', { source: '/t', correlationkey: 'x' }), 30);
  const find = (query: Partial<EventQuery>) =>
    searchEvents(db, { limit: 10, ...query }).map(({ sequence }) => sequence);
  assert.deepEqual(find({}), [3, 2, 1]);
  assert.deepEqual(find({ type: 'A' }), [3, 1]);
  assert.deepEqual(find({ source: '/s' }), [2, 1]);
  assert.deepEqual(find({ subject: 'x' }), [2, 1]);
  assert.deepEqual(find({ correlationKey: 'x' }), [3, 1], 'the subject counts where the extension is absent');
  assert.deepEqual(find({ from: 20, to: 29 }), [2]);
  assert.deepEqual(find({ type: 'A', before: 3 }), [1]);
  assert.deepEqual(find({ limit: 1 }), [3]);
  assert.equal(findEvent(db, '/s', '2'), 2);
  assert.equal(findEvent(db, '/t', '2'), undefined);
});

test('the story of an event holds its fates in order, its repeats and what is on its way', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  const { sequence } = log.append(event('1'), 10, { hops: 2, cause: 7, causeJob: 8 });
  log.append(event('1'), 15);
  log.addFates(sequence, [{ kind: 'buffered' }], 10);
  log.addFates(sequence, [{ kind: 'correlated' }, { kind: 'delivered' }], 20);
  new Deliveries(db, () => 0).add(sequence, { kind: 'host', address: 'http://localhost:1/' }, 10);
  const { event: _event, ...story } = readStory(db, sequence) ?? assert.fail();
  assert.deepEqual(story, {
    sequence,
    received: 10,
    hops: 2,
    cause: 7,
    causeJob: 8,
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

test('pruning takes old events in steps, and leaves what is still needed', (t) => {
  const db = openDatabase(t);
  const log = new EventLog(db);
  for (const id of ['1', '2', '3', '4']) log.append(event(id), Number(id));
  log.markToRoute(1);
  new Deliveries(db, () => 0).add(2, { kind: 'subscription', id: 'x' }, 0);
  assert.equal(log.prune(5, 1), 1);
  assert.equal(log.prune(5, 10), 1);
  assert.deepEqual(
    searchEvents(db, { limit: 9 }).map(({ sequence }) => sequence),
    [2, 1],
  );
  assert.equal(log.append(event('5'), 9).sequence, 5, 'numbers are never given twice');
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

test('data that are text stay text', (t) => {
  const log = new EventLog(openDatabase(t));
  const input = { id: '1', source: '/s', type: 'T', datacontenttype: 'text/plain', data: encodeUtf8('x') };
  const { sequence } = log.append(makeEvent(input), 0);
  assert.match(toJsonText(log.get(sequence)?.event ?? assert.fail()), /"data":"x"/);
});
