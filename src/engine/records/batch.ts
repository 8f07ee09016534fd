/**
 * Records of batch operations, of the deletion of history and of evaluated expressions (Camunda 8.8 and 8.9). They
 * change no state of the engine: batch operations are carried out by a module of the writer, history is the read model's.
 */

export type BatchOperationType =
  | 'CANCEL_PROCESS_INSTANCE'
  | 'RESOLVE_INCIDENT'
  | 'MIGRATE_PROCESS_INSTANCE'
  | 'MODIFY_PROCESS_INSTANCE'
  | 'DELETE_PROCESS_INSTANCE'
  | 'DELETE_DECISION_INSTANCE';

export type BatchOperationState =
  | 'CREATED'
  | 'ACTIVE'
  | 'SUSPENDED'
  | 'COMPLETED'
  | 'PARTIALLY_COMPLETED'
  | 'CANCELED'
  | 'FAILED';

/** One thing to do; `itemKey` is that of a process instance, an incident or a decision evaluation. */
export interface BatchItem {
  readonly itemKey: number;
  /** -1: none. */
  readonly processInstanceKey: number;
}

export interface NumberedBatchItem extends BatchItem {
  /** Unlike that of every other item in the folder. */
  readonly number: number;
}

export interface BatchItemResult {
  readonly number: number;
  readonly state: 'COMPLETED' | 'FAILED';
  /** Of a failed one. */
  readonly errorMessage?: string;
}

/** What was chosen for deletion from the read model. */
export interface HistoryDeletionValue {
  readonly resourceKey: number;
  readonly resourceType: 'PROCESS_INSTANCE' | 'DECISION_INSTANCE';
}

export interface ExpressionValue {
  readonly expression: string;
  /** JSON text. */
  readonly result: string;
  readonly warnings: readonly { readonly type: string; readonly message: string }[];
}

export type BatchEntry =
  | {
      readonly valueType: 'BATCH_OPERATION_CREATION';
      readonly intent: 'CREATED';
      readonly value: { readonly batchOperationKey: number; readonly batchOperationType: BatchOperationType };
    }
  | {
      readonly valueType: 'BATCH_OPERATION_CHUNK';
      readonly intent: 'CREATED';
      readonly value: { readonly batchOperationKey: number; readonly items: readonly NumberedBatchItem[] };
    }
  | {
      readonly valueType: 'BATCH_OPERATION_EXECUTION';
      readonly intent: 'EXECUTED';
      readonly value: {
        readonly batchOperationKey: number;
        readonly results: readonly BatchItemResult[];
        /** Of all items so far. */
        readonly completed: number;
        readonly failed: number;
      };
    }
  | {
      /** What a batch operation has become. */
      readonly valueType: 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT';
      readonly intent: 'STARTED' | 'SUSPENDED' | 'RESUMED' | 'CANCELED' | 'COMPLETED' | 'FAILED';
      readonly value: {
        readonly batchOperationKey: number;
        readonly state: BatchOperationState;
        /** Items in all. */
        readonly total: number;
      };
    }
  | {
      readonly valueType: 'HISTORY_DELETION';
      readonly intent: 'DELETED';
      readonly value: HistoryDeletionValue;
    }
  | { readonly valueType: 'EXPRESSION'; readonly intent: 'EVALUATED'; readonly value: ExpressionValue };

/** What the outside may ask of the engine here. */
export type BatchCommand =
  | {
      readonly valueType: 'BATCH_OPERATION_CREATION';
      readonly intent: 'CREATE';
      readonly value: { readonly batchOperationType: BatchOperationType };
    }
  | {
      readonly valueType: 'HISTORY_DELETION';
      readonly intent: 'DELETE';
      readonly value: HistoryDeletionValue;
    }
  | {
      readonly valueType: 'EXPRESSION';
      readonly intent: 'EVALUATE';
      readonly value: {
        /** With its leading `=`; without one the text itself is the result. */
        readonly expression: string;
        readonly variables: ReadonlyMap<string, string>;
        /** Of an element instance or a process instance; -1: none. */
        readonly scopeKey: number;
      };
    };
