/** What the worker of a task listener's job says beyond "done" (8.8). */
export interface UserTaskJobResult {
  readonly type: 'userTask';
  /** The step of the task's life does not take place. */
  readonly denied: boolean;
  /** Told to whoever asked for the step. */
  readonly deniedReason: string;
  /** Names of the attributes in `corrections`, as `changedAttributes` of a user task names them. */
  readonly correctedAttributes: readonly string[];
  readonly corrections: UserTaskCorrections;
}

/** New values of a user task's attributes; empty texts and lists clear. */
export interface UserTaskCorrections {
  readonly assignee?: string;
  readonly candidateGroupsList?: readonly string[];
  readonly candidateUsersList?: readonly string[];
  readonly dueDate?: string;
  readonly followUpDate?: string;
  readonly priority?: number;
}

/** Attributes that a listener can correct, in the order in which refusals list them. */
export const CORRECTABLE = [
  'assignee',
  'candidateGroupsList',
  'candidateUsersList',
  'dueDate',
  'followUpDate',
  'priority',
] as const satisfies readonly (keyof UserTaskCorrections)[];
