import type { CloudEvent } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { type EventColumns, eventOfColumns } from './event-row.ts';
import { laneOf } from './lane.ts';
import { readSubscription } from './subscriptions.ts';

export interface DueDelivery {
  readonly id: number;
  readonly event: CloudEvent;
}

/** Where the deliveries of a lane go now. */
export type Receiver =
  | {
      readonly kind: 'sink';
      readonly address: string;
      readonly headers: Readonly<Record<string, string>>;
      /** One request at a time, in order of the log; see {@link readDueInOrder}. */
      readonly ordered: boolean;
    }
  | { readonly kind: 'retired'; readonly address: string; readonly reason: string }
  | { readonly kind: 'none' };

/** Deliveries of a lane that are due at `now`, oldest first, without those in `except`. */
export function readDue(
  db: Database,
  lane: string,
  now: number,
  limit: number,
  except: ReadonlySet<number>,
): DueDelivery[] {
  return withEvents(
    db,
    db
      .all<{ id: number }>(
        'SELECT id FROM delivery WHERE lane = ? AND next_time <= ? ORDER BY next_time, id LIMIT ?',
        lane,
        now,
        limit + except.size,
      )
      .filter(({ id }) => !except.has(id))
      .slice(0, limit),
  );
}

/**
 * The deliveries that an ordered lane sends next, as one request: the oldest ones, none of which was tried before.
 * One that failed goes alone, and while it waits for its next attempt nothing passes it.
 */
export function readDueInOrder(db: Database, lane: string, now: number, limit: number): DueDelivery[] {
  const oldest = db.all<{ id: number; next_time: number; attempts: number }>(
    'SELECT id, next_time, attempts FROM delivery WHERE lane = ? ORDER BY id LIMIT ?',
    lane,
    limit,
  );
  const blocked = oldest.findIndex(({ next_time, attempts }) => next_time > now || attempts > 0);
  const [head] = oldest;
  if (blocked === 0 && head) return head.next_time > now ? [] : withEvents(db, [head]);
  return withEvents(db, blocked < 0 ? oldest : oldest.slice(0, blocked));
}

function withEvents(db: Database, ids: readonly { readonly id: number }[]): DueDelivery[] {
  return ids.flatMap(({ id }) => {
    const row = db.get<EventColumns>(
      'SELECT attributes, data_form, data FROM delivery JOIN event USING (sequence) WHERE delivery.id = ?',
      id,
    );
    return row ? [{ id, event: eventOfColumns(row) }] : [];
  });
}

export function readReceiver(db: Database, lane: string): Receiver {
  const target = laneOf(lane);
  if (target.kind === 'host') return { kind: 'sink', address: target.address, headers: {}, ordered: false };
  const subscription = readSubscription(db, target.id);
  if (!subscription) return { kind: 'none' };
  const { sink, retired, protocolsettings, config } = subscription;
  if (retired !== undefined) return { kind: 'retired', address: sink, reason: retired };
  const ordered = config?.['order'] === 'all';
  return { kind: 'sink', address: sink, headers: protocolsettings?.headers ?? {}, ordered };
}
