import type { DatabaseSync } from 'node:sqlite';
import type { LiveState } from '../store/live-state.ts';
import { type Changes, type ProjectionSink, RowBuffer } from './buffer.ts';
import type { ComplianceProjection } from './compliance/projection.ts';
import { project } from './projection.ts';
import type { RecordSource } from './source.ts';

/** Rows that are kept in memory at once. */
const SHARE = 10_000;
/** Records that are read at once. */
const PAGE = 5000;
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
  dropFragments(database);
  database.exec(ROOTS);
  for (const [table, column] of BEGINNINGS)
    database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${column} IS NULL`).run(live.since);
}

/** A column of each table that only a whole record tells; rows that were changed, but never told whole, lack it. */
const TOLD_WHOLE = {
  process_definition: 'process_id',
  process_instance: 'process_id',
  job: 'type',
  message_subscription: 'message_name',
  user_task: 'instance_key',
  batch_operation: 'type',
  batch_operation_item: 'batch_key',
} as const;

/** What has ended since, and whose beginning is gone, has no more than a column or two. */
function dropFragments(database: DatabaseSync): void {
  for (const [table, column] of Object.entries(TOLD_WHOLE))
    database.exec(`DELETE FROM ${table} WHERE ${column} IS NULL`);
}

/** Times that clients may count on. Of what has ended since, the kept records tell the end only. */
const BEGINNINGS = [
  ['process_instance', 'start_date'],
  ['element_instance', 'start_date'],
  ['incident', 'creation_date'],
] as const;

/** Instances that were called while the one at the top was not known yet. */
const ROOTS = `
WITH RECURSIVE tree (key, root) AS (
  SELECT key, key FROM process_instance WHERE parent_instance_key IS NULL
    AND key IN (SELECT parent_instance_key FROM process_instance WHERE parent_instance_key IS NOT NULL)
  UNION ALL
  SELECT p.key, tree.root FROM tree JOIN process_instance p ON p.parent_instance_key = tree.key)
UPDATE process_instance SET root_key = tree.root FROM tree WHERE process_instance.key = tree.key`;

/**
 * Position-wise the opposite end of {@link seed}: what has to be known before the first record that is kept is judged,
 * namely the models, and the instances that began earlier.
 */
export function seedCompliance(
  compliance: ComplianceProjection,
  source: RecordSource,
  live: LiveState,
): void {
  compliance.begin(live.records(), firstStart(source));
}

/** Key of the first process instance whose start the journal still tells; keys grow. */
function firstStart(source: RecordSource): number {
  for (let position = source.oldest() - 1; ; ) {
    const records = source.read(position, PAGE);
    for (const { record } of records)
      if (
        record.valueType === 'PROCESS_INSTANCE' &&
        record.intent === 'ELEMENT_ACTIVATING' &&
        record.value.bpmnElementType === 'PROCESS'
      )
        return record.key;
    const last = records.at(-1);
    if (last === undefined) return Number.POSITIVE_INFINITY;
    position = last.position;
  }
}
