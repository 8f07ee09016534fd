import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Patch, RowSink } from './collections/spec.ts';
import { TABLES } from './collections.ts';

export type { Patch } from './collections/spec.ts';

interface ElementCount {
  readonly definitionKey: number;
  readonly elementId: string;
  active: number;
  completed: number;
  canceled: number;
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
  readonly #patches = new Map<string, Map<number, Record<string, SQLInputValue>>>();
  readonly #upserts = new Map<
    string,
    { readonly columns: readonly string[]; readonly upsert: StatementSync }
  >();
  readonly #flows = new Map<string, { instanceKey: number; elementId: string; count: number }>();
  readonly #counts = new Map<string, ElementCount>();
  readonly #addFlow: StatementSync;
  readonly #addCount: StatementSync;

  /** @param wins what stays where both are known: what is put, or what is stored. @defaultValue what is put */
  constructor(database: DatabaseSync, wins: 'put' | 'stored' = 'put') {
    this.#database = database;
    for (const table of TABLES) {
      this.#patches.set(table.name, new Map());
      const columns = Object.keys(table.columns);
      const updates = columns.map((column) =>
        wins === 'put'
          ? `${column} = coalesce(excluded.${column}, ${column})`
          : `${column} = coalesce(${column}, excluded.${column})`,
      );
      const upsert = database.prepare(
        `INSERT INTO ${table.name} (key, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})
         ON CONFLICT (key) DO UPDATE SET ${updates.join(', ')}`,
      );
      this.#upserts.set(table.name, { columns, upsert });
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
    for (const [table, { columns, upsert }] of this.#upserts) {
      const rows = this.#rows(table);
      for (const [key, patch] of rows) upsert.run(key, ...columns.map((column) => patch[column] ?? null));
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

  #rows(table: string): Map<number, Record<string, SQLInputValue>> {
    const rows = this.#patches.get(table);
    if (rows === undefined) throw new TypeError(`Unknown table ${table}`);
    return rows;
  }
}
