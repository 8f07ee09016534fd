import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { prepareSchema } from '../schema.ts';
import { forgetCompliance } from './forget.ts';

const DAY = 86_400_000;

test('instances that ended before a time are forgotten in small steps, with their deviations and old counts', (t) => {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  prepareSchema(database);
  const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
  for (const [key, endedAt] of [
    [1, DAY],
    [2, 2 * DAY],
    [3, 9 * DAY],
    [4, null],
  ] as const) {
    database.prepare('INSERT INTO compliance_instance VALUES (?, 1, NULL, NULL, 0, ?, 1)').run(key, endedAt);
    database
      .prepare(`INSERT INTO compliance_deviation VALUES (NULL, ?, 1, NULL, 'A', 'late', 'a', 0, 'r')`)
      .run(key);
  }
  for (const day of [1, 9]) {
    database.prepare(`INSERT INTO compliance_count VALUES (1, ?, 'a', 'A', 'late', 1)`).run(day);
    database.prepare('INSERT INTO compliance_day VALUES (1, ?, 1, 0)').run(day);
  }
  assert.equal(forgetCompliance(database, 8 * DAY, 1), 1);
  assert.equal(forgetCompliance(database, 8 * DAY, 10), 1);
  assert.equal(forgetCompliance(database, 8 * DAY, 10), 0);
  const keys = database.prepare('SELECT instance_key AS key FROM compliance_deviation ORDER BY key').all();
  assert.deepEqual(
    keys.map(({ key }) => key),
    [3, 4],
  );
  assert.equal(count('compliance_instance'), 2);
  assert.equal(count('compliance_count'), 1);
  assert.equal(count('compliance_day'), 1);
});
