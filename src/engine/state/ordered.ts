import type { KeyPart } from './port.ts';

interface Entry<Row> {
  /** Index columns, then the primary key. */
  readonly parts: readonly KeyPart[];
  readonly row: Row;
}

const FEW = 32;
const NONE: readonly never[] = [];

/** Numbers before strings, as SQLite sorts them. */
export function compareParts(left: KeyPart, right: KeyPart): number {
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

export function compareKeys(left: readonly KeyPart[], right: readonly KeyPart[]): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const order = compareParts(left[at] as KeyPart, right[at] as KeyPart);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/**
 * Rows in order of a composite key. Reading goes over a picture of the moment it began: a change made meanwhile
 * works on a copy, so that a reader is never disturbed (invariant P4 of the state port).
 */
export class OrderedRows<Row> {
  #entries: Entry<Row>[] = [];
  #readers = 0;

  set(parts: readonly KeyPart[], row: Row): void {
    this.#beforeChange();
    const last = this.#entries.at(-1);
    if (last === undefined || compareKeys(last.parts, parts) < 0) {
      this.#entries.push({ parts, row });
      return;
    }
    const at = this.#find(parts);
    const found = this.#entries[at];
    const same = found !== undefined && compareKeys(found.parts, parts) === 0;
    this.#entries.splice(at, same ? 1 : 0, { parts, row });
  }

  delete(parts: readonly KeyPart[]): void {
    const at = this.#find(parts);
    const found = this.#entries[at];
    if (found === undefined || compareKeys(found.parts, parts) !== 0) return;
    this.#beforeChange();
    this.#entries.splice(at, 1);
  }

  /** Entries whose leading parts equal `prefix` and whose next part is at most `upTo`. */
  read(prefix: readonly KeyPart[], upTo: KeyPart | undefined): Iterable<Entry<Row>> {
    const entries = this.#entries;
    const last = entries.at(-1);
    // What is young is often asked for in vain.
    if (last === undefined || compareKeys(last.parts, prefix) < 0) return NONE;
    const first = this.#find(prefix);
    // Most readings find little: then a list is cheaper than a walk that has to be ended.
    for (let at = first; at - first <= FEW; at++)
      if (!belongs(entries[at], prefix, upTo)) return at === first ? NONE : entries.slice(first, at);
    this.#readers += 1;
    return this.#walk(entries, first, prefix, upTo);
  }

  *#walk(
    entries: readonly Entry<Row>[],
    first: number,
    prefix: readonly KeyPart[],
    upTo: KeyPart | undefined,
  ): Generator<Entry<Row>, void, undefined> {
    try {
      for (let at = first; ; at++) {
        const entry = entries[at];
        if (!belongs(entry, prefix, upTo)) return;
        yield entry;
      }
    } finally {
      if (this.#entries === entries) this.#readers -= 1;
    }
  }

  #beforeChange(): void {
    if (this.#readers === 0) return;
    this.#entries = this.#entries.slice();
    this.#readers = 0;
  }

  /** Index of the first entry that is not before `parts`. */
  #find(parts: readonly KeyPart[]): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys((this.#entries[middle] as Entry<Row>).parts, parts) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function belongs<Row>(
  entry: Entry<Row> | undefined,
  prefix: readonly KeyPart[],
  upTo: KeyPart | undefined,
): entry is Entry<Row> {
  if (entry === undefined) return false;
  const { parts } = entry;
  for (let at = 0; at < prefix.length; at++) if (parts[at] !== prefix[at]) return false;
  const next = parts[prefix.length];
  return upTo === undefined || next === undefined || compareParts(next, upTo) <= 0;
}
