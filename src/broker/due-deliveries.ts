import type { CloudEvent } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import type { Letter } from './deliveries.ts';
import { withErrorAttributes } from './error-attributes.ts';
import { type EventColumns, eventOfColumns } from './event-row.ts';

export interface DueDelivery {
  readonly id: number;
  /** Made so far. */
  readonly attempts: number;
  readonly event: CloudEvent;
}

interface Row extends EventColumns {
  readonly id: number;
  readonly attempts: number;
  readonly letter: string | null;
}

interface Size {
  readonly id: number;
  /** Bytes of the data. */
  readonly length: number;
}

/** Up to so many events are read without asking first how long they are. */
const FEW = 16;
const COLUMNS = 'delivery.id, attempts, letter, attributes, data_form, data';

/**
 * Deliveries of a lane that are due at `now`, the longest due first, without those in `except`.
 * @param bytes of data that are read at a time, if there are many
 */
export function readDue(
  db: Database,
  lane: string,
  now: number,
  limit: number,
  bytes: number,
  except: ReadonlySet<number>,
): DueDelivery[] {
  const found = except.size === 0 ? '' : ' AND delivery.id NOT IN (SELECT value FROM json_each(?))';
  const busy = except.size === 0 ? [] : [JSON.stringify([...except])];
  const rest = `FROM delivery CROSS JOIN event USING (sequence) WHERE lane = ? AND next_time <= ?${found}
    ORDER BY next_time, delivery.id LIMIT ?`;
  if (limit <= FEW) return db.all<Row>(`SELECT ${COLUMNS} ${rest}`, lane, now, ...busy, limit).map(dueOf);
  const sizes = db.all<Size>(
    `SELECT delivery.id, coalesce(length(data), 0) AS length ${rest}`,
    lane,
    now,
    ...busy,
    limit,
  );
  return withEvents(db, sizes.slice(0, countWithin(sizes, bytes)));
}

/**
 * The deliveries that an ordered lane sends next, as one request: the oldest ones, none of which was tried before.
 * One that failed goes alone, and while it waits for its next attempt nothing passes it.
 * @param bytes of data that go together, unless the first has more
 */
export function readDueInOrder(
  db: Database,
  lane: string,
  now: number,
  limit: number,
  bytes: number,
): DueDelivery[] {
  const oldest = db.all<Size & { next_time: number; attempts: number }>(
    `SELECT delivery.id, next_time, attempts, coalesce(length(data), 0) AS length
      FROM delivery CROSS JOIN event USING (sequence) WHERE lane = ? ORDER BY delivery.id LIMIT ?`,
    lane,
    limit,
  );
  const [head] = oldest;
  if (!head || head.next_time > now) return [];
  const blocked = oldest.findIndex(({ next_time, attempts }) => next_time > now || attempts > 0);
  const free = blocked < 0 ? oldest : oldest.slice(0, Math.max(1, blocked));
  return withEvents(db, free.slice(0, countWithin(free, bytes)));
}

/** Ids of deliveries of a lane, due or not, without those in `except`. */
export function readAny(db: Database, lane: string, limit: number, except: ReadonlySet<number>): number[] {
  return db
    .all<{ id: number }>(
      'SELECT id FROM delivery WHERE lane = ? ORDER BY id LIMIT ?',
      lane,
      limit + except.size,
    )
    .map(({ id }) => id)
    .filter((id) => !except.has(id))
    .slice(0, limit);
}

/** So many of them have together no more data than `bytes`, but at least one. */
function countWithin(sizes: readonly Size[], bytes: number): number {
  let sum = 0;
  const end = sizes.findIndex(({ length }) => {
    sum += length;
    return sum > bytes;
  });
  return end < 0 ? sizes.length : Math.max(1, end);
}

function withEvents(db: Database, sizes: readonly Size[]): DueDelivery[] {
  return sizes.flatMap(({ id }) => {
    const row = db.get<Row>(
      `SELECT ${COLUMNS} FROM delivery JOIN event USING (sequence) WHERE delivery.id = ?`,
      id,
    );
    return row ? [dueOf(row)] : [];
  });
}

function dueOf({ id, attempts, letter, ...columns }: Row): DueDelivery {
  const event = eventOfColumns(columns);
  if (letter === null) return { id, attempts, event };
  return { id, attempts, event: withErrorAttributes(event, JSON.parse(letter) as Letter) };
}
