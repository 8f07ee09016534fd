import type { CloudEvent } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { type EventColumns, eventOfColumns } from './event-row.ts';
import type { Place } from './source-sequences.ts';

/** The business transaction that an event belongs to, as it says itself or as it was derived. */
export interface Trace {
  /** The same for all events of one business transaction. */
  readonly correlationId: string;
  /** Id of the event that led to this one. */
  readonly causationId?: string;
  /** W3C trace context, version 00. */
  readonly traceparent?: string;
}

/** Where an event came from, as the log keeps it. */
export interface Origin {
  /** Events that led to this one, one after the other. 0 for events from outside. */
  readonly hops: number;
  /** Sequence of the event that led to this one: a sink answered it with this, or it moved the process that sent this. */
  readonly cause?: number;
  /** Key of the job that sent this event. */
  readonly causeJob?: number;
  /** Absent: nothing is known of its business transaction. */
  readonly trace?: Trace;
}

export interface Appended {
  /** Place in the log; of the first arrival if this is a duplicate. */
  readonly sequence: number;
  readonly duplicate: boolean;
  /** Set if its source numbers its events and this one is not the next. */
  readonly place?: Exclude<Place, { readonly kind: 'next' }>;
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

export interface FateAt {
  /** Epoch ms. */
  readonly time: number;
  readonly fate: FateEntry;
}

interface Row extends EventColumns {
  readonly sequence: number;
  readonly received: number;
  readonly hops: number;
  readonly cause: number | null;
  readonly cause_job: number | null;
  readonly correlation_id: string | null;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
}

const COLUMNS =
  'sequence, received, hops, cause, cause_job, correlation_id, causation_id, traceparent, attributes, data_form, data';

/** An event of the log, from any connection to the data folder. */
export function readLogged(db: Database, sequence: number): LoggedEvent | undefined {
  const row = db.get<Row>(`SELECT ${COLUMNS} FROM event WHERE sequence = ?`, sequence);
  return row && loggedEventOf(row);
}

/** What became of an event, in order; at most 1000 entries. From any connection to the data folder. */
export function readFates(db: Database, sequence: number): FateAt[] {
  const row = db.get<{ received: number; fates: string | null }>(
    'SELECT received, fates FROM event WHERE sequence = ?',
    sequence,
  );
  const first = row?.fates ? (JSON.parse(row.fates) as FateEntry[]) : [];
  const later = db.all<{ time: number; fate: string }>(
    'SELECT time, fate FROM event_fate WHERE sequence = ? ORDER BY number LIMIT 1000',
    sequence,
  );
  return [
    ...first.map((fate) => ({ time: row?.received ?? 0, fate })),
    ...later.map(({ time, fate }) => ({ time, fate: JSON.parse(fate) as FateEntry })),
  ];
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
    ...traceOfRow(row),
  };
}

function traceOfRow({ correlation_id, causation_id, traceparent }: Row): { trace?: Trace } {
  if (correlation_id === null) return {};
  return {
    trace: {
      correlationId: correlation_id,
      ...(causation_id !== null && { causationId: causation_id }),
      ...(traceparent !== null && { traceparent }),
    },
  };
}
