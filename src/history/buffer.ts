import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Patch, RowSink } from './collections/spec.ts';
import { TABLES } from './collections.ts';

export type { Patch } from './collections/spec.ts';

interface ElementCount {
  active: number;
  completed: number;
  canceled: number;
}

interface Upsert {
  readonly columns: readonly string[];
  readonly statement: StatementSync;
}

/** What a projection writes to. */
export interface ProjectionSink extends RowSink {
  takeFlow(instanceKey: number, elementId: string): void;
  count(
    definitionKey: number,
    elementId: string,
    change: Partial<Record<'active' | 'completed' | 'canceled', number>>,
  ): void;
}

/** What a batch changed, for those who follow live. */
export interface Changes {
  readonly instances: Set<number>;
  definitions: boolean;
}

/**
 * Collects what a batch of records does to the tables, so that a row is written once a batch however many records
 * touch it. A patch names only what it knows; null and absent columns keep the stored value.
 */
export class RowBuffer implements ProjectionSink {
  readonly #database: DatabaseSync;
  readonly #upserts = new Map<string, Upsert>();
  readonly #addFlow: StatementSync;
  readonly #addCount: StatementSync;
  // Each batch has maps of its own: one that is cleared leads from its old table, which has grown old, to the new one, and
  // would keep what that holds until the whole heap is collected.
  #patches = new Map<string, Map<number, Record<string, SQLInputValue>>>();
  /** How often flows were taken, by instance and id. */
  #flows = new Map<number, Map<string, number>>();
  /** By definition and element. */
  #counts = new Map<number, Map<string, ElementCount>>();

  /** @param wins what stays where both are known: what is put, or what is stored. @defaultValue what is put */
  constructor(database: DatabaseSync, wins: 'put' | 'stored' = 'put') {
    this.#database = database;
    for (const table of TABLES) {
      const columns = Object.keys(table.columns);
      const updates = columns.map((column) =>
        wins === 'put'
          ? `${column} = coalesce(excluded.${column}, ${column})`
          : `${column} = coalesce(${column}, excluded.${column})`,
      );
      const statement = database.prepare(
        `INSERT INTO ${table.name} (key, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})
         ON CONFLICT (key) DO UPDATE SET ${updates.join(', ')}`,
      );
      this.#upserts.set(table.name, { columns, statement });
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

  put(table: string, key: number, patch: Patch): void {
    const rows = this.#rows(table);
    const known = rows.get(key);
    if (known === undefined) {
      rows.set(key, { ...patch });
      return;
    }
    for (const column in patch) {
      const value = patch[column];
      if (value !== null && value !== undefined) known[column] = value;
    }
  }

  /** The row as this batch leaves it: what is buffered over what is stored. */
  get(table: string, key: number): Patch | undefined {
    const stored = this.#database.prepare(`SELECT * FROM ${table} WHERE key = ?`).get(key);
    const patch = this.#rows(table).get(key);
    if (patch === undefined) return stored;
    const known = Object.entries(patch).filter(([, value]) => value !== null && value !== undefined);
    return { ...stored, ...Object.fromEntries(known) };
  }

  takeFlow(instanceKey: number, elementId: string): void {
    const flows = within(this.#flows, instanceKey);
    flows.set(elementId, (flows.get(elementId) ?? 0) + 1);
  }

  count(
    definitionKey: number,
    elementId: string,
    change: Partial<Record<'active' | 'completed' | 'canceled', number>>,
  ) {
    const counts = within(this.#counts, definitionKey);
    let count = counts.get(elementId);
    if (count === undefined) {
      count = { active: 0, completed: 0, canceled: 0 };
      counts.set(elementId, count);
    }
    count.active += change.active ?? 0;
    count.completed += change.completed ?? 0;
    count.canceled += change.canceled ?? 0;
  }

  /** Writes and forgets everything. The caller holds the transaction. */
  flush(): void {
    for (const [table, rows] of this.#patches) {
      const { columns, statement } = this.#upserts.get(table) as Upsert;
      for (const [key, patch] of rows) statement.run(key, ...columns.map((column) => patch[column] ?? null));
    }
    for (const [instanceKey, flows] of this.#flows)
      for (const [elementId, count] of flows) this.#addFlow.run(instanceKey, elementId, count);
    for (const [definitionKey, counts] of this.#counts)
      for (const [elementId, { active, completed, canceled }] of counts)
        this.#addCount.run(definitionKey, elementId, active, completed, canceled);
    this.discard();
  }

  /** Forgets what was not written, after a failed transaction. */
  discard(): void {
    this.#patches = new Map();
    this.#flows = new Map();
    this.#counts = new Map();
  }

  #rows(table: string): Map<number, Record<string, SQLInputValue>> {
    if (!this.#upserts.has(table)) throw new TypeError(`Unknown table ${table}`);
    return within(this.#patches, table);
  }
}

/** The map of a key, made when it is first asked for. */
function within<Key, Inner, Value>(maps: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const map = new Map<Inner, Value>();
  maps.set(key, map);
  return map;
}
