import type { Database } from '../store/database.ts';
import type { DeliverySettings } from './delivery-settings.ts';
import { type DueDelivery, readDue, readDueInOrder } from './due-deliveries.ts';

/** Events in one request of an ordered lane, unless the subscription says otherwise. */
const BATCH = 100;
/** Bytes of data in one batch, unless a single event has more. */
const BATCH_BYTES = 1024 * 1024;
/** Bytes of data that are read at a time. */
const READ_BYTES = 16 * 1024 * 1024;

/** What a lane sends next: the deliveries of at most `most` requests. */
export function readRequests(
  db: Database,
  lane: string,
  { order, batch }: DeliverySettings,
  now: number,
  most: number,
  busy: ReadonlySet<number>,
): DueDelivery[][] {
  if (order === 'all') {
    const found = readDueInOrder(db, lane, now, batch ?? BATCH, BATCH_BYTES);
    return found.length === 0 ? [] : [found];
  }
  const found = readDue(db, lane, now, most * (batch ?? 1), READ_BYTES, busy);
  return batch === undefined ? found.map((delivery) => [delivery]) : batchesOf(found, batch);
}

/** What was tried before goes alone, as it may be what the sink does not take. */
function batchesOf(deliveries: readonly DueDelivery[], most: number): DueDelivery[][] {
  const batches: DueDelivery[][] = [];
  let batch: DueDelivery[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const length = delivery.event.data?.length ?? 0;
    const fits = batch.length < most && bytes + length <= BATCH_BYTES && delivery.attempts === 0;
    if (batch.length === 0 || !fits || batch[0]?.attempts !== 0) {
      batch = [];
      bytes = 0;
      batches.push(batch);
    }
    batch.push(delivery);
    bytes += length;
  }
  return batches;
}
