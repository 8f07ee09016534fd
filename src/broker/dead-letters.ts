import type { Database } from '../store/database.ts';
import { laneOf } from './lane.ts';

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

  add({ sequence, lane, sink, attempts, reason, response }: NewDeadLetter, now: number): void {
    this.#db.run(
      'INSERT INTO dead_letter (sequence, lane, sink, attempts, time, reason, response) VALUES (?, ?, ?, ?, ?, ?, ?)',
      sequence,
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

export interface DeadLetterQuery {
  /** Only letters of this event. */
  readonly sequence?: number;
  /** Only letters older than the one with this id. */
  readonly before?: number;
  readonly limit: number;
}

/** Dead letters, the newest first, from any connection to the data folder. */
export function readDeadLetters(db: Database, { sequence, before, limit }: DeadLetterQuery): DeadLetter[] {
  const rows = db.all<Row>(
    `SELECT dead_letter.id, dead_letter.sequence, source, event.id AS event_id, type, lane, sink, attempts, time, reason,
        response
      FROM dead_letter JOIN event USING (sequence)
      WHERE dead_letter.id < ? ${sequence === undefined ? '' : 'AND dead_letter.sequence = ?'}
      ORDER BY dead_letter.id DESC LIMIT ?`,
    before ?? Number.MAX_SAFE_INTEGER,
    ...(sequence === undefined ? [] : [sequence]),
    limit,
  );
  return rows.map(deadLetterOf);
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
