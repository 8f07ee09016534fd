import { activateInAdHoc, cancelRunning, fulfil } from '../behaviors/ad-hoc.ts';
import { mergeVariables } from '../behaviors/variables.ts';
import { adHocOf, unknownElements } from '../elements/ad-hoc-sub-process.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { AdHocActivation, AdHocSubProcessResult } from '../records/ad-hoc.ts';
import type { JobResult } from '../records/command.ts';
import type { Document } from '../records/record.ts';
import type { ElementRow, JobRow } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Activates elements of a running ad-hoc subprocess. */
export function activateAdHocElements(
  w: Work,
  { key, value }: CommandOf<'AD_HOC_SUB_PROCESS_INSTRUCTION'>,
): Accepted {
  const { activateElements, cancelRemainingInstances } = value;
  const row = w.element(key);
  if (row?.type !== 'AD_HOC_SUB_PROCESS') {
    const reason = `Expected to activate activities for ad-hoc sub-process but no ad-hoc sub-process instance found with key '${key}'.`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const expected = `Expected to activate activities for ad-hoc sub-process with key '${key}', but`;
  if (row.state !== 'ACTIVATED' || row.interruptedBy !== null)
    throw new Rejection('INVALID_STATE', `${expected} it is not active.`);
  if (new Set(activateElements.map(({ elementId }) => elementId)).size < activateElements.length)
    throw new Rejection('INVALID_ARGUMENT', `${expected} duplicate activities were given.`);
  checkActivatable(w, row, activateElements);
  activate(w, row, activateElements, cancelRemainingInstances);
  return { key, value: NOTHING };
}

function checkActivatable(w: Work, row: ElementRow, elements: readonly AdHocActivation[]): void {
  const { activities } = adHocOf(w.model(row));
  const unknown = elements.map(({ elementId }) => elementId).filter((id) => !activities.includes(id));
  if (unknown.length > 0) throw new Rejection('NOT_FOUND', unknownElements(row.key, unknown));
}

function activate(
  w: Work,
  row: ElementRow,
  activateElements: readonly AdHocActivation[],
  cancelRemainingInstances: boolean,
): void {
  if (cancelRemainingInstances) cancelRunning(w, row);
  activateInAdHoc(w, row, activateElements);
  w.emit(row.key, {
    valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION',
    intent: 'ACTIVATED',
    value: {
      adHocSubProcessInstanceKey: row.key,
      activateElements,
      cancelRemainingInstances,
      completionConditionFulfilled: false,
    },
  });
}

const NOTHING_DECIDED: AdHocSubProcessResult = {
  type: 'adHocSubProcess',
  activateElements: [],
  isCompletionConditionFulfilled: false,
  isCancelRemainingInstances: false,
};

/** The worker of an ad-hoc subprocess decided what is next. */
export function completeAdHocJob(
  w: Work,
  job: JobRow,
  value: { readonly variables: Document; readonly result?: JobResult },
): Accepted {
  const { key } = job;
  const row = w.element(job.value.elementInstanceKey);
  const result = value.result?.type === 'adHocSubProcess' ? value.result : NOTHING_DECIDED;
  const { activateElements, isCompletionConditionFulfilled, isCancelRemainingInstances } = result;
  if (row !== undefined) {
    checkActivatable(w, row, activateElements);
    if (isCompletionConditionFulfilled && activateElements.length > 0) {
      const reason = `No elements can be activated for ad-hoc sub-process with key '${row.key}' because the completion condition is fulfilled.`;
      throw new Rejection('INVALID_ARGUMENT', reason);
    }
  }
  w.emit(key, { valueType: 'JOB', intent: 'COMPLETED', value: { ...job.value, variables: value.variables } });
  if (row === undefined) return { key, value: NOTHING };
  mergeVariables(w, row, row.key, value.variables);
  if (activateElements.length > 0) activate(w, row, activateElements, isCancelRemainingInstances);
  else if (isCompletionConditionFulfilled) complete(w, row, isCancelRemainingInstances);
  return { key, value: NOTHING };
}

function complete(w: Work, row: ElementRow, cancelRemainingInstances: boolean): void {
  w.emit(row.key, {
    valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION',
    intent: 'COMPLETED',
    value: {
      adHocSubProcessInstanceKey: row.key,
      activateElements: [],
      cancelRemainingInstances,
      completionConditionFulfilled: true,
    },
  });
  fulfil(w, w.element(row.key) ?? row, cancelRemainingInstances);
}
