import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createClock } from './clock.ts';
import { type Database, openDatabase } from './database.ts';
import { createEventOutbox, type EventOutbox } from './events.ts';
import { outcomeOfStatus, sharedMigrations } from './outbox.ts';
import { type RecordingBroker, startRecordingBroker } from './recording-broker.ts';

describe('the outbox of events', () => {
  let folder: string;
  let database: Database;
  let broker: RecordingBroker;
  let events: EventOutbox;
  let warnings: string[];

  const open = () => {
    database = openDatabase(join(folder, 'test.sqlite'), [sharedMigrations]);
    events = createEventOutbox({
      database,
      clock: createClock(() => 1_790_000_000_000),
      source: '/test',
      brokerUrl: broker.url,
      inFlight: 8,
      pace: { firstMs: 1, mostMs: 5 },
      newId: () => crypto.randomUUID(),
      random: () => 0.5,
      warn: (message) => warnings.push(message),
    });
    events.outbox.start();
  };
  const emit = (sessionId: string, type: string) =>
    database.write(() => events.emit({ type, sessionId, data: { type } }));
  const close = async () => {
    await events.outbox.close();
    database.close();
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concert-outbox-'));
    broker = await startRecordingBroker();
    warnings = [];
    open();
  });
  afterEach(async () => {
    await close();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sends an event with the envelope of the contract', async () => {
    await emit('s1', 'Some.Type');
    const event = await broker.until(() => broker.taken[0], 'the event');
    assert.equal(event.source, '/test');
    assert.equal(event.subject, 's1');
    assert.equal(event.correlationKey, 's1');
    assert.equal(event.time, 1_790_000_000_000);
    assert.deepEqual(event.data, { type: 'Some.Type' });
    assert.match(event.id, /^[0-9a-f-]{36}$/);
  });

  it('R10: sends nothing of a change that was undone', async () => {
    const undone = database.write(() => {
      events.emit({ type: 'Undone', sessionId: 's1', data: {} });
      throw new Error('undone');
    });
    await assert.rejects(undone);
    await emit('s1', 'Kept');
    await broker.until(() => broker.ofType('Kept').length === 1, 'the kept event');
    assert.equal(broker.attempts.length, 1);
  });

  it('R10: keeps the order of each session while the broker fails now and then', async () => {
    let count = 0;
    const failures = [500, 0, 202, 429, 202, 408, 503, 202];
    broker.answer(() => failures[count++ % failures.length] ?? 202);
    const sessions = ['a', 'b', 'c', 'd', 'e'];
    const types = Array.from({ length: 8 }, (_, index) => `T${index}`);
    for (const type of types) await Promise.all(sessions.map((session) => emit(session, type)));
    await broker.until(() => broker.taken.length >= 40, 'all events');
    for (const session of sessions) {
      const sent = broker.taken.filter((event) => event.subject === session).map((event) => event.type);
      assert.deepEqual([...new Set(sent)], types);
    }
    const ids = new Map(
      broker.attempts.map((event) => [`${event.subject} ${event.type}`, new Set<string>()]),
    );
    for (const event of broker.attempts) ids.get(`${event.subject} ${event.type}`)?.add(event.id);
    for (const [name, tried] of ids) assert.equal(tried.size, 1, `${name} kept its id`);
  });

  it('R10: a session whose event fails does not hold up the others', async () => {
    broker.answer((event) => (event.subject === 'bad' ? 500 : 202));
    await emit('bad', 'First');
    await emit('bad', 'Second');
    await emit('good', 'Other');
    await broker.until(() => broker.ofType('Other').length === 1, 'the other');
    assert.equal(
      broker.attempts.filter((event) => event.type === 'Second').length,
      0,
      'order within the session',
    );
    broker.answer(() => 202);
    await broker.until(() => broker.ofType('Second').length === 1, 'the second');
  });

  it('R10: keeps aside what the broker refuses for good, goes on, and can send it again', async () => {
    broker.answer((event) => (event.type === 'Refused' ? 400 : 202));
    await emit('s1', 'Refused');
    await emit('s1', 'Next');
    await broker.until(() => broker.ofType('Next').length === 1, 'the next');
    const [kept] = events.outbox.undeliverable();
    assert.equal(kept?.reason, 'status 400');
    assert.match(JSON.stringify(kept), /"type":"Refused"/);
    assert.match(warnings.join(), /undeliverable/);
    broker.answer(() => 202);
    assert.equal(await events.outbox.sendAgain(), 1);
    await broker.until(() => broker.ofType('Refused').length === 1, 'the refused');
    assert.equal(
      new Set(broker.attempts.filter((event) => event.type === 'Refused').map((event) => event.id)).size,
      1,
    );
  });

  it('R10: sends after a new start what was left before', async () => {
    broker.answer(() => 503);
    for (const type of ['A', 'B', 'C']) await emit('s1', type);
    await close();
    broker.answer(() => 202);
    open();
    await broker.until(() => broker.taken.length === 3, 'all events');
    assert.deepEqual(
      broker.taken.map((event) => event.type),
      ['A', 'B', 'C'],
    );
    await broker.until(() => events.outbox.pending === 0, 'an empty outbox');
  });
});

it('knows which answers are worth another attempt', () => {
  const kind = (status: number) => outcomeOfStatus(status, null).kind;
  for (const status of [200, 202, 204]) assert.equal(kind(status), 'done');
  for (const status of [302, 408, 409, 425, 429, 500, 502, 503]) assert.equal(kind(status), 'later');
  for (const status of [400, 401, 403, 404, 410, 413, 415]) assert.equal(kind(status), 'undeliverable');
  assert.deepEqual(outcomeOfStatus(429, '2'), {
    kind: 'later',
    reason: 'status 429',
    whole: true,
    afterMs: 2_000,
  });
});
