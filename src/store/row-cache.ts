import type { KeyPart } from '../engine/state/port.ts';

/** What is cached of one table, for {@link RowCache}. */
export type CachedRows = Map<KeyPart, Entry>;

/** A member of the ring in order of use; the ring's own member is no entry of a table. */
interface Entry {
  readonly key: KeyPart;
  readonly rows: CachedRows;
  /** Undefined: known to be absent. */
  row: object | undefined;
  bytes: number;
  older: Entry;
  newer: Entry;
}

/** What an entry costs beside its row's text: map slot, entry, key, and parsed object's overhead. */
const OVERHEAD = 200;
/** Parsed rows take about this many times their JSON text. */
const PARSED = 3;

/**
 * Rows read or written lately, bounded in bytes over all tables; the row used longest ago leaves first.
 * Sizes are estimates from the length of the JSON text.
 */
export class RowCache {
  readonly #limit: number;
  /** `newer` of the ring is the oldest entry, `older` the newest. */
  readonly #ring: Entry = emptyRing();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** For the rows of one table. */
  table(): CachedRows {
    return new Map();
  }

  /** Undefined if nothing is known; `row` undefined if the row is known to be absent. */
  get(rows: CachedRows, key: KeyPart): { readonly row: object | undefined } | undefined {
    const entry = rows.get(key);
    if (entry !== undefined) this.#use(entry);
    return entry;
  }

  set(rows: CachedRows, key: KeyPart, row: object | undefined, textLength: number): void {
    const bytes = OVERHEAD + textLength * PARSED;
    const known = rows.get(key);
    if (known === undefined) {
      const ring = this.#ring;
      const entry: Entry = { key, rows, row, bytes, older: ring.older, newer: ring };
      rows.set(key, entry);
      ring.older.newer = entry;
      ring.older = entry;
      this.#bytes += bytes;
    } else {
      this.#bytes += bytes - known.bytes;
      known.row = row;
      known.bytes = bytes;
      this.#use(known);
    }
    while (this.#bytes > this.#limit) this.#drop(this.#ring.newer);
  }

  delete(rows: CachedRows, key: KeyPart): void {
    const entry = rows.get(key);
    if (entry !== undefined) this.#drop(entry);
  }

  /** One by one, so that no table keeps an entry of the ring of before. */
  clear(): void {
    while (this.#ring.newer !== this.#ring) this.#drop(this.#ring.newer);
  }

  #use(entry: Entry): void {
    const ring = this.#ring;
    if (ring.older === entry) return;
    entry.older.newer = entry.newer;
    entry.newer.older = entry.older;
    entry.older = ring.older;
    entry.newer = ring;
    ring.older.newer = entry;
    ring.older = entry;
  }

  #drop(entry: Entry): void {
    entry.older.newer = entry.newer;
    entry.newer.older = entry.older;
    entry.rows.delete(entry.key);
    this.#bytes -= entry.bytes;
    // An entry that has grown old would keep its younger neighbours, and so on, until the whole heap is collected.
    entry.older = entry;
    entry.newer = entry;
    entry.row = undefined;
  }
}

function emptyRing(): Entry {
  const ring = { key: '', rows: new Map(), row: undefined, bytes: 0 } as unknown as Entry;
  ring.older = ring;
  ring.newer = ring;
  return ring;
}
