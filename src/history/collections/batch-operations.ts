import type { BatchEntry } from '../../engine/records/batch.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import {
  type CollectionSpec,
  field,
  NULLABLE,
  ONLY_SHOWN,
  orNull,
  type RowSink,
  rootProcessInstanceKey,
  type TableSpec,
} from './spec.ts';

export const BATCH_OPERATION_TABLE = {
  name: 'batch_operation',
  columns: {
    type: 'TEXT',
    state: 'TEXT',
    start_date: 'INTEGER',
    end_date: 'INTEGER',
    total: 'INTEGER',
    completed: 'INTEGER',
    failed: 'INTEGER',
  },
  indexes: [],
} as const satisfies TableSpec;

export const BATCH_ITEM_TABLE = {
  name: 'batch_operation_item',
  columns: {
    batch_key: 'INTEGER',
    item_key: 'INTEGER',
    instance_key: 'INTEGER',
    state: 'TEXT',
    processed_date: 'INTEGER',
    error_message: 'TEXT',
  },
  indexes: [
    'batch_operation_item_batch ON batch_operation_item (batch_key)',
    'batch_operation_item_instance ON batch_operation_item (instance_key)',
    'batch_operation_item_item ON batch_operation_item (item_key)',
  ],
} as const satisfies TableSpec;

export const BATCH_OPERATION_TYPES = [
  'ADD_VARIABLE',
  'CANCEL_PROCESS_INSTANCE',
  'DELETE_DECISION_DEFINITION',
  'DELETE_DECISION_INSTANCE',
  'DELETE_PROCESS_DEFINITION',
  'DELETE_PROCESS_INSTANCE',
  'MIGRATE_PROCESS_INSTANCE',
  'MODIFY_PROCESS_INSTANCE',
  'RESOLVE_INCIDENT',
  'UPDATE_VARIABLE',
] as const;

/** Nobody is known here who could have asked. */
const nobody = field('string', 'NULL', NULLABLE);

export const batchOperations = {
  table: BATCH_OPERATION_TABLE.name,
  key: 'batchOperationKey',
  rest: { path: 'batch-operations', entity: 'Batch Operation', search: true, get: true },
  fields: {
    batchOperationKey: field('key', 't.key'),
    batchOperationType: field('string', 't.type', { ...ONLY_SHOWN, values: BATCH_OPERATION_TYPES }),
    operationType: field('string', 't.type', { shown: 'never', values: BATCH_OPERATION_TYPES }),
    state: field('string', 't.state', {
      values: ['ACTIVE', 'CANCELED', 'COMPLETED', 'CREATED', 'FAILED', 'PARTIALLY_COMPLETED', 'SUSPENDED'],
    }),
    startDate: field('date', 't.start_date', { nullable: true, filter: false }),
    endDate: field('date', 't.end_date', { nullable: true, filter: false }),
    actorType: { ...nobody, values: ['ANONYMOUS', 'CLIENT', 'UNKNOWN', 'USER'] as const },
    actorId: nobody,
    operationsTotalCount: field('int', 'coalesce(t.total, 0)', ONLY_SHOWN),
    operationsFailedCount: field('int', 'coalesce(t.failed, 0)', ONLY_SHOWN),
    operationsCompletedCount: field('int', 'coalesce(t.completed, 0)', ONLY_SHOWN),
    /** What failed item by item is told there; choosing the items fails as a whole, before there is a batch operation. */
    errors: field('json', `'[]'`, ONLY_SHOWN),
  },
} as const satisfies CollectionSpec;

export const batchOperationItems = {
  table: BATCH_ITEM_TABLE.name,
  key: 'number',
  rest: { path: 'batch-operation-items', entity: 'Batch Operation Item', search: true, get: false },
  fields: {
    number: field('key', 't.key', { shown: 'never', filter: false, sort: false }),
    operationType: field('string', '(SELECT b.type FROM batch_operation b WHERE b.key = t.batch_key)', {
      sort: false,
      values: BATCH_OPERATION_TYPES,
    }),
    batchOperationKey: field('key', 't.batch_key'),
    itemKey: field('key', 't.item_key'),
    /** -1: of none. */
    processInstanceKey: field('key', 'coalesce(t.instance_key, -1)'),
    rootProcessInstanceKey: { ...rootProcessInstanceKey, filter: false as const },
    /** What a batch operation has left when it ends is not done any more. */
    state: field(
      'string',
      `(CASE WHEN t.state = 'ACTIVE' AND (SELECT b.end_date FROM batch_operation b WHERE b.key = t.batch_key) IS NOT NULL
        THEN 'CANCELED' ELSE t.state END)`,
      { values: ['ACTIVE', 'COMPLETED', 'CANCELED', 'FAILED', 'SKIPPED'] },
    ),
    processedDate: field('date', 't.processed_date', { nullable: true, filter: false }),
    errorMessage: field('string', 't.error_message', { ...ONLY_SHOWN, nullable: true }),
  },
} as const satisfies CollectionSpec;

export type BatchRecord = Extract<
  LogRecord,
  { valueType: Extract<BatchEntry['valueType'], `BATCH_${string}`> }
>;

export function projectBatch(record: BatchRecord, rows: RowSink): void {
  const { timestamp } = record;
  switch (record.valueType) {
    case 'BATCH_OPERATION_CREATION':
      rows.put(BATCH_OPERATION_TABLE.name, record.key, {
        type: record.value.batchOperationType,
        state: 'CREATED',
      });
      return;
    case 'BATCH_OPERATION_CHUNK':
      for (const { number, itemKey, processInstanceKey } of record.value.items)
        rows.put(BATCH_ITEM_TABLE.name, number, {
          batch_key: record.value.batchOperationKey,
          item_key: itemKey,
          instance_key: orNull(processInstanceKey),
          state: 'ACTIVE',
        });
      return;
    case 'BATCH_OPERATION_EXECUTION': {
      const { batchOperationKey, results, completed, failed } = record.value;
      rows.put(BATCH_OPERATION_TABLE.name, batchOperationKey, { completed, failed });
      for (const { number, state, errorMessage } of results)
        rows.put(BATCH_ITEM_TABLE.name, number, {
          state,
          processed_date: timestamp,
          ...(errorMessage !== undefined && { error_message: errorMessage }),
        });
      return;
    }
    case 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT': {
      const { state, total } = record.value;
      const goesOn = record.intent === 'SUSPENDED' || record.intent === 'RESUMED';
      rows.put(BATCH_OPERATION_TABLE.name, record.value.batchOperationKey, {
        state,
        total,
        ...(record.intent === 'STARTED' ? { start_date: timestamp } : goesOn ? {} : { end_date: timestamp }),
      });
      return;
    }
  }
}
