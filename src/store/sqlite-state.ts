import type { Change } from '../engine/state/overlay.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from '../engine/state/port.ts';
import { decode, encode } from './codec.ts';
import type { Database } from './database.ts';
import { type CachedRows, RowCache } from './row-cache.ts';
import { type AnyTable, StateTable } from './state-table.ts';

export interface SqliteStateOptions {
  /** Bytes of rows kept parsed in memory. More saves reads; waiting instances need none. @defaultValue 24 MiB */
  readonly cacheBytes?: number;
}

/** A table, and what is remembered of it. */
interface Held {
  readonly table: StateTable;
  readonly rows: CachedRows;
  /** What scans of a stable table found since it was last written to, by index, prefix and options. */
  scans: Map<string, readonly object[]> | undefined;
}

/** A scan page by page; drained into memory before anything is written, so that it sees one picture (P4). */
class Pages<Row> {
  #page: Row[];
  #left: number;
  #more = true;
  readonly #load: (after: Row | undefined, most: number) => Row[];

  constructor(first: Row[], limit: number, load: (after: Row | undefined, most: number) => Row[]) {
    this.#page = first;
    this.#left = limit - first.length;
    this.#load = load;
  }

  *rows(): Generator<Row, void, undefined> {
    for (;;) {
      // The page may grow at its end by a drain while its first rows are handed out, hence no iterator.
      for (let at = 0; at < this.#page.length; at++) yield this.#page[at] as Row;
      if (!this.#more) return;
      this.#page = this.#next();
    }
  }

  drain(): void {
    const all = this.#page.slice();
    let last = this.#page;
    while (this.#more) {
      last = this.#next(last.at(-1));
      for (const row of last) all.push(row);
    }
    this.#page = all;
  }

  #next(after = this.#page.at(-1)): Row[] {
    const want = Math.min(this.#left, PAGE);
    const rows = this.#load(after, want);
    this.#left -= rows.length;
    this.#more = rows.length === want && this.#left > 0;
    return rows;
  }
}

/** Scans of one stable table that are remembered. */
const MOST_SCANS = 1000;
const FIRST_PAGE = 32;
const PAGE = 512;
const NONE: readonly never[] = [];

/**
 * The engine's state in tables of SQLite. `BufferedState` writes many changes at once, by {@link flush}; `put` and `delete`
 * write one.
 *
 * Invariants
 * - S1 The cache never holds what the current transaction does not hold; after a rollback call {@link reset}.
 * - S2 A row that is known not to be in SQL costs no SQL, neither to look for nor to delete.
 * - S3 Strings are ordered by code point (SQLite's BINARY), numbers before strings.
 */
export class SqliteState implements StatePort {
  readonly #db: Database;
  readonly #cache: RowCache;
  readonly #tables = new Map<string, Held>();
  readonly #open = new Set<{ drain(): void }>();

  constructor(db: Database, options: SqliteStateOptions = {}) {
    this.#db = db;
    this.#cache = new RowCache(options.cacheBytes ?? 24 * 1024 * 1024);
  }

  /**
   * In one transaction: lays out anew the tables whose description has changed since they were written, and derives those
   * that there were not yet.
   */
  prepare(tables: readonly AnyTable[]): void {
    this.#db.transaction(() => {
      for (const table of tables) this.#held(table);
      for (const table of tables)
        if (table.derive !== undefined && !this.#held(table).table.exists)
          for (const row of table.derive(this)) this.put(table, row);
    });
  }

  get<Row extends object>(spec: TableSpec<Row>, key: KeyPart): Row | undefined {
    const { table, rows } = this.#held(spec);
    if (table.certainlyAbsent(key)) return undefined;
    const known = this.#cache.get(rows, key);
    if (known !== undefined) return known.row as Row | undefined;
    const text = table.read(key);
    const row = text === undefined ? undefined : decode<Row>(text);
    this.#cache.set(rows, key, row, text?.length ?? 0);
    return row;
  }

  put<Row extends object>(spec: TableSpec<Row>, row: Row): void {
    this.#write(this.#held(spec), row[spec.key] as KeyPart, row);
  }

  delete<Row extends object>(spec: TableSpec<Row>, key: KeyPart): void {
    this.#remove(this.#held(spec), key);
  }

  scan<Row extends object>(
    spec: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions = {},
  ): Iterable<Row> {
    const held = this.#held(spec);
    if (!spec.stable) return this.#read(held, index, prefix, options);
    if (held.scans === undefined || held.scans.size > MOST_SCANS) held.scans = new Map();
    const name = scanName(index, prefix, options);
    let found = held.scans.get(name);
    if (!found) {
      found = [...this.#read<Row>(held, index, prefix, options)];
      held.scans.set(name, found);
    }
    return found as readonly Row[];
  }

  /** A list if the first page holds all. */
  #read<Row extends object>(
    { table, rows }: Held,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions,
  ): Iterable<Row> {
    const { limit = Number.POSITIVE_INFINITY } = options;
    if (limit <= 0) return NONE;
    const found = table.page(index, prefix, options, undefined, Math.min(limit, FIRST_PAGE));
    // Most scans find nothing.
    if (found.length === 0) return NONE;
    const first = found.map(({ k, v }) => this.#known<Row>(rows, k, v));
    if (first.length < FIRST_PAGE || first.length === limit) return first;
    const pages = new Pages(first, limit, (after, most) =>
      table.page(index, prefix, options, after, most).map(({ k, v }) => this.#known<Row>(rows, k, v)),
    );
    this.#open.add(pages);
    return this.#walk(pages);
  }

  *#walk<Row extends object>(pages: Pages<Row>): Generator<Row, void, undefined> {
    try {
      yield* pages.rows();
    } finally {
      this.#open.delete(pages);
    }
  }

  /** Throws `TypeError` for a row that the table cannot take. */
  check(spec: { readonly name: string }, row: object): void {
    this.#held(spec).table.check(row);
  }

  /** True if the file holds no row with this key and nothing need be asked to know it. */
  isAbsent(spec: { readonly name: string }, key: KeyPart): boolean {
    const { table, rows } = this.#held(spec);
    if (table.certainlyAbsent(key)) return true;
    const known = this.#cache.get(rows, key);
    return known !== undefined && known.row === undefined;
  }

  /** Writes the last values of a batch. Call it inside a transaction; if that fails, call {@link reset}. */
  flush(changes: Iterable<Change>): void {
    for (const { table, key, row } of changes) {
      const target = this.#held(table);
      if (row === undefined) this.#remove(target, key);
      else this.#write(target, key, row);
    }
  }

  /** Forgets all that is remembered of the file: after a rollback, or when another connection has written. */
  reset(): void {
    this.#cache.clear();
    this.#tables.clear();
  }

  #held(spec: { readonly name: string }): Held {
    const known = this.#tables.get(spec.name);
    if (known !== undefined) return known;
    const held: Held = {
      table: new StateTable(this.#db, spec as AnyTable),
      rows: this.#cache.table(),
      scans: undefined,
    };
    this.#tables.set(spec.name, held);
    return held;
  }

  #known<Row extends object>(rows: CachedRows, key: KeyPart, text: string): Row {
    const known = this.#cache.get(rows, key)?.row;
    if (known !== undefined) return known as Row;
    const row = decode<Row>(text);
    this.#cache.set(rows, key, row, text.length);
    return row;
  }

  #write(held: Held, key: KeyPart, row: object): void {
    const { table, rows } = held;
    const old = table.certainlyAbsent(key) ? undefined : this.#cache.get(rows, key)?.row;
    // A scope whose child ended and whose next one began is often as it was before.
    if (old !== undefined && hasMembersOf(old, row) && hasMembersOf(row, old)) return;
    this.#settleScans();
    held.scans = undefined;
    const text = encode(row);
    table.write(key, row, text, old);
    this.#cache.set(rows, key, row, text.length);
  }

  #remove(held: Held, key: KeyPart): void {
    const { table, rows } = held;
    this.#settleScans();
    held.scans = undefined;
    const known = this.#cache.get(rows, key);
    if (known === undefined || known.row !== undefined) table.remove(key);
    this.#cache.delete(rows, key);
  }

  #settleScans(): void {
    for (const scan of this.#open) scan.drain();
    this.#open.clear();
  }
}

/** Of a scan of one table. */
function scanName(index: string, prefix: readonly KeyPart[], { upTo, limit }: ScanOptions): string {
  const only = prefix[0];
  if (prefix.length === 1 && typeof only === 'string' && upTo === undefined && limit === undefined)
    return `${index} ${only}`;
  return JSON.stringify([index, prefix, upTo, limit]);
}

function hasMembersOf(one: object, other: object): boolean {
  for (const name in other)
    if ((one as Record<string, unknown>)[name] !== (other as Record<string, unknown>)[name]) return false;
  return true;
}
