import type { Variables } from './job.ts';

/** What the worker of a user task listener decides (Camunda 8.8). */
export interface UserTaskResult {
  readonly type: 'userTask';
  /** The step of the task does not take place. @defaultValue false */
  readonly denied?: boolean;
  /** Told to whoever asked for the step. */
  readonly deniedReason?: string;
  /** New values of the task's attributes; empty texts and lists clear. */
  readonly corrections?: UserTaskCorrections;
}

export interface UserTaskCorrections {
  readonly assignee?: string;
  readonly candidateGroups?: readonly string[];
  readonly candidateUsers?: readonly string[];
  /** With an offset, such as `2040-01-01T09:00:00Z`. */
  readonly dueDate?: string;
  readonly followUpDate?: string;
  /** From 0 to 100. */
  readonly priority?: number;
}

/** What the worker of an ad-hoc subprocess decides (Camunda 8.8). */
export interface AdHocSubProcessResult {
  readonly type: 'adHocSubProcess';
  /** Elements that begin now, with variables of their own. */
  readonly activateElements?: readonly { readonly elementId: string; readonly variables?: Variables }[];
  /** The subprocess ends when what is active has ended. @defaultValue false */
  readonly isCompletionConditionFulfilled?: boolean;
  /** What is still active ends at once. @defaultValue false */
  readonly isCancelRemainingInstances?: boolean;
}

export type JobResult = UserTaskResult | AdHocSubProcessResult;

/** Answered by a `JobHandler` whose job asks for a decision beside variables. */
export class JobCompletion {
  readonly result: JobResult;
  readonly variables: Variables;

  constructor(result: JobResult, variables: Variables = {}) {
    this.result = result;
    this.variables = variables;
  }
}

/** The user task of a listener's job; what is not set is null. */
export interface ListenerUserTask {
  /** What the task is asked to do, such as `complete`. */
  readonly action: string | null;
  readonly assignee: string | null;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly changedAttributes: readonly string[];
  readonly dueDate: string | null;
  readonly followUpDate: string | null;
  readonly formKey: string | null;
  readonly priority: number;
  readonly userTaskKey: string;
}

/** Whose job it is: of the element itself, or of a listener at it. */
export type JobKind = 'BPMN_ELEMENT' | 'EXECUTION_LISTENER' | 'TASK_LISTENER' | 'AD_HOC_SUB_PROCESS';

/** What a listener listens to; `UNSPECIFIED` for a job that is no listener's. */
export type ListenerEventType =
  | 'UNSPECIFIED'
  | 'START'
  | 'END'
  | 'CREATING'
  | 'ASSIGNING'
  | 'UPDATING'
  | 'COMPLETING'
  | 'CANCELING';
