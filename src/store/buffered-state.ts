import { type Change, Overlay } from '../engine/state/overlay.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from '../engine/state/port.ts';
import type { Database } from './database.ts';
import { SqliteState, type SqliteStateOptions } from './sqlite-state.ts';
import { type Changed, changesText, readChanges, type Told } from './state-changes.ts';
import type { AnyTable } from './state-table.ts';

export interface BufferedStateOptions extends SqliteStateOptions {
  /**
   * Characters of changes that come together before they are written to the tables. More saves writing where rows do not
   * live long, and takes memory and time at the start after a crash. @defaultValue 1 Mi
   */
  readonly bufferChars?: number;
}

/** Rows written to the tables at a time, so that rows share pages and no commit is held up. */
const PORTION = 256;
/** By how much faster old changes are written than new ones come. */
const HASTE = 1.5;

/**
 * The engine's state as its writer keeps it: tables of rows, and above them what was changed lately. A transaction costs one
 * row that tells its changes, not a page of each table and index that it touches. When enough have come together, they are
 * written to the tables, some with each commit, while the next come together above them; what has come and gone meanwhile
 * touches no table at all.
 *
 * Invariants
 * - B1 Tables and `state_change` together are the state as of the last commit; {@link reset} takes it from there.
 * - B2 Rows of a table that nobody has described since the start are kept as they were told.
 */
export class BufferedState implements StatePort {
  readonly #db: Database;
  readonly #tables: SqliteState;
  readonly #most: number;
  // Overlays are dropped as a whole: maps whose entries come and go for long would keep what has gone from being collected.
  #old!: Overlay;
  #young!: Overlay;
  /** Changes of the old overlay, of which the first are written. */
  #writing: readonly Change[] = [];
  #written = 0;
  /** How many more should be. */
  #due = 0;
  /** The last row of `state_change` that the old overlay holds. */
  #oldId = 0;
  #lastId = 0;
  /** Characters that the young overlay holds. */
  #chars = 0;
  /** Told before the start, of tables that were not described since. */
  #found = new Map<string, Changed[]>();

  constructor(db: Database, options: BufferedStateOptions = {}) {
    this.#db = db;
    this.#tables = new SqliteState(db, options);
    this.#most = options.bufferChars ?? 1024 * 1024;
    this.#load();
  }

  /** Writes all to the tables, then see {@link SqliteState.prepare}. */
  prepare(tables: readonly AnyTable[]): void {
    for (const table of tables) this.#know(table);
    if (this.#chars > 0) this.#db.transaction(() => this.writeOut());
    this.#tables.prepare(tables);
  }

  get<Row extends object>(table: TableSpec<Row>, key: KeyPart): Row | undefined {
    this.#know(table);
    return this.#young.get(table, key);
  }

  scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options?: ScanOptions,
  ): Iterable<Row> {
    this.#know(table);
    return this.#young.scan(table, index, prefix, options);
  }

  /** For tests and tools, which change one row at a time. */
  put<Row extends object>(table: TableSpec<Row>, row: Row): void {
    this.take([{ table: table as unknown as AnyTable, key: row[table.key] as KeyPart, row }]);
  }

  delete<Row extends object>(table: TableSpec<Row>, key: KeyPart): void {
    this.take([{ table: table as unknown as AnyTable, key, row: undefined }]);
  }

  /** Keeps the last values of a batch. Call it inside its transaction; if that fails, call {@link reset}. */
  take(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const told: Told[] = [];
    let stable = false;
    let table: AnyTable | undefined;
    let changed: Changed = { rows: [], gone: [] };
    for (const change of changes) {
      if (change.table !== table) {
        ({ table } = change);
        this.#know(table);
        stable ||= table.stable === true;
        changed = { rows: [], gone: [] };
        told.push([table.name, changed]);
      }
      this.#change(change);
      if (change.row === undefined) changed.gone.push(change.key);
      else changed.rows.push(change.row);
    }
    // What deployments change is looked up by scans that are remembered, so it does not stay above.
    const text = stable ? '' : changesText(told);
    if (stable || text.length > this.#most) this.writeOut();
    else {
      this.#tell(text);
      this.#writeSome(text.length);
    }
  }

  /** Writes all that was changed to the tables. Call it inside a transaction; if that fails, call {@link reset}. */
  writeOut(): void {
    this.#writePortion(this.#writing.length);
    this.#tables.flush(this.#young.changes());
    this.#empty();
    this.#forget(this.#lastId);
  }

  /** Forgets all that is remembered of the file: after a rollback, or when another connection has written. */
  reset(): void {
    this.#tables.reset();
    this.#load();
  }

  #change({ table, key, row }: Change): void {
    if (row !== undefined) {
      this.#tables.check(table, row);
      this.#young.put(table, row as never);
    } else if (this.#old.touches(table, key) || !this.#tables.isAbsent(table, key))
      this.#young.delete(table, key);
    else this.#young.forget(table, key);
  }

  #tell(text: string): void {
    this.#lastId += 1;
    this.#db.run('INSERT INTO state_change (id, changes) VALUES (?, ?)', this.#lastId, text);
    this.#chars += text.length;
  }

  /** As much of what is old as goes with so many characters of new changes. */
  #writeSome(chars: number): void {
    this.#due += (this.#writing.length * HASTE * chars) / this.#most;
    if (this.#due >= PORTION) this.#writePortion(this.#due);
    if (this.#chars <= this.#most) return;
    this.#writePortion(this.#writing.length);
    this.#old = this.#young;
    this.#old.putOn(this.#tables);
    this.#young = new Overlay(this.#old);
    this.#writing = this.#old.changes();
    this.#written = 0;
    this.#oldId = this.#lastId;
    this.#chars = 0;
  }

  #writePortion(most: number): void {
    if (this.#writing.length === 0) return;
    const portion = this.#writing.slice(this.#written, this.#written + Math.ceil(most));
    this.#due = 0;
    this.#written += portion.length;
    // What was changed again is told again, too.
    this.#tables.flush(portion.filter(({ table, key }) => !this.#young.touches(table, key)));
    if (this.#written < this.#writing.length) return;
    this.#writing = [];
    this.#forget(this.#oldId);
  }

  /** What was told up to this row is in the tables. */
  #forget(id: number): void {
    this.#db.run('DELETE FROM state_change WHERE id <= ?', id);
    if (id === this.#lastId) this.#chars = 0;
    if (this.#found.size === 0) return;
    const kept = Array.from(this.#found, ([name, list]) => list.map((changed): Told => [name, changed]));
    this.#tell(changesText(kept.flat()));
  }

  #empty(): void {
    this.#old = new Overlay(this.#tables);
    this.#young = new Overlay(this.#old);
    this.#writing = [];
  }

  #load(): void {
    this.#empty();
    this.#found = new Map();
    const rows = this.#db.all<{ id: number; changes: string }>(
      'SELECT id, changes FROM state_change ORDER BY id',
    );
    for (const { changes } of rows)
      for (const [name, changed] of readChanges(changes)) {
        const found = this.#found.get(name);
        if (found === undefined) this.#found.set(name, [changed]);
        else found.push(changed);
      }
    this.#lastId = rows.at(-1)?.id ?? 0;
    this.#chars = rows.reduce((sum, { changes }) => sum + changes.length, 0);
  }

  /** Takes up what was found of a table, now that it is described. */
  #know<Row extends object>(table: TableSpec<Row>): void {
    if (this.#found.size === 0) return;
    const found = this.#found.get(table.name);
    if (found === undefined) return;
    this.#found.delete(table.name);
    for (const { rows, gone } of found) {
      for (const row of rows) this.#young.put(table, row as Row);
      for (const key of gone) this.#young.delete(table, key);
    }
  }
}
