import { OrderedRows } from './ordered.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from './port.ts';

type AnyRow = Readonly<Record<string, unknown>>;

/** Key parts of a row in an index; undefined if the row is not in it (P3). */
export function indexKey(row: object, columns: readonly string[], key: KeyPart): KeyPart[] | undefined {
  const parts: KeyPart[] = [];
  for (const column of columns) {
    const part = (row as AnyRow)[column];
    if (part === undefined || part === null) return undefined;
    parts.push(part as KeyPart);
  }
  parts.push(key);
  return parts;
}

interface Index {
  readonly columns: readonly string[];
  readonly entries: OrderedRows<object>;
}

/** The indexes of rows that are kept elsewhere; each is built when it is first read. */
export class RowIndexes {
  readonly #spec: TableSpec<never>;
  /** Most tables are never read by an index. */
  #indexes: Map<string, Index> | undefined;

  constructor(spec: TableSpec<never>) {
    this.#spec = spec;
  }

  /** One row takes the place of another, of the same key; either may be missing. */
  change(key: KeyPart, before: object | undefined, row: object | undefined): void {
    if (this.#indexes === undefined) return;
    for (const { columns, entries } of this.#indexes.values()) {
      if (before !== undefined && (row === undefined || !sameCells(before, row, columns))) {
        const parts = indexKey(before, columns, key);
        if (parts !== undefined) entries.delete(parts);
      }
      const parts = row && indexKey(row, columns, key);
      if (parts !== undefined && row !== undefined) entries.set(parts, row);
    }
  }

  /** @param each calls back with all rows there are */
  read(name: string, each: (found: (row: object, key: KeyPart) => void) => void): OrderedRows<object> {
    this.#indexes ??= new Map();
    const known = this.#indexes.get(name);
    if (known !== undefined) return known.entries;
    const columns = this.#columns(name);
    const entries = new OrderedRows<object>();
    each((row, key) => {
      const parts = indexKey(row, columns, key);
      if (parts !== undefined) entries.set(parts, row);
    });
    this.#indexes.set(name, { columns, entries });
    return entries;
  }

  #columns(name: string): readonly string[] {
    const columns = (this.#spec.indexes as Readonly<Record<string, readonly string[]>>)[name];
    if (columns === undefined) throw new TypeError(`Table ${this.#spec.name} has no index '${name}'`);
    return columns;
  }
}

/** One table kept in memory: rows by key, and each index in order. */
class MemoryTable {
  readonly rows = new Map<KeyPart, object>();
  readonly #key: string;
  readonly #indexes: RowIndexes;

  constructor(spec: TableSpec<never>) {
    this.#key = spec.key;
    this.#indexes = new RowIndexes(spec);
  }

  put(row: object): void {
    const key = (row as AnyRow)[this.#key] as KeyPart;
    const before = this.rows.get(key);
    this.rows.set(key, row);
    this.#indexes.change(key, before, row);
  }

  delete(key: KeyPart): void {
    const before = this.rows.get(key);
    if (!this.rows.delete(key)) return;
    this.#indexes.change(key, before, undefined);
  }

  index(name: string): OrderedRows<object> {
    return this.#indexes.read(name, (found) => this.rows.forEach(found));
  }
}

function sameCells(one: object, other: object, columns: readonly string[]): boolean {
  for (const column of columns) if ((one as AnyRow)[column] !== (other as AnyRow)[column]) return false;
  return true;
}

/** State in memory: for tests and embedded use without a data folder. */
export class MemoryState implements StatePort {
  readonly #tables = new Map<string, MemoryTable>();

  get<Row extends object>(table: TableSpec<Row>, key: KeyPart): Row | undefined {
    return this.#tables.get(table.name)?.rows.get(key) as Row | undefined;
  }

  put<Row extends object>(table: TableSpec<Row>, row: Row): void {
    this.#table(table).put(row);
  }

  delete<Row extends object>(table: TableSpec<Row>, key: KeyPart): void {
    this.#tables.get(table.name)?.delete(key);
  }

  scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions = {},
  ): Iterable<Row> {
    const found = this.#table(table).index(index).read(prefix, options.upTo);
    const rows = Array.isArray(found) ? found.map(({ row }) => row as Row) : rowsOf<Row>(found);
    return firstOf(rows, options.limit);
  }

  /** All rows of all tables that hold any, for tests that compare states. */
  dump(): Map<string, Map<KeyPart, object>> {
    const tables = new Map<string, Map<KeyPart, object>>();
    for (const [name, table] of this.#tables) if (table.rows.size > 0) tables.set(name, new Map(table.rows));
    return tables;
  }

  #table<Row extends object>(spec: TableSpec<Row>): MemoryTable {
    const known = this.#tables.get(spec.name);
    if (known !== undefined) return known;
    const table = new MemoryTable(spec as unknown as TableSpec<never>);
    this.#tables.set(spec.name, table);
    return table;
  }
}

function* rowsOf<Row>(entries: Iterable<{ readonly row: object }>): Generator<Row, void, undefined> {
  for (const { row } of entries) yield row as Row;
}

/** The first rows, as many as there may be. */
export function firstOf<Row>(rows: Iterable<Row>, limit = Number.POSITIVE_INFINITY): Iterable<Row> {
  if (limit === Number.POSITIVE_INFINITY) return rows;
  return Array.isArray(rows) ? rows.slice(0, Math.max(0, limit)) : take(rows, limit);
}

function* take<Row>(rows: Iterable<Row>, limit: number): Generator<Row, void, undefined> {
  if (limit <= 0) return;
  let left = limit;
  for (const row of rows) {
    yield row;
    left -= 1;
    if (left <= 0) return;
  }
}
