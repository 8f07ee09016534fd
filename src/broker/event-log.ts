import { attribute, type CloudEvent, idOf, sourceOf, subjectOf, typeOf } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { Duplicates, duplicateKey } from './duplicates.ts';
import { columnsOf, type EventColumns, eventOfColumns } from './event-row.ts';

export interface EventLogSettings {
  /** How long a repeat of (source, id) is noticed, at least. @defaultValue 24 h */
  readonly windowMs?: number;
  /** Sources whose events may share an id, as those of old senders do; their repeats are new events. */
  readonly reuseIds?: (source: string) => boolean;
}

/** Where an event came from, as the log keeps it. */
export interface Origin {
  /** Events that led to this one, one after the other. 0 for events from outside. */
  readonly hops: number;
  /** Sequence of the event that led to this one: a sink answered it with this, or it moved the process that sent this. */
  readonly cause?: number;
  /** Key of the job that sent this event. */
  readonly causeJob?: number;
}

export interface Appended {
  /** Place in the log; of the first arrival if this is a duplicate. */
  readonly sequence: number;
  readonly duplicate: boolean;
}

/** An event of the log. */
export interface LoggedEvent extends Origin {
  readonly sequence: number;
  readonly event: CloudEvent;
  /** Epoch ms. */
  readonly received: number;
}

/** Something that became of an event; `kind` says what. The router knows the kinds. */
export interface FateEntry {
  readonly kind: string;
}

interface Row extends EventColumns {
  readonly sequence: number;
  readonly received: number;
  readonly hops: number;
  readonly cause: number | null;
  readonly cause_job: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const OUTSIDE: Origin = { hops: 0 };

/**
 * The writer's side of the event log. All calls run inside the writer's transaction; after a rollback call
 * {@link reset}.
 */
export class EventLog {
  readonly #db: Database;
  readonly #duplicates: Duplicates;
  readonly #reuseIds: (source: string) => boolean;

  constructor(db: Database, settings: EventLogSettings = {}) {
    this.#db = db;
    this.#duplicates = new Duplicates(db, settings.windowMs ?? DAY_MS);
    this.#reuseIds = settings.reuseIds ?? (() => false);
  }

  /** Adds an event exactly as it is, unless the same (source, id) came within the window; a repeat is counted only. */
  append(event: CloudEvent, now: number, origin: Origin = OUTSIDE): Appended {
    const key = this.#reuseIds(sourceOf(event)) ? undefined : duplicateKey(event);
    const first = key && this.#duplicates.find(key);
    if (first !== undefined) {
      this.#db.run(
        `INSERT INTO event_repeat (sequence, count, last) VALUES (?, 1, ?)
          ON CONFLICT (sequence) DO UPDATE SET count = count + 1, last = excluded.last`,
        first,
        now,
      );
      return { sequence: first, duplicate: true };
    }
    const sequence = this.#insert(event, now, origin);
    if (key) this.#duplicates.remember(key, sequence, now);
    return { sequence, duplicate: false };
  }

  get(sequence: number): LoggedEvent | undefined {
    const row = this.#db.get<Row>(
      'SELECT sequence, received, hops, cause, cause_job, attributes, data_form, data FROM event WHERE sequence = ?',
      sequence,
    );
    return row && loggedEventOf(row);
  }

  /** Appends what became of an event. */
  addFates(sequence: number, fates: readonly FateEntry[], now: number): void {
    for (const fate of fates) {
      this.#db.run(
        `INSERT INTO event_fate (sequence, number, time, fate)
          SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM event_fate WHERE sequence = ?1`,
        sequence,
        now,
        JSON.stringify(fate),
      );
    }
  }

  /** What became of an event so far, in order. */
  fates(sequence: number): FateEntry[] {
    const rows = this.#db.all<{ fate: string }>(
      'SELECT fate FROM event_fate WHERE sequence = ? ORDER BY number LIMIT 1000',
      sequence,
    );
    return rows.map(({ fate }) => JSON.parse(fate) as FateEntry);
  }

  /** Notes that an event waits for its routing. */
  markToRoute(sequence: number): void {
    this.#db.run('INSERT OR IGNORE INTO event_to_route (sequence) VALUES (?)', sequence);
  }

  markRouted(sequence: number): void {
    this.#db.run('DELETE FROM event_to_route WHERE sequence = ?', sequence);
  }

  /** Sequences of events that wait for their routing, oldest first. */
  toRoute(limit: number): number[] {
    const rows = this.#db.all<{ sequence: number }>(
      'SELECT sequence FROM event_to_route ORDER BY sequence LIMIT ?',
      limit,
    );
    return rows.map(({ sequence }) => sequence);
  }

  /**
   * Deletes the oldest events received before `before` with their fates, at most `limit`; answers how many went.
   * Events that are still to be routed or delivered, and those of dead letters, stay.
   */
  prune(before: number, limit: number): number {
    const rows = this.#db.all<{ sequence: number }>(
      `SELECT sequence FROM event WHERE received < ?
        AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.sequence = event.sequence)
        AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.sequence = event.sequence)
        AND NOT EXISTS (SELECT 1 FROM event_to_route WHERE event_to_route.sequence = event.sequence)
        ORDER BY received LIMIT ?`,
      before,
      limit,
    );
    for (const { sequence } of rows) {
      this.#db.run('DELETE FROM event WHERE sequence = ?', sequence);
      this.#db.run('DELETE FROM event_fate WHERE sequence = ?', sequence);
      this.#db.run('DELETE FROM event_repeat WHERE sequence = ?', sequence);
    }
    return rows.length;
  }

  /** Epoch ms at which the oldest event that is kept was received. */
  oldest(): number | undefined {
    return this.#db.get<{ received: number }>('SELECT received FROM event ORDER BY received LIMIT 1')
      ?.received;
  }

  /** After a rollback. */
  reset(): void {
    this.#duplicates.reset();
  }

  #insert(event: CloudEvent, now: number, origin: Origin): number {
    const { attributes, data_form, data } = columnsOf(event);
    const subject = subjectOf(event) ?? null;
    const row = this.#db.get<{ sequence: number }>(
      `INSERT INTO event (source, id, type, subject, correlation_key, received, hops, cause, cause_job, attributes, data_form, data)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence`,
      sourceOf(event),
      idOf(event),
      typeOf(event),
      subject,
      attribute(event, 'correlationkey') ?? subject,
      now,
      origin.hops,
      origin.cause ?? null,
      origin.causeJob ?? null,
      attributes,
      data_form,
      data,
    );
    if (!row) throw new TypeError('the event log gave no sequence');
    return row.sequence;
  }
}

function loggedEventOf(row: Row): LoggedEvent {
  const { sequence, received, hops, cause, cause_job } = row;
  return {
    sequence,
    event: eventOfColumns(row),
    received,
    hops,
    ...(cause !== null && { cause }),
    ...(cause_job !== null && { causeJob: cause_job }),
  };
}
