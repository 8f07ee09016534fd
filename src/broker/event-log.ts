import { attribute, type CloudEvent, idOf, sourceOf, subjectOf, typeOf } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { identityHash } from './event-hash.ts';
import { EventIndex } from './event-index.ts';
import { columnsOf } from './event-row.ts';
import { FateKinds } from './fate-kinds.ts';
import { LogSize } from './log-size.ts';
import {
  type Appended,
  type FateEntry,
  type LoggedEvent,
  type Origin,
  readFates,
  readLogged,
  type Trace,
} from './logged-event.ts';
import { type Pending, PendingEvents } from './pending-events.ts';
import { remembering } from './remembering.ts';
import { SourceSequences } from './source-sequences.ts';
import { ToRoute } from './to-route.ts';

export interface EventLogSettings {
  /** ms during which a repeat of (source, id) is noticed. @defaultValue 24 h */
  readonly windowMs?: number;
  /** Sources whose events may share an id, as those of old senders do; their repeats are new events. */
  readonly reuseIds?: (source: string) => boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const OUTSIDE: Origin = { hops: 0 };
/**
 * The writer's side of the event log. All calls run inside the writer's transaction; after a rollback call
 * {@link reset}.
 *
 * Invariants
 * - L1 An event is written once, by {@link flush} at the end of its transaction, with all that became of it until then.
 * - L2 Whatever is asked of the log in a transaction, the events it took in that transaction are part of it.
 * - L3 What a scope added can be taken back by the functions that {@link append} and {@link addFates} give.
 */
export class EventLog {
  readonly #db: Database;
  readonly #size: LogSize;
  readonly #windowMs: number;
  readonly #reuseIds: (source: string) => boolean;
  readonly #index: EventIndex;
  readonly #sequences: SourceSequences;
  readonly #toRoute: ToRoute;
  readonly #kinds: FateKinds;
  /** New ones for each transaction, as maps that are cleared would keep what they held. */
  #pending = new PendingEvents();
  #next = 1;
  /** Sequence of the youngest event that is written; 0: there is none. */
  #youngest = 0;
  #nextFate = 1;
  readonly #fatesText = remembering((fates: readonly FateEntry[]) => JSON.stringify(fates));

  constructor(db: Database, settings: EventLogSettings = {}) {
    this.#db = db;
    this.#size = new LogSize(db);
    this.#windowMs = settings.windowMs ?? DAY_MS;
    this.#reuseIds = settings.reuseIds ?? (() => false);
    this.#index = new EventIndex(db);
    this.#sequences = new SourceSequences(db);
    this.#toRoute = new ToRoute(db);
    this.#kinds = new FateKinds(db);
    this.#readCounters();
  }

  /** Adds an event exactly as it is, unless the same (source, id) came within the window; a repeat is counted only. */
  append(
    event: CloudEvent,
    now: number,
    origin: Origin = OUTSIDE,
  ): Appended & { readonly undo?: () => void } {
    const [source, id] = [sourceOf(event), idOf(event)];
    const identity = identityHash(source, id);
    const first = this.#reuseIds(source) ? undefined : this.#find(identity, source, id, now);
    if (first !== undefined) {
      this.#db.run(
        `INSERT INTO event_repeat (sequence, count, last) VALUES (?, 1, ?)
          ON CONFLICT (sequence) DO UPDATE SET count = count + 1, last = excluded.last`,
        first,
        now,
      );
      return { sequence: first, duplicate: true };
    }
    const sequence = this.#next;
    this.#next += 1;
    this.#pending.add({ ...origin, sequence, event, received: now, fates: [], identity });
    const { place, undo } = this.#sequences.take(event, now);
    return {
      sequence,
      duplicate: false,
      ...(place.kind === 'next' ? {} : { place }),
      undo: () => {
        undo();
        this.#pending.undo(sequence);
        this.#sequences.reset();
      },
    };
  }

  get(sequence: number): LoggedEvent | undefined {
    const pending = this.#pending.get(sequence);
    if (pending) return pending;
    return readLogged(this.#db, sequence);
  }

  /** Appends what became of an event; answers how to take that back. */
  addFates(sequence: number, fates: readonly FateEntry[], now: number): () => void {
    const pending = this.#pending.get(sequence);
    if (pending) {
      const before = pending.fates;
      pending.fates = before.length === 0 ? fates : [...before, ...fates];
      return () => {
        pending.fates = before;
      };
    }
    for (const fate of fates) {
      this.#db.run(
        'INSERT INTO event_fate (sequence, number, time, fate) VALUES (?, ?, ?, ?)',
        sequence,
        this.#nextFate++,
        now,
        JSON.stringify(fate),
      );
      this.#kinds.later(sequence, fate);
    }
    return () => undefined;
  }

  /** Notes the business transaction of an event that did not say it itself; answers how to take that back. */
  setTrace(sequence: number, trace: Trace): () => void {
    const pending = this.#pending.get(sequence);
    if (pending) {
      const { trace: before } = pending;
      pending.trace = trace;
      return () => {
        if (before) pending.trace = before;
      };
    } else {
      this.#db.run(
        'UPDATE event SET correlation_id = ?, causation_id = ?, traceparent = ? WHERE sequence = ?',
        trace.correlationId,
        trace.causationId ?? null,
        trace.traceparent ?? null,
        sequence,
      );
    }
    return () => undefined;
  }

  /** What became of an event so far, in order. */
  fates(sequence: number): FateEntry[] {
    const pending = this.#pending.get(sequence);
    return pending ? [...pending.fates] : readFates(this.#db, sequence).map(({ fate }) => fate);
  }

  /** Notes that an event waits for its routing. */
  markToRoute(sequence: number): void {
    this.#toRoute.mark(sequence);
  }

  markRouted(sequence: number): void {
    this.#toRoute.unmark(sequence, this.#pending.get(sequence) !== undefined);
  }

  /** Sequences of events that wait for their routing, oldest first. */
  toRoute(limit: number): number[] {
    return this.#toRoute.oldest(limit);
  }

  /** Writes the events of this transaction. Call it last. */
  flush(): void {
    for (const pending of this.#pending.all()) this.#insert(pending);
    this.#pending = new PendingEvents();
    this.#toRoute.committed();
    this.#sequences.flush();
  }

  /**
   * Deletes the oldest events received before `before` with their fates, at most `limit`; answers how many went.
   * Events that are still to be routed or delivered, those of dead letters, and the youngest of all stay: its sequence
   * must not be given twice.
   */
  prune(before: number, limit: number): number {
    const rows = this.#db.all<{ sequence: number }>(
      `SELECT sequence FROM event WHERE received < ?
        AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.sequence = event.sequence)
        AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.sequence = event.sequence)
        AND NOT EXISTS (SELECT 1 FROM event_to_route WHERE event_to_route.sequence = event.sequence)
        AND sequence < (SELECT max(sequence) FROM event)
        ORDER BY sequence LIMIT ?`,
      before,
      limit,
    );
    for (const { sequence } of rows) {
      this.#kinds.forget(sequence, readFates(this.#db, sequence));
      this.#db.run('DELETE FROM event WHERE sequence = ?', sequence);
      this.#db.run('DELETE FROM event_fate WHERE sequence = ?', sequence);
      this.#db.run('DELETE FROM event_repeat WHERE sequence = ?', sequence);
    }
    const oldest = this.#db.get<{ sequence: number }>('SELECT sequence FROM event ORDER BY sequence LIMIT 1');
    if (oldest && rows.length > 0) this.#index.prune(oldest.sequence);
    return rows.length;
  }

  /** Bytes of the events that are kept, about. */
  size(): number {
    return this.#size.bytes(this.#youngest);
  }

  /** Epoch ms at which the oldest event was received; undefined if there is none but the youngest, which stays. */
  oldest(): number | undefined {
    return this.#size.oldest(this.#youngest);
  }

  /** After a rollback. */
  reset(): void {
    this.#pending = new PendingEvents();
    this.#toRoute.reset();
    this.#index.reset();
    this.#sequences.reset();
    this.#readCounters();
  }

  #readCounters(): void {
    const last = (table: string, column: string): number =>
      this.#db.get<{ last: number | null }>(`SELECT max(${column}) AS last FROM ${table}`)?.last ?? 0;
    this.#youngest = last('event', 'sequence');
    this.#next = this.#youngest + 1;
    this.#nextFate = last('event_fate', 'number') + 1;
  }

  /** Sequence of the event of the window with this source and id. */
  #find(identity: number, source: string, id: string, now: number): number | undefined {
    const pending = this.#pending.find(identity, source, id);
    if (pending !== undefined) return pending;
    const since = now - this.#windowMs + 1;
    let received = 0;
    const found = this.#index.find(identity, since, (sequence) => {
      const row = this.#db.get<{ received: number }>(
        'SELECT received FROM event WHERE sequence = ? AND id = ? AND source = ?',
        sequence,
        id,
        source,
      );
      received = row?.received ?? 0;
      return row !== undefined;
    });
    return received >= since ? found : undefined;
  }

  #insert({ sequence, event, received, hops, cause, causeJob, trace, fates, identity }: Pending): void {
    const { attributes, data_form, data } = columnsOf(event);
    const subject = subjectOf(event);
    const correlationKey = attribute(event, 'correlationkey') ?? subject;
    const correlationId = trace?.correlationId ?? attribute(event, 'correlationid');
    const [source, id, type] = [sourceOf(event), idOf(event), typeOf(event)];
    this.#db.run(
      `INSERT INTO event (sequence, source, id, type, subject, correlation_key, received, hops, cause, cause_job,
          correlation_id, causation_id, traceparent, fates, attributes, data_form, data)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      sequence,
      source,
      id,
      type,
      subject ?? null,
      correlationKey ?? null,
      received,
      hops,
      cause ?? null,
      causeJob ?? null,
      correlationId ?? null,
      trace?.causationId ?? attribute(event, 'causationid') ?? null,
      trace?.traceparent ?? attribute(event, 'traceparent') ?? null,
      fates.length === 0 ? null : this.#fatesText(fates),
      attributes,
      data_form,
      data,
    );
    const others = [subject, correlationKey, correlationId];
    this.#index.add({ sequence, received, identity, source, id, type, others, fates });
    this.#youngest = sequence;
  }
}
