import type { DatabaseSync } from 'node:sqlite';
import { COMPLIANCE_TABLES } from './compliance/tables.ts';

/** Raised when a table changes: the read model is then thrown away and built again from the journal. */
export const HISTORY_SCHEMA = 3;

/**
 * All columns but the keys may be null: a row is written as a patch (see `RowBuffer`), and what the patch does not
 * know stays as it was. Times are epoch ms, keys are integers, JSON values are exact texts.
 */
const TABLES = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1), schema INTEGER NOT NULL, position INTEGER NOT NULL, timestamp INTEGER NOT NULL
) STRICT;
CREATE TABLE process_definition (
  key INTEGER PRIMARY KEY, process_id TEXT, name TEXT, version INTEGER, resource_name TEXT, xml TEXT,
  element_names TEXT, deployed_at INTEGER, state TEXT
) STRICT;
CREATE INDEX process_definition_id ON process_definition (process_id, version);
CREATE TABLE process_instance (
  key INTEGER PRIMARY KEY, process_id TEXT, version INTEGER, definition_key INTEGER, state TEXT,
  start_date INTEGER, end_date INTEGER, parent_instance_key INTEGER, parent_element_key INTEGER, root_key INTEGER,
  tags TEXT, business_id TEXT
) STRICT;
CREATE INDEX process_instance_process ON process_instance (process_id, state);
CREATE INDEX process_instance_state ON process_instance (state);
CREATE INDEX process_instance_start ON process_instance (start_date);
CREATE INDEX process_instance_business_id ON process_instance (business_id) WHERE business_id IS NOT NULL;
CREATE INDEX process_instance_parent ON process_instance (parent_instance_key) WHERE parent_instance_key IS NOT NULL;
CREATE INDEX process_instance_end ON process_instance (end_date) WHERE end_date IS NOT NULL AND parent_instance_key IS NULL;
CREATE TABLE element_instance (
  key INTEGER PRIMARY KEY, instance_key INTEGER, process_id TEXT, definition_key INTEGER, element_id TEXT,
  type TEXT, event_type TEXT, state TEXT, start_date INTEGER, end_date INTEGER, scope_key INTEGER
) STRICT;
CREATE INDEX element_instance_instance ON element_instance (instance_key);
CREATE INDEX element_instance_active ON element_instance (instance_key, element_id) WHERE end_date IS NULL;
CREATE TABLE sequence_flow (
  instance_key INTEGER NOT NULL, element_id TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (instance_key, element_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE element_count (
  definition_key INTEGER NOT NULL, element_id TEXT NOT NULL,
  active INTEGER NOT NULL, completed INTEGER NOT NULL, canceled INTEGER NOT NULL,
  PRIMARY KEY (definition_key, element_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE variable (
  key INTEGER PRIMARY KEY, name TEXT, value TEXT, scope_key INTEGER, instance_key INTEGER, definition_key INTEGER,
  process_id TEXT, updated_at INTEGER
) STRICT;
CREATE INDEX variable_instance ON variable (instance_key, name);
CREATE INDEX variable_value ON variable (substr(value, 1, 80));
CREATE TABLE job (
  key INTEGER PRIMARY KEY, type TEXT, kind TEXT, listener_event TEXT, state TEXT, retries INTEGER, worker TEXT,
  deadline INTEGER, error_message TEXT, error_code TEXT, custom_headers TEXT, instance_key INTEGER, element_key INTEGER,
  element_id TEXT, process_id TEXT, definition_key INTEGER, creation_date INTEGER, end_date INTEGER, updated_at INTEGER,
  sent_sequence INTEGER, reply_sequence INTEGER
) STRICT;
CREATE INDEX job_instance ON job (instance_key);
CREATE INDEX job_type ON job (type, state);
CREATE TABLE incident (
  key INTEGER PRIMARY KEY, error_type TEXT, error_message TEXT, state TEXT, creation_date INTEGER, end_date INTEGER,
  instance_key INTEGER, element_key INTEGER, element_id TEXT, process_id TEXT, definition_key INTEGER, job_key INTEGER
) STRICT;
CREATE INDEX incident_instance ON incident (instance_key);
CREATE INDEX incident_active ON incident (instance_key) WHERE state = 'ACTIVE';
CREATE TABLE message_subscription (
  key INTEGER PRIMARY KEY, message_name TEXT, correlation_key TEXT, state TEXT, updated_at INTEGER,
  instance_key INTEGER, element_key INTEGER, element_id TEXT, process_id TEXT, definition_key INTEGER, kind TEXT,
  event_sequence INTEGER
) STRICT;
CREATE INDEX message_subscription_instance ON message_subscription (instance_key);
CREATE INDEX message_subscription_name ON message_subscription (message_name, correlation_key);
CREATE TABLE timer (
  key INTEGER PRIMARY KEY, due_date INTEGER, repetitions INTEGER, state TEXT, instance_key INTEGER,
  element_key INTEGER, element_id TEXT, process_id TEXT, definition_key INTEGER
) STRICT;
CREATE INDEX timer_instance ON timer (instance_key);
CREATE TABLE user_task (
  key INTEGER PRIMARY KEY, state TEXT, assignee TEXT, candidate_groups TEXT, candidate_users TEXT, due_date TEXT,
  follow_up_date TEXT, priority INTEGER, form_key INTEGER, external_form_reference TEXT, custom_headers TEXT,
  creation_date INTEGER, completion_date INTEGER, instance_key INTEGER, element_key INTEGER, element_id TEXT,
  process_id TEXT, definition_key INTEGER, version INTEGER
) STRICT;
CREATE INDEX user_task_instance ON user_task (instance_key);
CREATE INDEX user_task_state ON user_task (state, assignee);
CREATE TABLE decision_instance (
  key INTEGER PRIMARY KEY, evaluation_key INTEGER, place INTEGER, state TEXT, evaluation_date INTEGER, evaluation_failure TEXT, decision_key INTEGER,
  decision_id TEXT, decision_name TEXT, decision_version INTEGER, decision_type TEXT, requirements_key INTEGER,
  root_decision_key INTEGER, result TEXT, inputs TEXT, rules TEXT, instance_key INTEGER, element_key INTEGER,
  element_id TEXT, process_id TEXT, definition_key INTEGER
) STRICT;
CREATE INDEX decision_instance_instance ON decision_instance (instance_key);
CREATE INDEX decision_instance_evaluation ON decision_instance (evaluation_key);
CREATE INDEX decision_instance_decision ON decision_instance (decision_id);
`;

/** Makes the tables in an empty database, or drops all and makes them again if they are of another version. */
export function prepareSchema(database: DatabaseSync): void {
  const known = database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'meta'`).get() !== undefined;
  if (known && readMeta(database)?.schema === HISTORY_SCHEMA) return;
  rebuildSchema(database);
}

/** Drops everything; the projection then starts from the oldest record again. */
export function rebuildSchema(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    for (const { name } of tables) database.exec(`DROP TABLE "${String(name)}"`);
    database.exec(TABLES);
    database.exec(COMPLIANCE_TABLES);
    database
      .prepare('INSERT INTO meta (id, schema, position, timestamp) VALUES (1, ?, 0, 0)')
      .run(HISTORY_SCHEMA);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

export interface HistoryMeta {
  readonly schema: number;
  readonly position: number;
  readonly timestamp: number;
}

export function readMeta(database: DatabaseSync): HistoryMeta | undefined {
  const row = database.prepare('SELECT schema, position, timestamp FROM meta WHERE id = 1').get();
  return row === undefined
    ? undefined
    : {
        schema: Number(row['schema']),
        position: Number(row['position']),
        timestamp: Number(row['timestamp']),
      };
}
