import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { Accepted, CommandOf } from './command.ts';

/** Gives a batch operation its key; who asks carries it out. */
export function createBatchOperation(
  w: Work,
  { value: { batchOperationType } }: CommandOf<'BATCH_OPERATION_CREATION'>,
): Accepted {
  const key = w.nextKey();
  const value = { batchOperationKey: key, batchOperationType };
  w.emit(key, { valueType: 'BATCH_OPERATION_CREATION', intent: 'CREATED', value });
  return { key, value };
}

/** Lets the read model forget something that is over. */
export function deleteHistory(w: Work, { value }: CommandOf<'HISTORY_DELETION'>): Accepted {
  const { resourceKey, resourceType } = value;
  if (resourceType === 'PROCESS_INSTANCE' && w.element(resourceKey) !== undefined) {
    const reason = `Expected to delete history for process instance with key '${resourceKey}', but it is still active.`;
    throw new Rejection('INVALID_STATE', reason);
  }
  w.emit(resourceKey, { valueType: 'HISTORY_DELETION', intent: 'DELETED', value });
  return { key: resourceKey, value };
}
