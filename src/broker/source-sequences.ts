import { attribute, type CloudEvent, sourceOf } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';

/** How the `sequence` of an event follows the last one of its source; `next` also for events without one. */
export type Place =
  | { readonly kind: 'next' }
  /** Events between `last` and `sequence` did not come (yet). */
  | { readonly kind: 'gap'; readonly last: string; readonly sequence: string }
  /** It came after `last`, though it stands before or at it. */
  | { readonly kind: 'outOfOrder'; readonly last: string; readonly sequence: string };

/** What is known of a source that numbers its events. */
interface Known {
  readonly last: string;
  /** Epoch ms at which the last one came. */
  readonly time: number;
  /** How often numbers were left out, and how often an event came after a later one. */
  readonly gaps: number;
  readonly late: number;
}

/** Sources remembered in memory. */
const MOST_KNOWN = 10_000;
const NEXT: Place = { kind: 'next' };

/**
 * Watches the extension `sequence`: its values ascend by code point within a source, and where they are decimal numbers
 * each is one more than the last. Calls run inside the writer's transaction; after a rollback call {@link reset}.
 */
export class SourceSequences {
  readonly #db: Database;
  readonly #known = new Map<string, Known>();
  /** Sources whose row is to be written. */
  readonly #changed = new Set<string>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Takes notice of an event; `undo` takes that back. */
  take(event: CloudEvent, now: number): { readonly place: Place; readonly undo: () => void } {
    const sequence = attribute(event, 'sequence');
    if (sequence === undefined) return { place: NEXT, undo: () => undefined };
    const source = sourceOf(event);
    const before = this.#get(source);
    const { place, after } = compare(before, sequence, now);
    this.#known.set(source, after);
    this.#changed.add(source);
    const undo = (): void => {
      if (before) this.#known.set(source, before);
      else this.#known.delete(source);
    };
    return { place, undo };
  }

  /** Writes what has changed in this transaction. */
  flush(): void {
    for (const source of this.#changed) {
      const known = this.#known.get(source);
      if (!known) continue;
      this.#db.run(
        'INSERT OR REPLACE INTO source_sequence (source, last, time, gaps, late) VALUES (?, ?, ?, ?, ?)',
        source,
        known.last,
        known.time,
        known.gaps,
        known.late,
      );
    }
    this.#changed.clear();
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
  }

  /** What is in memory may be wrong. */
  reset(): void {
    this.#known.clear();
    this.#changed.clear();
  }

  #get(source: string): Known | undefined {
    const known = this.#known.get(source);
    if (known) return known;
    const row = this.#db.get<Known>(
      'SELECT last, time, gaps, late FROM source_sequence WHERE source = ?',
      source,
    );
    if (row) this.#known.set(source, row);
    return row;
  }
}

function compare(
  known: Known | undefined,
  sequence: string,
  now: number,
): { readonly place: Place; readonly after: Known } {
  if (!known) return { place: NEXT, after: { last: sequence, time: now, gaps: 0, late: 0 } };
  const { last } = known;
  if (!isAfter(sequence, last)) {
    return { place: { kind: 'outOfOrder', last, sequence }, after: { ...known, late: known.late + 1 } };
  }
  const after = { ...known, last: sequence, time: now };
  if (follows(sequence, last)) return { place: NEXT, after };
  return { place: { kind: 'gap', last, sequence }, after: { ...after, gaps: known.gaps + 1 } };
}

const DECIMAL = /^\d{1,15}$/;

function isAfter(sequence: string, last: string): boolean {
  if (DECIMAL.test(sequence) && DECIMAL.test(last)) return Number(sequence) > Number(last);
  return sequence > last;
}

/** Only of numbers it can be said which one is next. */
function follows(sequence: string, last: string): boolean {
  return !DECIMAL.test(sequence) || !DECIMAL.test(last) || Number(sequence) === Number(last) + 1;
}

/** A source that numbers its events, from any connection to the data folder. */
export interface NumberedSource extends Known {
  readonly source: string;
}

export function readNumberedSources(db: Database, limit: number): NumberedSource[] {
  const rows = db.all<NumberedSource>(
    'SELECT source, last, time, gaps, late FROM source_sequence ORDER BY source LIMIT ?',
    limit,
  );
  return rows.map((row) => ({ ...row }));
}
