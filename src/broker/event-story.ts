import type { Database } from '../store/database.ts';
import { laneOf } from './lane.ts';
import { type FateAt, type LoggedEvent, readFates, readLogged } from './logged-event.ts';

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
  /** Sequences of the events that this one led to; at most 1000. */
  readonly effects: readonly number[];
  readonly fates: readonly FateAt[];
  readonly repeats?: { readonly count: number; readonly last: number };
  readonly deliveries: readonly OpenDelivery[];
  /** True if it was not routed yet. */
  readonly toRoute: boolean;
}

/** All that is known of an event; undefined if the log does not hold it. */
export function readStory(db: Database, sequence: number): EventStory | undefined {
  const logged = readLogged(db, sequence);
  if (!logged) return undefined;
  const repeats = db.get<{ count: number; last: number }>(
    'SELECT count, last FROM event_repeat WHERE sequence = ?',
    sequence,
  );
  const waiting = db.get('SELECT 1 FROM event_to_route WHERE sequence = ?', sequence);
  const effects = db.all<{ sequence: number }>(
    'SELECT sequence FROM event WHERE cause = ? ORDER BY sequence LIMIT 1000',
    sequence,
  );
  return {
    ...logged,
    effects: effects.map((effect) => effect.sequence),
    fates: readFates(db, sequence),
    ...(repeats && { repeats: { count: repeats.count, last: repeats.last } }),
    deliveries: readOpenDeliveries(db, sequence),
    toRoute: waiting !== undefined,
  };
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
