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
  | { readonly kind: 'sink'; readonly address: string; readonly headers: Readonly<Record<string, string>> }
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
  const ids = db
    .all<{ id: number }>(
      'SELECT id FROM delivery WHERE lane = ? AND next_time <= ? ORDER BY next_time, id LIMIT ?',
      lane,
      now,
      limit + except.size,
    )
    .filter(({ id }) => !except.has(id))
    .slice(0, limit);
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
  if (target.kind === 'host') return { kind: 'sink', address: target.address, headers: {} };
  const subscription = readSubscription(db, target.id);
  if (!subscription) return { kind: 'none' };
  const { sink, retired, protocolsettings } = subscription;
  if (retired !== undefined) return { kind: 'retired', address: sink, reason: retired };
  return { kind: 'sink', address: sink, headers: protocolsettings?.headers ?? {} };
}
