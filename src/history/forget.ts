import type { DatabaseSync } from 'node:sqlite';
import { forgetCompliance } from './compliance/forget.ts';
import { forgetOfNoInstance } from './forget-of-no-instance.ts';

/** Tables of what belongs to an instance, each with a column `instance_key`; the instance itself goes last. */
const OF_INSTANCE = [
  'compliance_deviation',
  'element_instance',
  'sequence_flow',
  'variable',
  'job',
  'incident',
  'message_subscription',
  'timer',
  'user_task',
  'decision_instance',
  'correlated_message_subscription',
  'audit_log',
] as const;

/** How a row of these is told from others of its instance. */
const ROW_ID: Readonly<Record<string, string>> = { sequence_flow: 'element_id', compliance_deviation: 'id' };

/**
 * Forgets what ended before a time (epoch ms), in a step of about `limit` rows: instances with those that they called and
 * all that belongs to them, and what belongs to no instance. To be called in a transaction. Answers how many rows went: 0
 * when nothing is left.
 */
export function forgetHistory(database: DatabaseSync, before: number, limit: number): number {
  let gone = forgetCompliance(database, before, limit);
  if (gone < limit) gone += forgetInstances(database, before, limit - gone);
  if (gone < limit) gone += forgetOfNoInstance(database, before, limit - gone);
  return gone;
}

/** Forgets instances that ended before a time, the oldest first, with all that belongs to them. As {@link forgetHistory}. */
export function forgetInstances(database: DatabaseSync, before: number, limit: number): number {
  let left = limit;
  const roots = database
    .prepare(
      `SELECT key, end_date FROM process_instance WHERE end_date < ?1 AND parent_instance_key IS NULL
       UNION ALL SELECT key, end_date FROM process_instance WHERE end_date < ?1 AND caller_gone = 1
       ORDER BY end_date LIMIT ?2`,
    )
    .all(before, left);
  for (const { key } of roots) {
    for (const instance of withCalled(database, Number(key))) {
      left -= forgetInstance(database, instance, left);
      if (left <= 0) return limit - left;
    }
  }
  return limit - left;
}

/** A root instance and what it called, the deepest first, so that a step cut short can be gone on with. */
function withCalled(database: DatabaseSync, root: number): number[] {
  return database
    .prepare(
      `WITH RECURSIVE tree (key) AS (
         SELECT ? UNION SELECT p.key FROM process_instance p JOIN tree ON p.parent_instance_key = tree.key)
       SELECT key FROM tree ORDER BY key DESC`,
    )
    .all(root)
    .map(({ key }) => Number(key));
}

function forgetInstance(database: DatabaseSync, key: number, limit: number): number {
  let left = limit;
  for (const table of OF_INSTANCE) {
    const id = ROW_ID[table] ?? 'key';
    const { changes } = database
      .prepare(
        `DELETE FROM ${table} WHERE instance_key = ? AND ${id} IN
           (SELECT ${id} FROM ${table} WHERE instance_key = ? LIMIT ?)`,
      )
      .run(key, key, left);
    left -= Number(changes);
    if (left <= 0) return limit - left;
  }
  for (const table of ['compliance_instance', 'process_instance'])
    database.prepare(`DELETE FROM ${table} WHERE key = ?`).run(key);
  return limit - left + 1;
}
