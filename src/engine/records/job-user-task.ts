import type { JobValue, UserTaskValue } from './record.ts';

/** Prefix of the headers in which a job tells of its user task; models cannot use it. */
export const RESERVED_HEADER = 'io.camunda.zeebe:';

/** The user task that a listener's job belongs to, as its worker sees it. */
export interface JobUserTask {
  readonly action: string;
  readonly assignee: string;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly changedAttributes: readonly string[];
  readonly dueDate: string;
  readonly followUpDate: string;
  /** -1 without a deployed form. */
  readonly formKey: number;
  readonly priority: number;
  readonly userTaskKey: number;
}

/** Headers of a listener's job that tell of the task; what is empty is left out. */
export function userTaskHeaders(
  task: UserTaskValue,
  changed: readonly string[],
): Readonly<Record<string, string>> {
  const list = (items: readonly string[]) => (items.length === 0 ? '' : JSON.stringify(items));
  const headers = {
    action: task.action,
    assignee: task.assignee,
    candidateGroups: list(task.candidateGroupsList),
    candidateUsers: list(task.candidateUsersList),
    changedAttributes: list(changed),
    dueDate: task.dueDate,
    followUpDate: task.followUpDate,
    formKey: task.formKey < 0 ? '' : String(task.formKey),
    priority: String(task.priority),
    userTaskKey: String(task.userTaskKey),
  };
  const filled = Object.entries(headers).filter(([, value]) => value !== '');
  return Object.fromEntries(filled.map(([name, value]) => [RESERVED_HEADER + name, value]));
}

/** The user task of a listener's job; undefined for every other job. */
export function userTaskOfJob({ jobKind, customHeaders }: JobValue): JobUserTask | undefined {
  if (jobKind !== 'TASK_LISTENER') return undefined;
  const text = (name: string) => customHeaders[RESERVED_HEADER + name] ?? '';
  const list = (name: string) => JSON.parse(text(name) || '[]') as readonly string[];
  const number = (name: string) => Number(text(name) || '-1');
  return {
    action: text('action'),
    assignee: text('assignee'),
    candidateGroups: list('candidateGroups'),
    candidateUsers: list('candidateUsers'),
    changedAttributes: list('changedAttributes'),
    dueDate: text('dueDate'),
    followUpDate: text('followUpDate'),
    formKey: number('formKey'),
    priority: number('priority'),
    userTaskKey: number('userTaskKey'),
  };
}
