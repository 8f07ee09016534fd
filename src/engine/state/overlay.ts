import { firstOf, indexKey, MemoryTable } from './memory.ts';
import { compareKeys } from './ordered.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from './port.ts';

type AnyTable = TableSpec<never>;

interface Layer {
  readonly spec: AnyTable;
  readonly own: MemoryTable;
  /** Keys whose row below is hidden (changed or deleted here), with the number of the change that first hid it. */
  readonly touched: Map<KeyPart, number>;
}

/** One row as an overlay leaves it; without `row` it was deleted. */
export interface Change {
  readonly table: AnyTable;
  readonly key: KeyPart;
  readonly row: object | undefined;
}

/**
 * Changes kept apart from the state below, to be merged into it or dropped as a whole. The state below must not
 * change while the overlay is in use.
 */
export class Overlay implements StatePort {
  readonly #base: StatePort;
  readonly #layers = new Map<string, Layer>();
  #changeCount = 0;

  constructor(base: StatePort) {
    this.#base = base;
  }

  get<Row extends object>(table: TableSpec<Row>, key: KeyPart): Row | undefined {
    const layer = this.#layers.get(table.name);
    if (layer?.touched.has(key)) return layer.own.rows.get(key) as Row | undefined;
    return this.#base.get(table, key);
  }

  put<Row extends object>(table: TableSpec<Row>, row: Row): void {
    const layer = this.#layer(table);
    this.#touch(layer, row[table.key] as KeyPart);
    layer.own.put(row);
  }

  delete<Row extends object>(table: TableSpec<Row>, key: KeyPart): void {
    const layer = this.#layer(table);
    this.#touch(layer, key);
    layer.own.delete(key);
  }

  scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions = {},
  ): Iterable<Row> {
    const layer = this.#layers.get(table.name);
    if (layer === undefined) return this.#base.scan(table, index, prefix, options);
    const above = layer.own.index(index).read(prefix, options.upTo);
    const base = this.#base.scan(
      table,
      index,
      prefix,
      options.upTo === undefined ? ALL : { upTo: options.upTo },
    );
    const below = visible(base, table.key, layer, this.#changeCount);
    const columns = table.indexes[index] ?? [];
    return firstOf(mergeRows(above, below, columns, table.key) as Iterable<Row>, options.limit);
  }

  /** What is different from the state below, table by table. */
  *changes(): Generator<Change, void, undefined> {
    for (const { spec, own, touched } of this.#layers.values()) {
      for (const key of touched.keys()) yield { table: spec, key, row: own.rows.get(key) };
    }
  }

  mergeInto(target: StatePort): void {
    for (const { table, key, row } of this.changes()) {
      if (row === undefined) target.delete(table, key);
      else target.put(table, row as never);
    }
  }

  #touch(layer: Layer, key: KeyPart): void {
    this.#changeCount += 1;
    if (!layer.touched.has(key)) layer.touched.set(key, this.#changeCount);
  }

  #layer<Row extends object>(table: TableSpec<Row>): Layer {
    const known = this.#layers.get(table.name);
    if (known !== undefined) return known;
    const spec = table as unknown as AnyTable;
    const layer = { spec, own: new MemoryTable(spec), touched: new Map<KeyPart, number>() };
    this.#layers.set(table.name, layer);
    return layer;
  }
}

const ALL: ScanOptions = {};

/** Rows below that are changed only after the scan began still belong to its picture (P4). */
function visible(base: Iterable<object>, keyColumn: string, layer: Layer, began: number): Iterable<object> {
  const shows = (row: object): boolean =>
    (layer.touched.get(keyOf(row, keyColumn)) ?? Number.POSITIVE_INFINITY) > began;
  if (!Array.isArray(base)) return filtered(base, shows);
  return base.every(shows) ? base : base.filter(shows);
}

function* filtered(rows: Iterable<object>, shows: (row: object) => boolean): Generator<object> {
  for (const row of rows) if (shows(row)) yield row;
}

function keyOf(row: object, keyColumn: string): KeyPart {
  return (row as Readonly<Record<string, unknown>>)[keyColumn] as KeyPart;
}

interface Placed {
  readonly parts: readonly KeyPart[];
  readonly row: object;
}

/** Two ordered sources with no key in common, as one; a list if both are. */
function mergeRows(
  above: Iterable<Placed>,
  below: Iterable<object>,
  columns: readonly string[],
  keyColumn: string,
): Iterable<object> {
  const lists = Array.isArray(above) && Array.isArray(below);
  if (lists && above.length === 0) return below;
  if (lists && below.length === 0) return above.map(({ row }) => row);
  const merged = merge(above, below, columns, keyColumn);
  return lists ? [...merged] : merged;
}

function* merge(
  above: Iterable<Placed>,
  below: Iterable<object>,
  columns: readonly string[],
  keyColumn: string,
): Generator<object> {
  const upper = above[Symbol.iterator]();
  try {
    let next = upper.next();
    for (const row of below) {
      const place = indexKey(row, columns, keyOf(row, keyColumn)) ?? [];
      while (!next.done && compareKeys(next.value.parts, place) < 0) {
        yield next.value.row;
        next = upper.next();
      }
      yield row;
    }
    while (!next.done) {
      yield next.value.row;
      next = upper.next();
    }
  } finally {
    upper.return?.();
  }
}
