import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Columns of the tables that are written as patches; the first one is the key. */
const COLUMNS = {
  process_definition: [
    'key',
    'process_id',
    'name',
    'version',
    'resource_name',
    'xml',
    'element_names',
    'deployed_at',
    'state',
  ],
  process_instance: [
    'key',
    'process_id',
    'version',
    'definition_key',
    'state',
    'start_date',
    'end_date',
    'parent_instance_key',
    'parent_element_key',
    'root_key',
    'tags',
    'business_id',
  ],
  element_instance: [
    'key',
    'instance_key',
    'process_id',
    'definition_key',
    'element_id',
    'type',
    'event_type',
    'state',
    'start_date',
    'end_date',
    'scope_key',
  ],
  variable: [
    'key',
    'name',
    'value',
    'scope_key',
    'instance_key',
    'definition_key',
    'process_id',
    'updated_at',
  ],
  job: [
    'key',
    'type',
    'kind',
    'listener_event',
    'state',
    'retries',
    'worker',
    'deadline',
    'error_message',
    'error_code',
    'custom_headers',
    'instance_key',
    'element_key',
    'element_id',
    'process_id',
    'definition_key',
    'creation_date',
    'end_date',
    'updated_at',
    'sent_sequence',
    'reply_sequence',
  ],
  incident: [
    'key',
    'error_type',
    'error_message',
    'state',
    'creation_date',
    'end_date',
    'instance_key',
    'element_key',
    'element_id',
    'process_id',
    'definition_key',
    'job_key',
  ],
  message_subscription: [
    'key',
    'message_name',
    'correlation_key',
    'state',
    'updated_at',
    'instance_key',
    'element_key',
    'element_id',
    'process_id',
    'definition_key',
    'kind',
    'event_sequence',
  ],
  timer: [
    'key',
    'due_date',
    'repetitions',
    'state',
    'instance_key',
    'element_key',
    'element_id',
    'process_id',
    'definition_key',
  ],
  user_task: [
    'key',
    'state',
    'assignee',
    'candidate_groups',
    'candidate_users',
    'due_date',
    'follow_up_date',
    'priority',
    'form_key',
    'external_form_reference',
    'custom_headers',
    'creation_date',
    'completion_date',
    'instance_key',
    'element_key',
    'element_id',
    'process_id',
    'definition_key',
    'version',
  ],
  decision_instance: [
    'key',
    'evaluation_key',
    'place',
    'state',
    'evaluation_date',
    'evaluation_failure',
    'decision_key',
    'decision_id',
    'decision_name',
    'decision_version',
    'decision_type',
    'requirements_key',
    'root_decision_key',
    'result',
    'inputs',
    'rules',
    'instance_key',
    'element_key',
    'element_id',
    'process_id',
    'definition_key',
  ],
} as const;

export type PatchTable = keyof typeof COLUMNS;
export type Patch = Readonly<Record<string, SQLInputValue>>;

interface ElementCount {
  readonly definitionKey: number;
  readonly elementId: string;
  active: number;
  completed: number;
  canceled: number;
}

/**
 * Collects what a batch of records does to the tables, so that a row is written once a batch however many records
 * touch it. A patch names only what it knows; null and absent columns keep the stored value.
 */
export class RowBuffer {
  readonly #database: DatabaseSync;
  readonly #patches = new Map<PatchTable, Map<number, Record<string, SQLInputValue>>>();
  readonly #upserts = new Map<PatchTable, StatementSync>();
  readonly #flows = new Map<string, { instanceKey: number; elementId: string; count: number }>();
  readonly #counts = new Map<string, ElementCount>();
  readonly #addFlow: StatementSync;
  readonly #addCount: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const [table, columns] of entries(COLUMNS)) {
      this.#patches.set(table, new Map());
      const [key, ...rest] = columns;
      const updates = rest.map((column) => `${column} = coalesce(excluded.${column}, ${column})`);
      this.#upserts.set(
        table,
        database.prepare(
          `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
           ON CONFLICT (${key}) DO UPDATE SET ${updates.join(', ')}`,
        ),
      );
    }
    this.#addFlow = database.prepare(
      `INSERT INTO sequence_flow (instance_key, element_id, count) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    );
    this.#addCount = database.prepare(
      `INSERT INTO element_count (definition_key, element_id, active, completed, canceled) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET active = active + excluded.active, completed = completed + excluded.completed,
         canceled = canceled + excluded.canceled`,
    );
  }

  put(table: PatchTable, key: number, patch: Patch): void {
    const rows = this.#rows(table);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { ...patch });
    else Object.assign(known, patch);
  }

  /** The row as this batch leaves it: what is buffered over what is stored. */
  get(table: PatchTable, key: number): Patch | undefined {
    const stored = this.#database.prepare(`SELECT * FROM ${table} WHERE key = ?`).get(key);
    const patch = this.#rows(table).get(key);
    return stored === undefined && patch === undefined ? undefined : { ...stored, ...patch };
  }

  takeFlow(instanceKey: number, elementId: string): void {
    const id = `${instanceKey}/${elementId}`;
    const known = this.#flows.get(id);
    if (known === undefined) this.#flows.set(id, { instanceKey, elementId, count: 1 });
    else known.count += 1;
  }

  count(
    definitionKey: number,
    elementId: string,
    change: Partial<Record<'active' | 'completed' | 'canceled', number>>,
  ) {
    const id = `${definitionKey}/${elementId}`;
    let row = this.#counts.get(id);
    if (row === undefined) {
      row = { definitionKey, elementId, active: 0, completed: 0, canceled: 0 };
      this.#counts.set(id, row);
    }
    row.active += change.active ?? 0;
    row.completed += change.completed ?? 0;
    row.canceled += change.canceled ?? 0;
  }

  /** Writes and forgets everything. The caller holds the transaction. */
  flush(): void {
    for (const [table, columns] of entries(COLUMNS)) {
      const rows = this.#rows(table);
      const upsert = this.#upserts.get(table);
      if (upsert === undefined) continue;
      for (const [key, patch] of rows) {
        upsert.run(...columns.map((column) => (column === 'key' ? key : (patch[column] ?? null))));
      }
      rows.clear();
    }
    for (const { instanceKey, elementId, count } of this.#flows.values()) {
      this.#addFlow.run(instanceKey, elementId, count);
    }
    this.#flows.clear();
    for (const row of this.#counts.values()) {
      this.#addCount.run(row.definitionKey, row.elementId, row.active, row.completed, row.canceled);
    }
    this.#counts.clear();
  }

  /** Forgets what was not written, after a failed transaction. */
  discard(): void {
    for (const rows of this.#patches.values()) rows.clear();
    this.#flows.clear();
    this.#counts.clear();
  }

  #rows(table: PatchTable): Map<number, Record<string, SQLInputValue>> {
    const rows = this.#patches.get(table);
    if (rows === undefined) throw new TypeError(`Unknown table ${table}`);
    return rows;
  }
}

function entries<Key extends string, Value>(object: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(object) as [Key, Value][];
}
