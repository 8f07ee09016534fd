import type { CloudEvent } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { Remembered } from '../store/remembered.ts';
import { DeadLetters, type NewDeadLetter, type ResponseHead } from './dead-letters.ts';
import { type Policy, policyOf } from './delivery-policy.ts';
import { DELIVERY_ROW, type DeliveryRow, deliveryRowOf, type StoredDeliveryRow } from './delivery-row.ts';
import { orderKeyOf, storedDeliverySettings } from './delivery-settings.ts';
import { type Lane, laneOf, laneText } from './lane.ts';
import { backOff, defaultRetry, type RetrySettings, retryAfterMs, verdictOn } from './retry.ts';
import { readSubscription } from './subscriptions.ts';

/** How one attempt to send ended, as the deliverer tells the writer. */
export type Attempt =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** As it was sent. */
      readonly retryAfter?: string;
      /** Absent if the sink took the event. */
      readonly response?: ResponseHead;
    }
  /** No answer: connection refused, time-out, … */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Not tried: the address must not be called, or its subscription ended. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The subscription is deleted: nobody wants the event any more. */
  | { readonly kind: 'unwanted' };

export type { DeliveryRow } from './delivery-row.ts';

/** What became of a delivery after an attempt. */
export type Settled =
  | { readonly kind: 'delivered'; readonly attempts: number }
  | { readonly kind: 'retried'; readonly attempts: number; readonly nextTime: number }
  | {
      readonly kind: 'deadLettered';
      readonly attempts: number;
      readonly reason: string;
      readonly retire: boolean;
      /** Lane of the dead-letter sink that gets it; absent if it is kept in the list. */
      readonly forwarded?: string;
    }
  | { readonly kind: 'dropped' };

/** What is sent to a dead-letter sink, beside the event. */
export type Letter = Omit<NewDeadLetter, 'sequence' | 'type'>;

/** Time of a delivery whose turn has not come, as an earlier one of its key is still open: the last that a date has. */
export const NOT_YET = 8.64e15;

/**
 * The writer's side of the deliveries. Calls run inside the writer's transaction.
 *
 * Invariants
 * - D6 Of the deliveries of a lane with the same key only the oldest has a time to be sent; when it is gone the next
 *   one gets its time in the same transaction.
 * - D7 A delivery that is given up is a dead letter, or a delivery to a dead-letter sink, when its transaction commits.
 */
export class Deliveries {
  readonly #db: Database;
  /** Of receivers that want nothing else. */
  readonly #policy: Policy;
  readonly #chance: () => number;
  readonly #deadLetters: DeadLetters;
  readonly #nextDue: Remembered<number | undefined>;
  /** See {@link nextDue}. */
  #after = 0;

  /**
   * @param chance from 0 (inclusive) to 1, for the jitter
   * @param deadLetterSink gets what receivers without a dead-letter sink of their own do not take
   */
  constructor(
    db: Database,
    chance: () => number,
    retry: Partial<RetrySettings> = {},
    deadLetterSink?: string,
  ) {
    this.#db = db;
    this.#chance = chance;
    this.#policy = { retry: { ...defaultRetry, ...retry }, deadLetterSink };
    this.#deadLetters = new DeadLetters(db);
    this.#nextDue = new Remembered(db, db.written('delivery'), () => this.#readNextDue());
  }

  /**
   * Adds a delivery that is due at once, or when its key's turn comes; without effect if this event is on its way to
   * this receiver already.
   */
  add(sequence: number, lane: Lane, now: number, orderKey?: string): void {
    const text = laneText(lane);
    if (orderKey === undefined) {
      this.#db.run(
        'INSERT OR IGNORE INTO delivery (sequence, lane, attempts, next_time, created) VALUES (?, ?, 0, ?, ?)',
        sequence,
        text,
        now,
        now,
      );
      return;
    }
    this.#db.run(
      `INSERT OR IGNORE INTO delivery (sequence, lane, attempts, next_time, created, order_key)
        SELECT ?1, ?2, 0, CASE WHEN EXISTS (SELECT 1 FROM delivery WHERE lane = ?2 AND order_key = ?3)
          THEN ?4 ELSE ?5 END, ?5, ?3`,
      sequence,
      text,
      orderKey,
      NOT_YET,
      now,
    );
  }

  /** As {@link add}, with the key that the subscription of the lane asks for now. */
  addAgain(sequence: number, lane: Lane, event: CloudEvent, now: number): void {
    const config = lane.kind === 'subscription' ? readSubscription(this.#db, lane.id)?.config : undefined;
    this.add(sequence, lane, now, orderKeyOf(event, storedDeliverySettings(config)));
  }

  /**
   * Takes over how an attempt ended: the delivery is done, tried again later, or given up. Undefined if there is no
   * such delivery any more.
   */
  settle(
    id: number,
    attempt: Attempt,
    sink: string,
    now: number,
  ): { readonly row: DeliveryRow; readonly settled: Settled } | undefined {
    const done = attempt.kind === 'answered' && verdictOn(attempt.status) === 'done';
    const row = done ? this.#take(id, now) : this.#get(id);
    return row && { row, settled: this.#settled(row, attempt, sink, now) };
  }

  #settled(row: DeliveryRow, attempt: Attempt, sink: string, now: number): Settled {
    const attempts = row.attempts + (attempt.kind === 'refused' || attempt.kind === 'unwanted' ? 0 : 1);
    switch (attempt.kind) {
      case 'unwanted':
        this.#remove(row, now);
        return { kind: 'dropped' };
      case 'refused':
        return this.#giveUp(row, { attempts, sink, reason: attempt.reason }, now);
      case 'unreachable':
        return this.#again(row, { attempts, sink, reason: attempt.reason }, now);
      case 'answered': {
        const { status, response, retryAfter } = attempt;
        const reason = `The sink answered ${status}.`;
        const failure = { attempts, sink, reason, ...(response && { response }) };
        switch (verdictOn(status)) {
          case 'done':
            return { kind: 'delivered', attempts };
          case 'retry':
            return this.#again(row, failure, now, retryAfter);
          case 'giveUp':
            return this.#giveUp(row, { ...failure, reason: `${reason} Such an answer is final.` }, now);
          case 'retire':
            return this.#giveUp(row, { ...failure, reason: 'The sink answered 410: it is gone.' }, now, true);
        }
      }
    }
  }

  /** Lanes with deliveries that are tried again and became due after `after`, up to and including `now`. */
  lanesDue(after: number, now: number): string[] {
    const rows = this.#db.all<{ lane: string }>(
      'SELECT DISTINCT lane FROM delivery WHERE attempts > 0 AND next_time > ? AND next_time <= ?',
      after,
      now,
    );
    return rows.map(({ lane }) => lane);
  }

  /** All lanes that have anything to send, found by their first rows; for the start. */
  lanes(): string[] {
    const lanes: string[] = [];
    for (let last = ''; ; ) {
      const row = this.#db.get<{ lane: string }>(
        'SELECT lane FROM delivery WHERE lane > ? ORDER BY lane LIMIT 1',
        last,
      );
      if (!row) return lanes;
      lanes.push(row.lane);
      last = row.lane;
    }
  }

  /** When something is tried again next, later than `after`. */
  nextDue(after: number): number | undefined {
    if (this.#after !== after) this.#nextDue.forget();
    this.#after = after;
    return this.#nextDue.get();
  }

  #readNextDue(): number | undefined {
    return this.#db.get<{ next_time: number }>(
      'SELECT next_time FROM delivery WHERE attempts > 0 AND next_time > ? ORDER BY next_time LIMIT 1',
      this.#after,
    )?.next_time;
  }

  #get(id: number): DeliveryRow | undefined {
    const row = this.#db.get<StoredDeliveryRow>(`SELECT ${DELIVERY_ROW} FROM delivery WHERE id = ?`, id);
    return row && deliveryRowOf(row);
  }

  /** Reads and removes a delivery that is done: one statement, as this is what happens most. */
  #take(id: number, now: number): DeliveryRow | undefined {
    const found = this.#db.get<StoredDeliveryRow>(
      `DELETE FROM delivery WHERE id = ? RETURNING ${DELIVERY_ROW}`,
      id,
    );
    if (!found) return undefined;
    const row = deliveryRowOf(found);
    this.#nextOfKey(row, now);
    return row;
  }

  #remove(row: DeliveryRow, now: number): void {
    this.#db.run('DELETE FROM delivery WHERE id = ?', row.id);
    this.#nextOfKey(row, now);
  }

  /** A delivery is gone: the next one of its key has its turn. */
  #nextOfKey({ lane, orderKey }: DeliveryRow, now: number): void {
    if (orderKey === null) return;
    this.#db.run(
      `UPDATE delivery SET next_time = ?1 WHERE next_time = ?2 AND id =
        (SELECT id FROM delivery WHERE lane = ?3 AND order_key = ?4 ORDER BY id LIMIT 1)`,
      now,
      NOT_YET,
      lane,
      orderKey,
    );
  }

  #again(row: DeliveryRow, failure: Failure, now: number, retryAfter?: string): Settled {
    const { attempts, reason } = failure;
    const policy = policyOf(this.#db, row.lane, this.#policy);
    if (attempts > policy.retry.retries) return this.#giveUp(row, failure, now, false, policy);
    const pause = Math.max(
      backOff(attempts, policy.retry, this.#chance()),
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
    failure: Failure,
    now: number,
    retire = false,
    policy = policyOf(this.#db, row.lane, this.#policy),
  ): Settled {
    this.#remove(row, now);
    const { sequence, lane, type } = row;
    const { attempts } = failure;
    if (row.letter !== null) {
      const first = JSON.parse(row.letter) as Letter;
      const reason = `${first.reason} The dead-letter sink ${failure.sink} did not take it either: ${failure.reason}`;
      this.#deadLetters.add({ ...first, sequence, type, reason }, now);
      return { kind: 'deadLettered', attempts, reason, retire: false };
    }
    const { reason } = failure;
    const letter: Letter = { lane, ...failure };
    if (policy.deadLetterSink === undefined) {
      this.#deadLetters.add({ sequence, type, ...letter }, now);
      return { kind: 'deadLettered', attempts, reason, retire };
    }
    const origin = laneOf(lane);
    const id = origin.kind === 'subscription' ? origin.id : '';
    const forwarded = laneText({ kind: 'deadLetterSink', id, address: policy.deadLetterSink });
    this.#db.run(
      'INSERT OR IGNORE INTO delivery (sequence, lane, attempts, next_time, created, letter) VALUES (?, ?, 0, ?, ?, ?)',
      sequence,
      forwarded,
      now,
      now,
      JSON.stringify(letter),
    );
    return { kind: 'deadLettered', attempts, reason, retire, forwarded };
  }
}

type Failure = Omit<Letter, 'lane'>;
