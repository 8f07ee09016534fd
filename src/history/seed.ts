import type { DatabaseSync } from 'node:sqlite';
import type { LiveState } from '../store/live-state.ts';
import { type Changes, type ProjectionSink, RowBuffer } from './buffer.ts';
import { project } from './projection.ts';

/** Rows that are kept in memory at once. */
const SHARE = 10_000;
/** Tables that tell of what happened, not of what is. */
const OF_EVENTS: ReadonlySet<string> = new Set(['audit_log', 'correlated_message_subscription']);

/**
 * Fills a read model that is built again when the older part of the journal is gone: with what lives, though no record
 * that is kept tells of its beginning. To be called when the tables stand at `live.position`, in the same transaction.
 * What the records told stays.
 */
export function seed(database: DatabaseSync, changes: Changes, live: LiveState): void {
  const rows = new RowBuffer(database, 'stored');
  const active = new Map<string, { definitionKey: number; elementId: string; count: number }>();
  const sink: ProjectionSink = {
    put: (table, key, patch) => {
      if (!OF_EVENTS.has(table)) rows.put(table, key, patch);
    },
    get: (table, key) => rows.get(table, key),
    takeFlow: () => undefined,
    count: (definitionKey, elementId) => {
      const id = `${definitionKey}/${elementId}`;
      const known = active.get(id);
      if (known === undefined) active.set(id, { definitionKey, elementId, count: 1 });
      else known.count += 1;
    },
  };
  let left = SHARE;
  for (const record of live.records()) {
    project({ position: live.position, record }, sink, changes);
    left -= 1;
    if (left > 0) continue;
    rows.flush();
    changes.instances.clear();
    left = SHARE;
  }
  rows.flush();
  // The journal that is kept tells of ends whose beginnings it does not tell.
  database.exec('UPDATE element_count SET active = 0');
  const add = database.prepare(
    `INSERT INTO element_count (definition_key, element_id, active, completed, canceled) VALUES (?, ?, ?, 0, 0)
     ON CONFLICT DO UPDATE SET active = excluded.active`,
  );
  for (const { definitionKey, elementId, count } of active.values()) add.run(definitionKey, elementId, count);
}
