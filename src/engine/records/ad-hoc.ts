import type { Document } from './record.ts';

/** One element to activate in an ad-hoc subprocess. */
export interface AdHocActivation {
  readonly elementId: string;
  /** Local to the inner instance. */
  readonly variables: Document;
}

/** What the job worker of an ad-hoc subprocess decided. */
export interface AdHocSubProcessResult {
  readonly type: 'adHocSubProcess';
  readonly activateElements: readonly AdHocActivation[];
  readonly isCompletionConditionFulfilled: boolean;
  readonly isCancelRemainingInstances: boolean;
}

/** What a job worker, or a command, had done in an ad-hoc subprocess. */
export interface AdHocInstructionValue {
  readonly adHocSubProcessInstanceKey: number;
  readonly activateElements: readonly AdHocActivation[];
  readonly cancelRemainingInstances: boolean;
  readonly completionConditionFulfilled: boolean;
}
