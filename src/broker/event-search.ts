import type { Database } from '../store/database.ts';
import type { FateEntry, LoggedEvent } from './event-log.ts';
import { type EventColumns, eventOfColumns } from './event-row.ts';
import { laneOf } from './lane.ts';

/** All conditions must hold. */
export interface EventQuery {
  readonly type?: string;
  readonly source?: string;
  readonly id?: string;
  readonly subject?: string;
  /** Extension `correlationkey`, else the subject. */
  readonly correlationKey?: string;
  /** Epoch ms, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Only events older than the one with this sequence. */
  readonly before?: number;
  /** Only events newer than the one with this sequence, the oldest first. */
  readonly after?: number;
  readonly limit: number;
}

/** An event of the log without its data. */
export interface EventSummary {
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly correlationKey?: string;
  readonly received: number;
  /** What became of it last. */
  readonly fate?: FateEntry;
}

export interface FateAt {
  /** Epoch ms. */
  readonly time: number;
  readonly fate: FateEntry;
}

/** A delivery that is not done yet. */
export interface OpenDelivery {
  readonly id: number;
  readonly subscriptionId?: string;
  /** Set if a job named the receiver. */
  readonly host?: string;
  readonly attempts: number;
  /** Epoch ms of the next attempt. */
  readonly nextTime: number;
  readonly lastError?: string;
}

/** All that the log knows of one event. */
export interface EventStory extends LoggedEvent {
  readonly fates: readonly FateAt[];
  readonly repeats?: { readonly count: number; readonly last: number };
  readonly deliveries: readonly OpenDelivery[];
  /** True if it was not routed yet. */
  readonly toRoute: boolean;
}

interface SummaryRow {
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string | null;
  readonly correlation_key: string | null;
  readonly received: number;
  readonly fate: string | null;
}

const CONDITIONS = [
  ['type', 'type = ?'],
  ['source', 'source = ?'],
  ['id', 'id = ?'],
  ['subject', 'subject = ?'],
  ['correlationKey', 'correlation_key = ?'],
  ['from', 'received >= ?'],
  ['to', 'received <= ?'],
  ['before', 'sequence < ?'],
  ['after', 'sequence > ?'],
] as const;

/** Events that match, the newest first unless `after` is given. From any connection to the data folder. */
export function searchEvents(db: Database, query: EventQuery): EventSummary[] {
  const used = CONDITIONS.filter(([name]) => query[name] !== undefined);
  const where = used.length === 0 ? '' : `WHERE ${used.map(([, sql]) => sql).join(' AND ')}`;
  const rows = db.all<SummaryRow>(
    `SELECT sequence, source, id, type, subject, correlation_key, received,
        (SELECT fate FROM event_fate WHERE event_fate.sequence = event.sequence ORDER BY number DESC LIMIT 1) AS fate
      FROM event ${where} ORDER BY sequence ${query.after === undefined ? 'DESC' : 'ASC'} LIMIT ?`,
    ...used.map(([name]) => query[name] ?? null),
    query.limit,
  );
  return rows.map(({ subject, correlation_key, fate, ...row }) => ({
    ...row,
    ...(subject !== null && { subject }),
    ...(correlation_key !== null && { correlationKey: correlation_key }),
    ...(fate !== null && { fate: JSON.parse(fate) as FateEntry }),
  }));
}

/** Sequence of the newest event with this source and id. */
export function findEvent(db: Database, source: string, id: string): number | undefined {
  return db.get<{ sequence: number }>(
    'SELECT sequence FROM event WHERE id = ? AND source = ? ORDER BY sequence DESC LIMIT 1',
    id,
    source,
  )?.sequence;
}

/** All that is known of an event; undefined if the log does not hold it. */
export function readStory(db: Database, sequence: number): EventStory | undefined {
  const row = db.get<
    EventColumns & { received: number; hops: number; cause: number | null; cause_job: number | null }
  >(
    'SELECT received, hops, cause, cause_job, attributes, data_form, data FROM event WHERE sequence = ?',
    sequence,
  );
  if (!row) return undefined;
  const repeats = db.get<{ count: number; last: number }>(
    'SELECT count, last FROM event_repeat WHERE sequence = ?',
    sequence,
  );
  const waiting = db.get('SELECT 1 FROM event_to_route WHERE sequence = ?', sequence);
  return {
    sequence,
    event: eventOfColumns(row),
    received: row.received,
    hops: row.hops,
    ...(row.cause !== null && { cause: row.cause }),
    ...(row.cause_job !== null && { causeJob: row.cause_job }),
    fates: readFates(db, sequence),
    ...(repeats && { repeats: { count: repeats.count, last: repeats.last } }),
    deliveries: readOpenDeliveries(db, sequence),
    toRoute: waiting !== undefined,
  };
}

function readFates(db: Database, sequence: number): FateAt[] {
  const rows = db.all<{ time: number; fate: string }>(
    'SELECT time, fate FROM event_fate WHERE sequence = ? ORDER BY number LIMIT 1000',
    sequence,
  );
  return rows.map(({ time, fate }) => ({ time, fate: JSON.parse(fate) as FateEntry }));
}

function readOpenDeliveries(db: Database, sequence: number): OpenDelivery[] {
  const rows = db.all<{
    id: number;
    lane: string;
    attempts: number;
    next_time: number;
    last_error: string | null;
  }>(
    'SELECT id, lane, attempts, next_time, last_error FROM delivery WHERE sequence = ? ORDER BY id LIMIT 1000',
    sequence,
  );
  return rows.map(({ id, lane, attempts, next_time, last_error }) => {
    const target = laneOf(lane);
    return {
      id,
      ...(target.kind === 'subscription' ? { subscriptionId: target.id } : { host: target.address }),
      attempts,
      nextTime: next_time,
      ...(last_error !== null && { lastError: last_error }),
    };
  });
}
