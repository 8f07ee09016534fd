import type { Database } from '../store/database.ts';
import { DeadLetters, type ResponseHead } from './dead-letters.ts';
import { type Lane, laneText } from './lane.ts';
import { backOff, defaultRetry, type RetrySettings, retryAfterMs, verdictOn } from './retry.ts';

/** How one attempt to send ended, as the deliverer tells the writer. */
export type Attempt =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** As it was sent. */
      readonly retryAfter?: string;
      readonly response: ResponseHead;
    }
  /** No answer: connection refused, time-out, … */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Not tried: the address must not be called, or its subscription ended. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The subscription is deleted: nobody wants the event any more. */
  | { readonly kind: 'unwanted' };

/** What became of a delivery after an attempt. */
export type Settled =
  | { readonly kind: 'delivered'; readonly attempts: number }
  | { readonly kind: 'retried'; readonly attempts: number; readonly nextTime: number }
  | {
      readonly kind: 'deadLettered';
      readonly attempts: number;
      readonly reason: string;
      readonly retire: boolean;
    }
  | { readonly kind: 'dropped' };

export interface DeliveryRow {
  readonly id: number;
  readonly sequence: number;
  readonly lane: string;
  readonly attempts: number;
}

/** The writer's side of the deliveries. Calls run inside the writer's transaction. */
export class Deliveries {
  readonly #db: Database;
  readonly #retry: RetrySettings;
  readonly #chance: () => number;
  readonly #deadLetters: DeadLetters;

  /** @param chance from 0 (inclusive) to 1, for the jitter */
  constructor(db: Database, chance: () => number, retry: Partial<RetrySettings> = {}) {
    this.#db = db;
    this.#chance = chance;
    this.#retry = { ...defaultRetry, ...retry };
    this.#deadLetters = new DeadLetters(db);
  }

  /** Adds a delivery that is due at once; without effect if this event is on its way to this receiver already. */
  add(sequence: number, lane: Lane, now: number): void {
    this.#db.run(
      'INSERT OR IGNORE INTO delivery (sequence, lane, attempts, next_time, created) VALUES (?, ?, 0, ?, ?)',
      sequence,
      laneText(lane),
      now,
      now,
    );
  }

  get(id: number): DeliveryRow | undefined {
    return this.#db.get<DeliveryRow>('SELECT id, sequence, lane, attempts FROM delivery WHERE id = ?', id);
  }

  /** Takes over how an attempt ended: the delivery is done, tried again later, or given up. */
  settle(row: DeliveryRow, attempt: Attempt, sink: string, now: number): Settled {
    const attempts = row.attempts + (attempt.kind === 'refused' || attempt.kind === 'unwanted' ? 0 : 1);
    switch (attempt.kind) {
      case 'unwanted':
        this.#remove(row.id);
        return { kind: 'dropped' };
      case 'refused':
        return this.#giveUp(row, attempts, sink, attempt.reason, now, false);
      case 'unreachable':
        return this.#again(row, attempts, sink, attempt.reason, now);
      case 'answered': {
        const { status, response } = attempt;
        const reason = `The sink answered ${status}.`;
        switch (verdictOn(status)) {
          case 'done':
            this.#remove(row.id);
            return { kind: 'delivered', attempts };
          case 'retry':
            return this.#again(row, attempts, sink, reason, now, response, attempt.retryAfter);
          case 'giveUp':
            return this.#giveUp(
              row,
              attempts,
              sink,
              `${reason} Such an answer is final.`,
              now,
              false,
              response,
            );
          case 'retire':
            return this.#giveUp(
              row,
              attempts,
              sink,
              'The sink answered 410: it is gone.',
              now,
              true,
              response,
            );
        }
      }
    }
  }

  /** Lanes with deliveries that became due after `after`, up to and including `now`. */
  lanesDue(after: number, now: number): string[] {
    const rows = this.#db.all<{ lane: string }>(
      'SELECT DISTINCT lane FROM delivery WHERE next_time > ? AND next_time <= ?',
      after,
      now,
    );
    return rows.map(({ lane }) => lane);
  }

  /** When something is due next, later than `after`. */
  nextDue(after: number): number | undefined {
    return this.#db.get<{ next_time: number }>(
      'SELECT next_time FROM delivery WHERE next_time > ? ORDER BY next_time LIMIT 1',
      after,
    )?.next_time;
  }

  #remove(id: number): void {
    this.#db.run('DELETE FROM delivery WHERE id = ?', id);
  }

  #again(
    row: DeliveryRow,
    attempts: number,
    sink: string,
    reason: string,
    now: number,
    response?: ResponseHead,
    retryAfter?: string,
  ): Settled {
    if (attempts > this.#retry.retries)
      return this.#giveUp(row, attempts, sink, reason, now, false, response);
    const pause = Math.max(
      backOff(attempts, this.#retry, this.#chance()),
      retryAfterMs(retryAfter, now) ?? 0,
    );
    const nextTime = now + Math.max(1, pause);
    this.#db.run(
      'UPDATE delivery SET attempts = ?, next_time = ?, last_error = ? WHERE id = ?',
      attempts,
      nextTime,
      reason,
      row.id,
    );
    return { kind: 'retried', attempts, nextTime };
  }

  #giveUp(
    row: DeliveryRow,
    attempts: number,
    sink: string,
    reason: string,
    now: number,
    retire: boolean,
    response?: ResponseHead,
  ): Settled {
    this.#remove(row.id);
    const { sequence, lane } = row;
    this.#deadLetters.add({ sequence, lane, sink, attempts, reason, ...(response && { response }) }, now);
    return { kind: 'deadLettered', attempts, reason, retire };
  }
}
