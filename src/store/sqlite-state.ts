import type { KeyPart, ScanOptions, StatePort, TableSpec } from '../engine/state/port.ts';
import { decode, encode } from './codec.ts';
import type { Database } from './database.ts';
import { RowCache } from './row-cache.ts';
import { type AnyTable, StateTable } from './state-table.ts';

/** The last value of one row in a batch; `row` undefined: it is gone. */
export interface RowChange {
  readonly table: AnyTable;
  readonly key: KeyPart;
  readonly row: object | undefined;
}

export interface SqliteStateOptions {
  /** Bytes of rows kept parsed in memory. More saves reads; waiting instances need none. @defaultValue 24 MiB */
  readonly cacheBytes?: number;
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
 * The engine's state in SQLite. The writer reads it through an overlay and writes it once, at the end of a batch,
 * by {@link flush}; `put` and `delete` write at once and are there for tests and tools.
 *
 * Invariants
 * - S1 The cache never holds what the current transaction does not hold; after a rollback call {@link reset}.
 * - S2 A row that is known not to be in SQL costs no SQL, neither to look for nor to delete.
 * - S3 Strings are ordered by code point (SQLite's BINARY), numbers before strings.
 */
export class SqliteState implements StatePort {
  readonly #db: Database;
  readonly #cache: RowCache;
  readonly #tables = new Map<string, StateTable>();
  readonly #open = new Set<{ drain(): void }>();
  /** What scans of stable tables found, by table, then index, prefix and options. */
  readonly #found = new Map<string, Map<string, readonly object[]>>();

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
      for (const table of tables) this.#table(table);
      for (const table of tables)
        if (table.derive !== undefined && !this.#table(table).exists)
          for (const row of table.derive(this)) this.put(table, row);
    });
  }

  get<Row extends object>(spec: TableSpec<Row>, key: KeyPart): Row | undefined {
    const table = this.#table(spec);
    if (table.certainlyAbsent(key)) return undefined;
    const known = this.#cache.get(spec.name, key);
    if (known !== undefined) return known.row as Row | undefined;
    const text = table.read(key);
    const row = text === undefined ? undefined : decode<Row>(text);
    this.#cache.set(spec.name, key, row, text?.length ?? 0);
    return row;
  }

  put<Row extends object>(spec: TableSpec<Row>, row: Row): void {
    this.#write(this.#table(spec), row[spec.key] as KeyPart, row);
  }

  delete<Row extends object>(spec: TableSpec<Row>, key: KeyPart): void {
    this.#remove(this.#table(spec), key);
  }

  scan<Row extends object>(
    spec: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions = {},
  ): Iterable<Row> {
    if (!spec.stable) return this.#read(spec, index, prefix, options);
    let scans = this.#found.get(spec.name);
    if (!scans || scans.size > MOST_SCANS) {
      scans = new Map();
      this.#found.set(spec.name, scans);
    }
    const name = scanName(index, prefix, options);
    let rows = scans.get(name);
    if (!rows) {
      rows = [...this.#read(spec, index, prefix, options)];
      scans.set(name, rows);
    }
    return rows as readonly Row[];
  }

  /** A list if the first page holds all. */
  #read<Row extends object>(
    spec: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions,
  ): Iterable<Row> {
    const { limit = Number.POSITIVE_INFINITY } = options;
    if (limit <= 0) return NONE;
    const table = this.#table(spec);
    const found = table.page(index, prefix, options, undefined, Math.min(limit, FIRST_PAGE));
    // Most scans find nothing.
    if (found.length === 0) return NONE;
    const first = found.map(({ k, v }) => this.#known(spec, k, v));
    if (first.length < FIRST_PAGE || first.length === limit) return first;
    const pages = new Pages(first, limit, (after, most) =>
      table.page(index, prefix, options, after, most).map(({ k, v }) => this.#known(spec, k, v)),
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

  /** Writes the last values of a batch. Call it inside a transaction; if that fails, call {@link reset}. */
  flush(changes: Iterable<RowChange>): void {
    for (const { table, key, row } of changes) {
      const target = this.#table(table);
      if (row === undefined) this.#remove(target, key);
      else this.#write(target, key, row);
    }
  }

  /** Forgets all that is remembered of the file: after a rollback, or when another connection has written. */
  reset(): void {
    this.#cache.clear();
    this.#tables.clear();
    this.#found.clear();
  }

  #table(spec: { readonly name: string }): StateTable {
    const known = this.#tables.get(spec.name);
    if (known !== undefined) return known;
    const table = new StateTable(this.#db, spec as AnyTable);
    this.#tables.set(spec.name, table);
    return table;
  }

  #known<Row extends object>(spec: TableSpec<Row>, key: KeyPart, text: string): Row {
    const known = this.#cache.get(spec.name, key)?.row;
    if (known !== undefined) return known as Row;
    const row = decode<Row>(text);
    this.#cache.set(spec.name, key, row, text.length);
    return row;
  }

  #write(table: StateTable, key: KeyPart, row: object): void {
    const { name } = table.spec;
    const old = table.certainlyAbsent(key) ? undefined : this.#cache.get(name, key)?.row;
    // A scope whose child ended and whose next one began is often as it was before.
    if (old !== undefined && hasMembersOf(old, row) && hasMembersOf(row, old)) return;
    this.#settleScans();
    this.#found.delete(name);
    const text = encode(row);
    table.write(key, row, text, old);
    this.#cache.set(name, key, row, text.length);
  }

  #remove(table: StateTable, key: KeyPart): void {
    this.#settleScans();
    const { name } = table.spec;
    this.#found.delete(name);
    const known = this.#cache.get(name, key);
    if (known === undefined || known.row !== undefined) table.remove(key);
    this.#cache.delete(name, key);
  }

  #settleScans(): void {
    for (const scan of this.#open) scan.drain();
    this.#open.clear();
  }
}

/** Of a scan of one table. */
function scanName(index: string, prefix: readonly KeyPart[], { upTo, limit }: ScanOptions): string {
  const [only] = prefix;
  if (prefix.length === 1 && typeof only === 'string' && upTo === undefined && limit === undefined)
    return `${index} ${only}`;
  return JSON.stringify([index, prefix, upTo, limit]);
}

function hasMembersOf(one: object, other: object): boolean {
  for (const name in other)
    if ((one as Record<string, unknown>)[name] !== (other as Record<string, unknown>)[name]) return false;
  return true;
}
