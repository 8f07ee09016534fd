import type { BatchEntry, BatchItemResult, BatchOperationState } from '../../engine/records/batch.ts';
import type { Answer } from '../../engine/records/command.ts';
import { DiskFailedError } from '../../store/errors.ts';
import { InternalError, textOf } from '../errors.ts';
import type { Tx } from '../module.ts';
import type { BatchChange, BatchRequests } from './batches.ts';
import { type BatchPlan, commandsOf } from './plan.ts';
import type { BatchRow, BatchRows } from './rows.ts';

/** Items that one transaction does, so that other work goes on in between. */
const SHARE = 50;

/** Answers the key of the new batch operation. */
export function create(
  rows: BatchRows,
  { plan, items, whole }: BatchRequests['batch-create'],
  tx: Tx,
): number {
  const { answer } = tx.execute({
    valueType: 'BATCH_OPERATION_CREATION',
    intent: 'CREATE',
    value: { batchOperationType: plan.type },
  });
  const { key } = accepted(answer);
  rows.put({ key, state: 'CREATED', plan, total: 0, completed: 0, failed: 0 });
  addItems(rows, { key, items, whole }, tx);
  return key;
}

export function addItems(rows: BatchRows, { key, items, whole }: BatchRequests['batch-items'], tx: Tx): null {
  const row = rows.get(key);
  if (row === undefined || row.state !== 'CREATED')
    throw new InternalError(`Batch operation ${key} takes no more items.`);
  if (items.length > 0) {
    const numbered = items.map((item) => rows.addItem(key, item));
    tell(tx, key, {
      valueType: 'BATCH_OPERATION_CHUNK',
      intent: 'CREATED',
      value: { batchOperationKey: key, items: numbered },
    });
  }
  const filled = { ...row, total: row.total + items.length };
  rows.put(filled);
  if (whole) become(rows, filled, 'ACTIVE', 'STARTED', tx);
  return null;
}

/** Cancels, suspends or resumes, with Zeebe's rejections. */
export function change(rows: BatchRows, { key, intent }: BatchRequests['batch-change'], tx: Tx): Answer {
  const row = rows.get(key);
  const { verb, from, state, done, notFoundEnd } = CHANGES[intent];
  const prefix = `Expected to ${verb} a batch operation with key '${key}', but`;
  const rejected = (type: 'NOT_FOUND' | 'INVALID_STATE', reason: string): Answer => ({
    kind: 'rejected',
    valueType: 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT',
    intent,
    type,
    reason: `${prefix} ${reason}`,
  });
  // Zeebe forgets those that are over, and cannot tell them from those that never were when they are to be canceled.
  const over = row === undefined || (intent === 'CANCEL' && !from.includes(row.state));
  if (over) return rejected('NOT_FOUND', `no such batch operation was found${notFoundEnd}`);
  if (!from.includes(row.state)) return rejected('INVALID_STATE', `it has an invalid state '${row.state}'.`);
  become(rows, row, state, done, tx);
  return { kind: 'accepted', key, value: {} };
}

const CHANGES: Readonly<
  Record<
    BatchChange,
    {
      readonly verb: string;
      readonly from: readonly BatchOperationState[];
      readonly state: BatchOperationState;
      readonly done: Lifecycle;
      /** Zeebe ends some of its sentences with a full stop. */
      readonly notFoundEnd: string;
    }
  >
> = {
  CANCEL: {
    verb: 'cancel',
    from: ['CREATED', 'ACTIVE', 'SUSPENDED'],
    state: 'CANCELED',
    done: 'CANCELED',
    notFoundEnd: '',
  },
  SUSPEND: { verb: 'suspend', from: ['ACTIVE'], state: 'SUSPENDED', done: 'SUSPENDED', notFoundEnd: '.' },
  RESUME: { verb: 'resume', from: ['SUSPENDED'], state: 'ACTIVE', done: 'RESUMED', notFoundEnd: '' },
};

/** Batch operations whose caller was gone before all items were known are not carried out. */
export function giveUpUnfinished(rows: BatchRows, tx: Tx): void {
  for (const row of rows.unfinished()) become(rows, row, 'FAILED', 'FAILED', tx);
}

/** Does the next items of the oldest batch operation that is active. */
export function runShare(rows: BatchRows, tx: Tx): void {
  const row = rows.nextActive();
  if (row === undefined) return;
  const items = rows.items(row.key, SHARE);
  const results = items.map((item): BatchItemResult => {
    const error = problemOf(tx, row.plan, item.itemKey);
    rows.removeItem(item.number);
    return error === undefined
      ? { number: item.number, state: 'COMPLETED' }
      : { number: item.number, state: 'FAILED', errorMessage: error };
  });
  const failed = row.failed + results.filter(({ state }) => state === 'FAILED').length;
  const completed = row.completed + results.length - (failed - row.failed);
  const next = { ...row, completed, failed };
  rows.put(next);
  if (results.length > 0)
    tell(tx, row.key, {
      valueType: 'BATCH_OPERATION_EXECUTION',
      intent: 'EXECUTED',
      value: { batchOperationKey: row.key, results, completed, failed },
    });
  if (items.length < SHARE)
    become(rows, next, failed > 0 ? 'PARTIALLY_COMPLETED' : 'COMPLETED', 'COMPLETED', tx);
}

/** Why an item cannot be done; undefined if it is done. Nothing is left of one that cannot. */
function problemOf(tx: Tx, plan: BatchPlan, itemKey: number): string | undefined {
  try {
    return tx.scoped(
      () => {
        for (const command of commandsOf(plan, itemKey, tx.state)) {
          const { answer } = tx.execute(command);
          if (answer.kind === 'rejected') return `${answer.type}: ${answer.reason}`;
        }
        return undefined;
      },
      (problem) => problem === undefined,
    );
  } catch (error) {
    if (error instanceof DiskFailedError) throw error;
    return `PROCESSING_ERROR: ${textOf(error)}`;
  }
}

type Lifecycle = Extract<BatchEntry, { valueType: 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT' }>['intent'];

const OVER: ReadonlySet<BatchOperationState> = new Set([
  'CANCELED',
  'COMPLETED',
  'PARTIALLY_COMPLETED',
  'FAILED',
]);

function become(rows: BatchRows, row: BatchRow, state: BatchOperationState, intent: Lifecycle, tx: Tx): void {
  rows.put({ ...row, state });
  if (OVER.has(state)) rows.removeItems(row.key);
  tell(tx, row.key, {
    valueType: 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT',
    intent,
    value: { batchOperationKey: row.key, state, total: row.total },
  });
}

function tell(tx: Tx, key: number, entry: BatchEntry): void {
  const record = { recordType: 'EVENT', key, timestamp: tx.now, recordVersion: 1, ...entry };
  tx.append(record);
}

function accepted(answer: Answer): Extract<Answer, { kind: 'accepted' }> {
  if (answer.kind === 'rejected') throw new InternalError(answer.reason);
  return answer;
}
