import type { DatabaseSync } from 'node:sqlite';
import { dayOf } from './tables.ts';

/**
 * Forgets instances that ended before a time, with their deviations, in a small step; counts of days that lie wholly
 * before it go too. To be called with the pruning of the read model's instances, in its transaction.
 *
 * @param before epoch ms
 * @param limit instances to forget at most
 * @returns how many instances went; fewer than `limit` when nothing is left to do
 */
export function forgetCompliance(database: DatabaseSync, before: number, limit: number): number {
  const keys = database
    .prepare('SELECT key FROM compliance_instance WHERE ended_at < ? ORDER BY ended_at LIMIT ?')
    .all(before, limit)
    .map(({ key }) => Number(key));
  const list = JSON.stringify(keys);
  database
    .prepare('DELETE FROM compliance_deviation WHERE instance_key IN (SELECT value FROM json_each(?))')
    .run(list);
  database.prepare('DELETE FROM compliance_instance WHERE key IN (SELECT value FROM json_each(?))').run(list);
  for (const table of ['compliance_count', 'compliance_day'])
    database.prepare(`DELETE FROM ${table} WHERE day < ?`).run(dayOf(before));
  return keys.length;
}
