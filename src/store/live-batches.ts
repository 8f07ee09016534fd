import type { BatchEntry, BatchOperationState, BatchOperationType } from '../engine/records/batch.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { decode } from './codec.ts';
import type { Database } from './database.ts';

interface StoredBatch {
  readonly key: number;
  readonly state: BatchOperationState;
  /** JSON of an object with the `type` of the operation. */
  readonly plan: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

interface StoredItem {
  readonly number: number;
  readonly itemKey: number;
  readonly processInstanceKey: number;
}

/** Items that one record tells, as when they were added. */
const PAGE = 1000;

/**
 * Batch operations that are not over, and the items that they have still to do, told as the records that made them
 * (see `liveRecords`). The tables are those of `src/runtime/batches/`.
 */
export function* liveBatches(db: Database, timestamp: number): Generator<LogRecord, void, undefined> {
  if (db.get(`SELECT 1 FROM sqlite_schema WHERE name = 'batch_operation'`) === undefined) return;
  const record = (key: number, entry: BatchEntry): LogRecord => ({
    recordType: 'EVENT',
    key,
    timestamp,
    recordVersion: 1,
    ...entry,
  });
  const batches = db.all<StoredBatch>(
    `SELECT * FROM batch_operation WHERE state IN ('CREATED', 'ACTIVE', 'SUSPENDED') ORDER BY key`,
  );
  for (const { key, state, plan, total, completed, failed } of batches) {
    const { type } = decode<{ readonly type: BatchOperationType }>(plan);
    yield record(key, {
      valueType: 'BATCH_OPERATION_CREATION',
      intent: 'CREATED',
      value: { batchOperationKey: key, batchOperationType: type },
    });
    for (let after = 0; ; ) {
      const items = db.all<StoredItem>(
        `SELECT number, item_key AS itemKey, process_instance_key AS processInstanceKey FROM batch_operation_item
         WHERE batch_key = ? AND number > ? ORDER BY number LIMIT ${PAGE}`,
        key,
        after,
      );
      const last = items.at(-1);
      if (last === undefined) break;
      after = last.number;
      yield record(key, {
        valueType: 'BATCH_OPERATION_CHUNK',
        intent: 'CREATED',
        value: { batchOperationKey: key, items },
      });
    }
    if (state === 'CREATED') continue;
    yield record(key, {
      valueType: 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT',
      intent: 'STARTED',
      value: { batchOperationKey: key, state, total },
    });
    yield record(key, {
      valueType: 'BATCH_OPERATION_EXECUTION',
      intent: 'EXECUTED',
      value: { batchOperationKey: key, results: [], completed, failed },
    });
  }
}
