import { type Change, Overlay } from '../engine/state/overlay.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from '../engine/state/port.ts';
import type { Database } from './database.ts';
import { type PackedShapes, Packer, type Shape, Unpacker } from './packed-values.ts';
import { SqliteState, type SqliteStateOptions } from './sqlite-state.ts';
import type { AnyTable } from './state-table.ts';

export interface BufferedStateOptions extends SqliteStateOptions {
  /**
   * Characters of changes that are kept before they are written to the tables. More saves writing where rows do not live
   * long, and makes the start after a crash, and the one commit that writes them, longer. @defaultValue 512 Ki
   */
  readonly bufferChars?: number;
}

/** What was done to one table. */
interface Changed {
  readonly rows: object[];
  readonly gone: KeyPart[];
}

type Told = readonly [table: string, changed: Changed];

/** What one transaction did: for each table its name, the numbers of new rows and of gone ones, and these; of a gone row its key. */
interface ChangesText extends PackedShapes {
  readonly entries: readonly unknown[];
}

/**
 * The engine's state as its writer keeps it: tables of rows, and above them what was changed since they were last written
 * to. A transaction costs one row that tells its changes, not a page of each table and index that it touches; and what has
 * come and gone between two writings touches no table at all.
 *
 * Invariants
 * - B1 Tables and `state_change` together are the state as of the last commit; {@link reset} takes it from there.
 * - B2 Rows of a table that nobody has described since the start are kept as they were told.
 */
export class BufferedState implements StatePort {
  readonly #db: Database;
  readonly #tables: SqliteState;
  readonly #most: number;
  #above: Overlay;
  /** Characters of `state_change`. */
  #chars = 0;
  /** Found at the start, by the name of a table that was not described yet. */
  #found = new Map<string, Changed[]>();

  constructor(db: Database, options: BufferedStateOptions = {}) {
    this.#db = db;
    this.#tables = new SqliteState(db, options);
    this.#most = options.bufferChars ?? 512 * 1024;
    this.#above = new Overlay(this.#tables);
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
    return this.#above.get(table, key);
  }

  scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options?: ScanOptions,
  ): Iterable<Row> {
    this.#know(table);
    return this.#above.scan(table, index, prefix, options);
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
    const told: Told[] = [];
    let settled = false;
    let table: AnyTable | undefined;
    let changed: Changed = { rows: [], gone: [] };
    for (const { table: spec, key, row } of changes) {
      if (spec !== table) {
        table = spec;
        this.#know(table);
        // What deployments change is looked up by scans that are remembered, so it does not stay above.
        settled ||= table.stable === true;
        changed = { rows: [], gone: [] };
        told.push([table.name, changed]);
      }
      if (row !== undefined) {
        this.#tables.check(table, row);
        this.#above.put(table, row as never);
        changed.rows.push(row);
        continue;
      }
      if (this.#tables.isAbsent(table, key)) this.#above.forget(table, key);
      else this.#above.delete(table, key);
      changed.gone.push(key);
    }
    if (told.length === 0) return;
    const text = settled ? '' : encodeChanges(told);
    if (settled || this.#chars + text.length > this.#most) this.writeOut();
    else this.#tell(text);
  }

  /** Writes all that was changed to the tables. Call it inside a transaction; if that fails, call {@link reset}. */
  writeOut(): void {
    this.#tables.flush(this.#above.changes());
    this.#above = new Overlay(this.#tables);
    if (this.#chars > 0) this.#db.run('DELETE FROM state_change');
    this.#chars = 0;
    if (this.#found.size === 0) return;
    const kept = Array.from(this.#found, ([name, list]) =>
      list.map((changed): Told => [name, changed]),
    ).flat();
    this.#tell(encodeChanges(kept));
  }

  /** Forgets all that is remembered of the file: after a rollback, or when another connection has written. */
  reset(): void {
    this.#tables.reset();
    this.#above = new Overlay(this.#tables);
    this.#load();
  }

  #tell(text: string): void {
    this.#db.run('INSERT INTO state_change (changes) VALUES (?)', text);
    this.#chars += text.length;
  }

  #load(): void {
    this.#chars = 0;
    this.#found = new Map();
    for (const { changes } of this.#db.all<{ changes: string }>(
      'SELECT changes FROM state_change ORDER BY id',
    )) {
      this.#chars += changes.length;
      for (const [name, changed] of decodeChanges(changes)) {
        const found = this.#found.get(name);
        if (found === undefined) this.#found.set(name, [changed]);
        else found.push(changed);
      }
    }
  }

  /** Takes up what was found of a table, now that it is described. */
  #know<Row extends object>(table: TableSpec<Row>): void {
    if (this.#found.size === 0) return;
    const found = this.#found.get(table.name);
    if (found === undefined) return;
    this.#found.delete(table.name);
    for (const { rows, gone } of found) {
      for (const row of rows) this.#above.put(table, row as Row);
      for (const key of gone) this.#above.delete(table, key);
    }
  }
}

function encodeChanges(told: readonly Told[]): string {
  const packer = new Packer();
  for (const [name, { rows, gone }] of told) {
    packer.list.push(name, rows.length, gone.length);
    let shape: Shape | undefined;
    for (const row of rows) shape = packer.add(row, shape);
    for (const key of gone) shape = packer.add({ key }, shape);
  }
  return JSON.stringify({ ...packer.shapes(), entries: packer.list } satisfies ChangesText);
}

function decodeChanges(text: string): Told[] {
  const packed = JSON.parse(text) as ChangesText;
  const unpacker = new Unpacker(packed, packed.entries);
  const told: Told[] = [];
  while (!unpacker.done) {
    const name = unpacker.next() as string;
    const [rows, gone] = [unpacker.next() as number, unpacker.next() as number];
    told.push([
      name,
      {
        rows: Array.from({ length: rows }, () => unpacker.object()),
        gone: Array.from({ length: gone }, () => (unpacker.object() as { readonly key: KeyPart }).key),
      },
    ]);
  }
  return told;
}
