import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferedState } from '../../store/buffered-state.ts';
import { Database } from '../../store/database.ts';
import { type MigrationSet, migrate, readMigrations } from '../../store/migrate.ts';
import { moduleMigrations } from '../migrations.ts';
import { INSTANCE_TRACES, traceOfInstance } from './instance-traces.ts';
import { MESSAGE_EVENTS, messageEnded } from './message-events.ts';

const store = readMigrations('store', new URL('../../store/sql/', import.meta.url));

/** The tables of a folder before migration `number` of the router. */
function before(number: number): readonly MigrationSet[] {
  return moduleMigrations().map((set) =>
    set.module === 'router'
      ? { ...set, migrations: set.migrations.filter((each) => each.number < number) }
      : set,
  );
}

test('a folder of before keeps the traces of its instances and the events of its messages', () => {
  const db = new Database(':memory:');
  migrate(db, [store, ...before(5)]);
  db.exec(`
    INSERT INTO message_event (message_key, sequence, used, on_the_way) VALUES (11, 1, 0, 0), (12, 2, 1, 0), (13, 3, 0, 2);
    INSERT INTO instance_trace (process_instance_key, correlation_id, traceparent) VALUES (21, 'a "b"', NULL), (22, 'c', '00-1-2-01');
  `);
  migrate(db, [store, ...moduleMigrations()]);
  const rows = new BufferedState(db);
  assert.deepEqual(
    [11, 12, 13].map((key) => rows.get(MESSAGE_EVENTS, key)),
    [
      { messageKey: 11, sequence: 1, used: false, onTheWay: 0 },
      { messageKey: 12, sequence: 2, used: true, onTheWay: 0 },
      { messageKey: 13, sequence: 3, used: false, onTheWay: 2 },
    ],
  );
  assert.deepEqual(
    [21, 22].map((key) => rows.get(INSTANCE_TRACES, key)),
    [
      { processInstanceKey: 21, correlationId: 'a "b"' },
      { processInstanceKey: 22, correlationId: 'c', traceparent: '00-1-2-01' },
    ],
  );
  db.transaction(() => {
    assert.equal(messageEnded(rows, 11)?.sequence, 1);
    rows.put(INSTANCE_TRACES, { processInstanceKey: 23, correlationId: 'd' });
    rows.writeOut();
  });
  const again = new BufferedState(db);
  assert.equal(again.get(MESSAGE_EVENTS, 11), undefined);
  assert.equal(traceOfInstance(again, 23)?.correlationId, 'd');
});
