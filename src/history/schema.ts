import type { DatabaseSync } from 'node:sqlite';
import type { TableSpec } from './collections/spec.ts';
import { TABLES } from './collections.ts';
import { COMPLIANCE_TABLES } from './compliance/tables.ts';
import type { RecordSource } from './source.ts';
import { atomically } from './space.ts';

/** Raised when a table changes: the read model is then thrown away and built again from the journal. */
export const HISTORY_SCHEMA = 8;

/** Tables that are no collections: the position, and counts. Times are epoch ms, keys are integers. */
const OWN_TABLES = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1), schema INTEGER NOT NULL, position INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  complete INTEGER NOT NULL
) STRICT;
CREATE TABLE sequence_flow (
  instance_key INTEGER NOT NULL, element_id TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (instance_key, element_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE element_count (
  definition_key INTEGER NOT NULL, element_id TEXT NOT NULL,
  active INTEGER NOT NULL, completed INTEGER NOT NULL, canceled INTEGER NOT NULL,
  PRIMARY KEY (definition_key, element_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE job_metric (
  minute INTEGER NOT NULL, type TEXT NOT NULL, worker TEXT NOT NULL,
  created INTEGER NOT NULL, completed INTEGER NOT NULL, failed INTEGER NOT NULL,
  created_last INTEGER, completed_last INTEGER, failed_last INTEGER,
  PRIMARY KEY (minute, type, worker)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_metric_type ON job_metric (type, minute);
`;

/** Makes the tables in an empty database, or drops all and makes them again if they are of another version. */
export function prepareSchema(database: DatabaseSync): void {
  const known = database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'meta'`).get() !== undefined;
  const schema = known ? database.prepare('SELECT schema FROM meta WHERE id = 1').get() : undefined;
  if (schema?.['schema'] === HISTORY_SCHEMA) return;
  rebuildSchema(database);
}

/**
 * All columns but the key may be null: a row is written as a patch (see `RowBuffer`), and what the patch does not
 * know stays as it was. Times are epoch ms, keys are integers, JSON values are exact texts.
 */
function statementsOf({ name, columns, indexes }: TableSpec): string[] {
  const list = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  return [
    `CREATE TABLE ${name} (key INTEGER PRIMARY KEY, ${list.join(', ')}) STRICT`,
    ...indexes.map((index) => `CREATE INDEX ${index}`),
  ];
}

/**
 * Drops everything; the projection then starts from the oldest record again. The empty file is set to give pages back
 * (see `space.ts`).
 */
export function rebuildSchema(database: DatabaseSync): void {
  atomically(database, () => {
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    for (const { name } of tables) database.exec(`DROP TABLE "${String(name)}"`);
  });
  database.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
  atomically(database, () => {
    database.exec(OWN_TABLES);
    for (const table of TABLES) for (const statement of statementsOf(table)) database.exec(statement);
    database.exec(COMPLIANCE_TABLES);
    database
      .prepare('INSERT INTO meta (id, schema, position, timestamp, complete) VALUES (1, ?, 0, 0, 0)')
      .run(HISTORY_SCHEMA);
  });
}

export interface HistoryMeta {
  readonly schema: number;
  readonly position: number;
  readonly timestamp: number;
  /** False until all that lives is shown, of which the journal may not tell any more. */
  readonly complete: boolean;
}

export function readMeta(database: DatabaseSync): HistoryMeta | undefined {
  const row = database.prepare('SELECT schema, position, timestamp, complete FROM meta WHERE id = 1').get();
  return row === undefined
    ? undefined
    : {
        schema: Number(row['schema']),
        position: Number(row['position']),
        timestamp: Number(row['timestamp']),
        complete: row['complete'] === 1,
      };
}

/**
 * Whether the journal still holds what the tables show, and not other records in their places; and goes on where they
 * end, which it does not if records were pruned that they have not seen: an older copy of the file was put back, or the
 * machine lost what was not synced.
 */
export function isOfJournal(meta: HistoryMeta | undefined, source: RecordSource): boolean {
  const position = meta?.position ?? 0;
  if (position === 0) return true;
  if (position < source.oldest()) return position === source.oldest() - 1;
  return source.read(position - 1, 1)[0]?.record.timestamp === meta?.timestamp;
}
