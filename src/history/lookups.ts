import type { DatabaseSync } from 'node:sqlite';
import { find, type Row } from './search.ts';

/** Reads of the read model that are no searches. */

/** Levels of calls that are followed; the engine allows fewer. */
const MOST_CALLS = 10_000;

export function callHierarchy(database: DatabaseSync, instanceKey: number): Row[] {
  const rows = database
    .prepare(
      `WITH RECURSIVE up (key, level) AS (
         SELECT ?, 0 UNION ALL
         SELECT p.parent_instance_key, level + 1 FROM up JOIN process_instance p ON p.key = up.key
           WHERE p.parent_instance_key IS NOT NULL AND level < ${MOST_CALLS})
       SELECT key FROM up ORDER BY level DESC`,
    )
    .all(instanceKey);
  return rows
    .map(({ key }) => find(database, 'processInstances', Number(key)))
    .filter((row) => row !== undefined);
}

export function decisionXml(database: DatabaseSync, key: number): string | undefined {
  return text(
    database
      .prepare(
        `SELECT r.xml AS value FROM decision_requirements r WHERE r.state = 'ACTIVE' AND (r.key = ?
           OR r.key = (SELECT d.requirements_key FROM decision_definition d WHERE d.key = ? AND d.state = 'ACTIVE'))`,
      )
      .get(key, key),
  );
}

export function startFormOf(database: DatabaseSync, definitionKey: number): string | undefined {
  return text(
    database.prepare('SELECT start_form AS value FROM process_definition WHERE key = ?').get(definitionKey),
  );
}

export function takenFlows(database: DatabaseSync, instanceKey: number): string[] {
  return database
    .prepare('SELECT element_id AS id FROM sequence_flow WHERE instance_key = ? LIMIT 10000')
    .all(instanceKey)
    .map(({ id }) => String(id));
}

function text(row: Row | undefined): string | undefined {
  const value = row?.['value'];
  return typeof value === 'string' ? value : undefined;
}
