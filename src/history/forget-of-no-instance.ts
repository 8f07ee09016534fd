import type { DatabaseSync } from 'node:sqlite';

/** What belongs to no instance and is over: its table, how a row is told, and which rows ended before `:before`. */
const OVER = [
  ['decision_instance', 'key', 'instance_key IS NULL AND evaluation_date < :before'],
  ['timer', 'key', `instance_key < 0 AND state <> 'CREATED' AND due_date < :before`],
  ['message_subscription', 'key', `kind = 'START_EVENT' AND state = 'DELETED' AND updated_at < :before`],
  [
    'batch_operation_item',
    'key',
    'batch_key IN (SELECT b.key FROM batch_operation b WHERE b.end_date < :before)',
  ],
  [
    'batch_operation',
    'key',
    'end_date < :before AND NOT EXISTS (SELECT 1 FROM batch_operation_item i WHERE i.batch_key = batch_operation.key)',
  ],
] as const;

/**
 * Forgets evaluations of decisions by themselves, timers and subscriptions of start events, batch operations and counts
 * of jobs that are older than a time (epoch ms), about `limit` rows. To be called in a transaction. Answers how many rows
 * went.
 */
export function forgetOfNoInstance(database: DatabaseSync, before: number, limit: number): number {
  let left = limit;
  for (const [table, id, which] of OVER) {
    const { changes } = database
      .prepare(`DELETE FROM ${table} WHERE ${id} IN (SELECT ${id} FROM ${table} WHERE ${which} LIMIT :limit)`)
      .run({ before, limit: left });
    left -= Number(changes);
    if (left <= 0) return limit - left;
  }
  // One row a minute, type and worker.
  const { changes } = database.prepare('DELETE FROM job_metric WHERE minute < ?').run(before);
  return limit - left + Number(changes);
}
