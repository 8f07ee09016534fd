import { firstOf, indexKey, RowIndexes } from './memory.ts';
import { compareKeys, type OrderedRows } from './ordered.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from './port.ts';

type AnyTable = TableSpec<never>;

/** What was done to a row: its new value, or undefined if it is gone, and the number of the change that first hid the row below. */
interface Touched {
  row: object | undefined;
  readonly since: number;
}

/** What was done to one table. */
class Layer {
  readonly spec: AnyTable;
  readonly indexes: RowIndexes;
  readonly #touched = new Map<KeyPart, Touched>();
  /** No key that is a number is above it: most rows that are asked for in vain are younger than all here. */
  #most = Number.NEGATIVE_INFINITY;

  constructor(spec: AnyTable) {
    this.spec = spec;
    this.indexes = new RowIndexes(spec);
  }

  index(name: string): OrderedRows<object> {
    return this.indexes.read(name, (found) =>
      this.forEach(({ row }, key) => {
        if (row !== undefined) found(row, key);
      }),
    );
  }

  get(key: KeyPart): Touched | undefined {
    return typeof key === 'number' && key > this.#most ? undefined : this.#touched.get(key);
  }

  set(key: KeyPart, touched: Touched): void {
    if (typeof key === 'number' && key > this.#most) this.#most = key;
    this.#touched.set(key, touched);
  }

  delete(key: KeyPart): void {
    this.#touched.delete(key);
  }

  forEach(each: (touched: Touched, key: KeyPart) => void): void {
    this.#touched.forEach(each);
  }
}

/** One row as an overlay leaves it; without `row` it was deleted. */
export interface Change {
  readonly table: AnyTable;
  readonly key: KeyPart;
  readonly row: object | undefined;
}

/** How to take one change back. */
interface Undo {
  readonly layer: Layer;
  readonly key: KeyPart;
  /** Whether the overlay had touched the row before, and what it was then. */
  readonly known: boolean;
  readonly row: object | undefined;
}

/**
 * Changes kept apart from the state below, to be merged into it or dropped as a whole. The state below must not
 * change while the overlay is in use. Parts of the changes can be taken back: those since a {@link mark}.
 */
export class Overlay implements StatePort {
  #base: StatePort;
  readonly #layers = new Map<string, Layer>();
  #changeCount = 0;
  /** Marks that are neither kept nor undone. */
  #marks = 0;
  readonly #undos: Undo[] = [];

  constructor(base: StatePort) {
    this.#base = base;
  }

  get<Row extends object>(table: TableSpec<Row>, key: KeyPart): Row | undefined {
    const touched = this.#layers.get(table.name)?.get(key);
    return touched === undefined ? this.#base.get(table, key) : (touched.row as Row | undefined);
  }

  put<Row extends object>(table: TableSpec<Row>, row: Row): void {
    this.#change(this.#layer(table), row[table.key] as KeyPart, row);
  }

  delete<Row extends object>(table: TableSpec<Row>, key: KeyPart): void {
    this.#change(this.#layer(table), key, undefined);
  }

  scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions = {},
  ): Iterable<Row> {
    const layer = this.#layers.get(table.name);
    if (layer === undefined) return this.#base.scan(table, index, prefix, options);
    const above = layer.index(index).read(prefix, options.upTo);
    const below = this.#below(layer, index, prefix, options);
    const columns = table.indexes[index] ?? [];
    return firstOf(mergeRows(above, below, columns, table.key) as Iterable<Row>, options.limit);
  }

  /** At least the rows below that a scan with a limit needs. */
  #below(
    layer: Layer,
    index: string,
    prefix: readonly KeyPart[],
    { upTo, limit }: ScanOptions,
  ): Iterable<object> {
    const { spec } = layer;
    const bound = upTo === undefined ? ALL : { upTo };
    if (limit !== undefined && limit <= FEW) {
      // Mostly none of the first ones is hidden.
      const first = [...this.#base.scan(spec, index, prefix, { ...bound, limit })];
      const shown = visible(first, spec.key, layer, this.#changeCount);
      if (shown === first || first.length < limit) return shown;
    }
    return visible(this.#base.scan(spec, index, prefix, bound), spec.key, layer, this.#changeCount);
  }

  /** From now on it lies on another state, which shows the same. */
  putOn(base: StatePort): void {
    this.#base = base;
  }

  /** Whether a row may be another than that of the state below. */
  touches(table: AnyTable, key: KeyPart): boolean {
    return this.#layers.get(table.name)?.get(key) !== undefined;
  }

  /** A row is as the state below has it. Not while changes may still be taken back. */
  forget<Row extends object>(table: TableSpec<Row>, key: KeyPart): void {
    const layer = this.#layers.get(table.name);
    const touched = layer?.get(key);
    if (layer === undefined || touched === undefined) return;
    layer.delete(key);
    layer.indexes.change(key, touched.row, undefined);
  }

  /** What is different from the state below, table by table. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const layer of this.#layers.values())
      layer.forEach(({ row }, key) => void changes.push({ table: layer.spec, key, row }));
    return changes;
  }

  mergeInto(target: StatePort): void {
    for (const { table, key, row } of this.changes()) {
      if (row === undefined) target.delete(table, key);
      else target.put(table, row as never);
    }
  }

  /** From here on changes can be taken back. Each mark is either kept or undone, the last one first. */
  mark(): number {
    this.#marks += 1;
    return this.#undos.length;
  }

  keep(): void {
    this.#marks -= 1;
    if (this.#marks === 0) this.#undos.length = 0;
  }

  /** Takes back all changes since a mark. */
  undo(mark: number): void {
    this.#marks -= 1;
    for (let at = this.#undos.length - 1; at >= mark; at--) {
      const { layer, key, known, row } = this.#undos[at] as Undo;
      const touched = layer.get(key);
      layer.indexes.change(key, touched?.row, row);
      if (!known) layer.delete(key);
      else if (touched !== undefined) touched.row = row;
    }
    this.#undos.length = mark;
  }

  #change(layer: Layer, key: KeyPart, row: object | undefined): void {
    this.#changeCount += 1;
    const touched = layer.get(key);
    const before = touched?.row;
    if (this.#marks > 0) this.#undos.push({ layer, key, known: touched !== undefined, row: before });
    if (touched === undefined) layer.set(key, { row, since: this.#changeCount });
    else touched.row = row;
    layer.indexes.change(key, before, row);
  }

  #layer<Row extends object>(table: TableSpec<Row>): Layer {
    const known = this.#layers.get(table.name);
    if (known !== undefined) return known;
    const layer = new Layer(table as unknown as AnyTable);
    this.#layers.set(table.name, layer);
    return layer;
  }
}

const ALL: ScanOptions = {};
const FEW = 32;

/** Rows below that are changed only after the scan began still belong to its picture (P4). */
function visible(base: Iterable<object>, keyColumn: string, layer: Layer, began: number): Iterable<object> {
  if (Array.isArray(base) && base.length === 0) return base;
  const shows = (row: object): boolean =>
    (layer.get(keyOf(row, keyColumn))?.since ?? Number.POSITIVE_INFINITY) > began;
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
