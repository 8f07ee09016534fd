import type { Database } from '../store/database.ts';
import { laneOf, laneText } from './lane.ts';

/** The beginning of a sink's answer: enough to see why it refused. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** First characters of the body. */
  readonly body: string;
}

/** A delivery that was given up. */
export interface DeadLetter {
  readonly id: number;
  readonly sequence: number;
  /** Of the event. */
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly sink: string;
  /** Absent if a job named the sink. */
  readonly subscriptionId?: string;
  readonly attempts: number;
  /** Epoch ms at which it was given up. */
  readonly time: number;
  readonly reason: string;
  readonly response?: ResponseHead;
}

export interface NewDeadLetter {
  readonly sequence: number;
  /** Of the event. */
  readonly type: string;
  readonly lane: string;
  readonly sink: string;
  readonly attempts: number;
  readonly reason: string;
  readonly response?: ResponseHead;
}

interface Row {
  readonly id: number;
  readonly sequence: number;
  readonly source: string;
  readonly event_id: string;
  readonly type: string;
  readonly lane: string;
  readonly sink: string;
  readonly attempts: number;
  readonly time: number;
  readonly reason: string;
  readonly response: string | null;
}

/** The writer's side of the dead letters. Calls run inside the writer's transaction. */
export class DeadLetters {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add({ sequence, type, lane, sink, attempts, reason, response }: NewDeadLetter, now: number): void {
    this.#db.run(
      `INSERT INTO dead_letter (sequence, type, lane, sink, attempts, time, reason, response)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      sequence,
      type,
      lane,
      sink,
      attempts,
      now,
      reason,
      response ? JSON.stringify(response) : null,
    );
  }

  get(id: number): { readonly sequence: number; readonly lane: string } | undefined {
    return this.#db.get<{ sequence: number; lane: string }>(
      'SELECT sequence, lane FROM dead_letter WHERE id = ?',
      id,
    );
  }

  /** Takes a dead letter out, because it is sent again or forgotten; false if there is none. */
  remove(id: number): boolean {
    return this.#db.run('DELETE FROM dead_letter WHERE id = ?', id) > 0;
  }
}

/** Which dead letters are meant; all conditions must hold. */
export interface DeadLetterFilter {
  /** Letters of this event. */
  readonly sequence?: number;
  /** Id of the subscription. */
  readonly subscription?: string;
  readonly sink?: string;
  /** Of the event. */
  readonly type?: string;
  /** Given up at this time (epoch ms) or later. */
  readonly since?: number;
  /** Letters whose reason holds this text, in any case. */
  readonly reason?: string;
}

export interface DeadLetterQuery extends DeadLetterFilter {
  /** Only letters older than the one with this id. */
  readonly before?: number;
  readonly limit: number;
}

const LETTER = `SELECT dead_letter.id, dead_letter.sequence, source, event.id AS event_id, event.type, lane, sink, attempts,
    time, reason, response
  FROM dead_letter JOIN event USING (sequence)`;

/** Dead letters, the newest first, from any connection to the data folder. */
export function readDeadLetters(db: Database, { before, limit, ...filter }: DeadLetterQuery): DeadLetter[] {
  const { where, values } = conditionsOf(filter);
  const rows = db.all<Row>(
    `${LETTER} WHERE dead_letter.id < ?${where} ORDER BY dead_letter.id DESC LIMIT ?`,
    before ?? Number.MAX_SAFE_INTEGER,
    ...values,
    limit,
  );
  return rows.map(deadLetterOf);
}

/** One dead letter, from any connection to the data folder. */
export function readDeadLetter(db: Database, id: number): DeadLetter | undefined {
  const row = db.get<Row>(`${LETTER} WHERE dead_letter.id = ?`, id);
  return row && deadLetterOf(row);
}

/** Ids of dead letters in order of their making, after `after` and up to `last`. */
export function readDeadLetterIds(
  db: Database,
  filter: DeadLetterFilter,
  after: number,
  last: number,
  limit: number,
): number[] {
  const { where, values } = conditionsOf(filter);
  return db
    .all<{ id: number }>(
      `SELECT id FROM dead_letter WHERE dead_letter.id > ? AND dead_letter.id <= ?${where} ORDER BY id LIMIT ?`,
      after,
      last,
      ...values,
      limit,
    )
    .map(({ id }) => id);
}

/** Id of the newest dead letter; 0 if there is none. */
export function lastDeadLetter(db: Database): number {
  return db.get<{ id: number }>('SELECT id FROM dead_letter ORDER BY id DESC LIMIT 1')?.id ?? 0;
}

function conditionsOf(filter: DeadLetterFilter): {
  readonly where: string;
  readonly values: (string | number)[];
} {
  const { sequence, subscription, sink, type, since, reason } = filter;
  const conditions: readonly (readonly [string, string | number | undefined])[] = [
    ['dead_letter.sequence = ?', sequence],
    [
      'lane = ?',
      subscription === undefined ? undefined : laneText({ kind: 'subscription', id: subscription }),
    ],
    ['sink = ?', sink],
    ['dead_letter.type = ?', type],
    ['time >= ?', since],
    ['instr(lower(reason), ?) > 0', reason?.toLowerCase()],
  ];
  const used = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return { where: used.map(({ sql }) => ` AND ${sql}`).join(''), values: used.map(({ value }) => value) };
}

function deadLetterOf({ event_id, lane, response, ...row }: Row): DeadLetter {
  const target = laneOf(lane);
  return {
    ...row,
    eventId: event_id,
    ...(target.kind === 'subscription' && { subscriptionId: target.id }),
    ...(response !== null && { response: JSON.parse(response) as ResponseHead }),
  } as DeadLetter;
}
