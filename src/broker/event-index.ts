import type { Database } from '../store/database.ts';
import { identityHash } from './event-hash.ts';
import { IdentityFilter } from './identity-filter.ts';
import type { FateEntry } from './logged-event.ts';
import { RUN_LENGTH, type Terms, YoungEvents } from './young-events.ts';

/** Entries of one page: 4 KiB. */
const PAGE_LENGTH = 512;

interface Run {
  readonly first: number;
  readonly received: number;
  readonly filter: IdentityFilter;
}

/** A run that is being written. */
interface Closing {
  readonly events: YoungEvents;
  /** Sequence of its last event. */
  readonly last: number;
  readonly pages: Generator<Float64Array, void, undefined>;
  begun: boolean;
}

/**
 * Finds events by hashes of their texts. The youngest events are in memory; each time there are 32,768 of them, their
 * hashes are written in order as one run, so that an event costs a few bytes of disk and no page of its own. Each event that
 * comes afterwards writes one page of that run, until it is done. A hash only names candidates: who asks compares the
 * events.
 *
 * Calls run inside the writer's transaction; after a rollback call {@link reset}.
 */
export class EventIndex {
  readonly #db: Database;
  #runs: Run[] = [];
  #young = new YoungEvents(1);
  #closing: Closing | undefined;

  constructor(db: Database) {
    this.#db = db;
    // Of an older folder there may be more events than fit into one run.
    if (db.inTransaction) this.#load();
    else db.transaction(() => this.#load());
  }

  /** Adds an event; sequences ascend. */
  add(terms: Terms): void {
    this.#keep(terms);
    if (this.#closing) this.#writePage(this.#closing);
  }

  /** Of the events with this hash of source and id that were received after `since` the youngest that `isIt` takes. */
  find(identity: number, since: number, isIt: (sequence: number) => boolean): number | undefined {
    const young = this.#young.find(identity, isIt) ?? this.#closing?.events.find(identity, isIt);
    if (young !== undefined) return young;
    for (let at = this.#runs.length - 1; at >= 0; at--) {
      const run = this.#runs[at];
      if (!run || run.received < since) return undefined;
      if (!run.filter.mayHave(identity)) continue;
      for (const sequence of findInRun(this.#db, run.first, identity)) if (isIt(sequence)) return sequence;
    }
    return undefined;
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

  #keep(terms: Terms): void {
    const { sequence } = terms;
    if (sequence - this.#young.first >= RUN_LENGTH) {
      while (this.#closing) this.#writePage(this.#closing);
      const events = this.#young;
      this.#closing = { events, last: sequence - 1, pages: events.pages(PAGE_LENGTH), begun: false };
      this.#young = new YoungEvents(sequence);
    }
    this.#young.add(terms);
  }

  /** A run counts when its last page is written. */
  #writePage(closing: Closing): void {
    const { events, last, pages, begun } = closing;
    const { first, received, filter } = events;
    // What an earlier start has written of it, and not to its end.
    if (!begun) this.#db.run('DELETE FROM event_run_page WHERE run = ?', first);
    closing.begun = true;
    const page = pages.next().value;
    if (page) {
      this.#db.run(
        'INSERT INTO event_run_page (run, first_entry, entries) VALUES (?, ?, ?)',
        first,
        page[0] ?? 0,
        new Uint8Array(page.buffer),
      );
      return;
    }
    this.#db.run(
      'INSERT INTO event_run (first, last, received, filter) VALUES (?, ?, ?, ?)',
      first,
      last,
      received,
      filter.bytes,
    );
    this.#runs.push({ first, received, filter });
    this.#closing = undefined;
  }

  #load(): void {
    const rows = this.#db.all<{ first: number; last: number; received: number; filter: Uint8Array }>(
      'SELECT first, last, received, filter FROM event_run ORDER BY first',
    );
    this.#runs = rows.map(({ filter, ...run }) => ({ ...run, filter: new IdentityFilter(filter) }));
    this.#young = new YoungEvents((rows.at(-1)?.last ?? 0) + 1);
    this.#closing = undefined;
    for (const terms of readYoung(this.#db, this.#young.first)) this.#keep(terms);
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
      const identity = identityHash(row.source, row.id);
      yield { ...row, identity, others, fates: fates === null ? [] : (JSON.parse(fates) as FateEntry[]) };
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
