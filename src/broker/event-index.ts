import type { Database } from '../store/database.ts';
import { fateHash, identityHash, isIdentity, termHash } from './event-hash.ts';
import { IdentityFilter } from './identity-filter.ts';
import type { FateEntry } from './logged-event.ts';

/** Events of one run. */
export const RUN_LENGTH = 32_768;
/** Entries of one page: 4 KiB. */
const PAGE_LENGTH = 512;

/** What an event is found by. */
export interface Terms {
  readonly sequence: number;
  /** Epoch ms. */
  readonly received: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** Other texts: subject, correlation key, correlation id. */
  readonly others: readonly (string | undefined)[];
  /** What became of it in its own transaction. */
  readonly fates: readonly FateEntry[];
}

interface Run {
  readonly first: number;
  readonly received: number;
  readonly filter: IdentityFilter;
}

/**
 * Finds events by hashes of their texts. The youngest events are in memory; each time there are 32,768 of them, their
 * hashes are sorted and written as one run, so that an event costs a few bytes of disk and no page of its own. A hash
 * only names candidates: who asks compares the events.
 *
 * Calls run inside the writer's transaction; after a rollback call {@link reset}.
 */
export class EventIndex {
  readonly #db: Database;
  #runs: Run[] = [];
  /** Sequence of the first event in memory. */
  #first = 1;
  #received = 0;
  /** Entries as in the pages, not sorted yet. */
  #entries: number[] = [];
  /** Used again for each event. */
  readonly #terms = new Set<number>();
  readonly #identities = new Map<number, number | readonly number[]>();

  constructor(db: Database) {
    this.#db = db;
    // Of an older folder there may be more events than fit into one run.
    if (db.inTransaction) this.#load();
    else db.transaction(() => this.#load());
  }

  /** Adds an event; sequences ascend. */
  add(terms: Terms): void {
    if (terms.sequence - this.#first >= RUN_LENGTH) this.#seal(terms.sequence);
    this.#keep(terms);
  }

  /** Sequences of events that may have this source and id, received after `since`, the youngest first. */
  *candidates(source: string, id: string, since: number): Generator<number> {
    const hash = identityHash(source, id);
    const young = this.#identities.get(hash);
    if (typeof young === 'number') yield young;
    else if (young) yield* young.toReversed();
    for (let at = this.#runs.length - 1; at >= 0; at--) {
      const run = this.#runs[at];
      if (!run || run.received < since) return;
      if (run.filter.mayHave(hash)) yield* findInRun(this.#db, run.first, hash);
    }
  }

  /** Drops runs of events before `oldest`, which are deleted. */
  prune(oldest: number): void {
    const gone = this.#runs.filter(({ first }) => first + RUN_LENGTH <= oldest);
    for (const { first } of gone) {
      this.#db.run('DELETE FROM event_run WHERE first = ?', first);
      this.#db.run('DELETE FROM event_run_page WHERE run = ?', first);
    }
    this.#runs = this.#runs.slice(gone.length);
  }

  /** After a rollback. */
  reset(): void {
    this.#load();
  }

  #keep({ sequence, received, source, id, type, others, fates }: Terms): void {
    const place = sequence - this.#first;
    const identity = identityHash(source, id);
    const known = this.#identities.get(identity);
    this.#identities.set(
      identity,
      known === undefined ? sequence : [...(typeof known === 'number' ? [known] : known), sequence],
    );
    this.#entries.push(identity * RUN_LENGTH + place);
    this.#terms.clear();
    for (const text of [id, source, type, ...others]) if (text !== undefined) this.#terms.add(termHash(text));
    for (const { kind } of fates) this.#terms.add(fateHash(kind));
    for (const term of this.#terms) this.#entries.push(term * RUN_LENGTH + place);
    this.#received = received;
  }

  /** Writes what is in memory as a run; `next` begins the next one. */
  #seal(next: number): void {
    if (this.#entries.length > 0) {
      const entries = Float64Array.from(this.#entries).sort();
      const identities = this.#entries.map(hashOfEntry).filter(isIdentity);
      const filter = IdentityFilter.of(identities);
      const first = this.#first;
      this.#db.run(
        'INSERT INTO event_run (first, last, received, filter) VALUES (?, ?, ?, ?)',
        first,
        next - 1,
        this.#received,
        filter.bytes,
      );
      for (let at = 0; at < entries.length; at += PAGE_LENGTH) {
        const page = entries.slice(at, at + PAGE_LENGTH);
        this.#db.run(
          'INSERT INTO event_run_page (run, first_entry, entries) VALUES (?, ?, ?)',
          first,
          page[0] ?? 0,
          new Uint8Array(page.buffer),
        );
      }
      this.#runs.push({ first, received: this.#received, filter });
    }
    this.#first = next;
    this.#entries = [];
    this.#identities.clear();
  }

  #load(): void {
    const rows = this.#db.all<{ first: number; last: number; received: number; filter: Uint8Array }>(
      'SELECT first, last, received, filter FROM event_run ORDER BY first',
    );
    this.#runs = rows.map(({ filter, ...run }) => ({ ...run, filter: new IdentityFilter(filter) }));
    this.#first = (rows.at(-1)?.last ?? 0) + 1;
    this.#entries = [];
    this.#identities.clear();
    for (const terms of readYoung(this.#db, this.#first)) {
      if (terms.sequence - this.#first >= RUN_LENGTH) this.#seal(terms.sequence);
      this.#keep(terms);
    }
  }
}

/** Events from a sequence on, in portions, so that a large log does not fill the memory. */
function* readYoung(db: Database, first: number): Generator<Terms> {
  for (let from = first; ; ) {
    const rows = db.all<{
      sequence: number;
      received: number;
      source: string;
      id: string;
      type: string;
      subject: string | null;
      correlation_key: string | null;
      correlation_id: string | null;
      fates: string | null;
    }>(
      `SELECT sequence, received, source, id, type, subject, correlation_key, correlation_id, fates FROM event
        WHERE sequence >= ? ORDER BY sequence LIMIT 1000`,
      from,
    );
    for (const { subject, correlation_key, correlation_id, fates, ...row } of rows) {
      const others = [subject, correlation_key, correlation_id].map((text) => text ?? undefined);
      yield { ...row, others, fates: fates === null ? [] : (JSON.parse(fates) as FateEntry[]) };
    }
    const last = rows.at(-1);
    if (!last) return;
    from = last.sequence + 1;
  }
}

/** Sequences of one run with this hash, the youngest first. From any connection to the data folder. */
export function* findInRun(db: Database, run: number, hash: number): Generator<number> {
  let below = (hash + 1) * RUN_LENGTH;
  for (;;) {
    const page = db.get<{ first_entry: number; entries: Uint8Array }>(
      'SELECT first_entry, entries FROM event_run_page WHERE run = ? AND first_entry < ? ORDER BY first_entry DESC LIMIT 1',
      run,
      below,
    );
    if (!page) return;
    const entries = new Float64Array(page.entries.slice().buffer);
    for (let at = firstBelow(entries, below); at >= 0; at--) {
      const entry = entries[at] ?? 0;
      if (hashOfEntry(entry) !== hash) return;
      yield run + (entry % RUN_LENGTH);
    }
    below = page.first_entry;
  }
}

function hashOfEntry(entry: number): number {
  return Math.floor(entry / RUN_LENGTH);
}

/** Place of the last entry below a bound; -1 if there is none. */
function firstBelow(entries: Float64Array, bound: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
