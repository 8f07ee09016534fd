import type { FailureOptions, Job, Variables } from '../../client/job.ts';
import type { JobKind, JobResult, ListenerEventType, ListenerUserTask } from '../../client/job-result.ts';
import { userTaskOfJob } from '../../engine/records/job-user-task.ts';
import type { JobValue } from '../../engine/records/record.ts';
import { variablesOf } from './documents.ts';
import type { Session } from './session.ts';
import { tellOutcome } from './workers.ts';

export function jobOf(key: number, value: JobValue): Job {
  return {
    key: String(key),
    type: value.type,
    retries: value.retries,
    variables: variablesOf(value.variables),
    customHeaders: value.customHeaders,
    elementId: value.elementId,
    elementInstanceKey: String(value.elementInstanceKey),
    processInstanceKey: String(value.processInstanceKey),
    bpmnProcessId: value.bpmnProcessId,
    kind: value.jobKind,
    listenerEventType: value.jobListenerEventType,
    userTask: taskOf(value),
  };
}

/** As `tutti/client` has it: what is not set is null. */
function taskOf(value: JobValue): ListenerUserTask | null {
  const task = userTaskOfJob(value);
  if (task === undefined) return null;
  const set = (text: string) => (text === '' ? null : text);
  return {
    ...task,
    action: set(task.action),
    assignee: set(task.assignee),
    dueDate: set(task.dueDate),
    followUpDate: set(task.followUpDate),
    formKey: task.formKey < 0 ? null : String(task.formKey),
    userTaskKey: String(task.userTaskKey),
  };
}

/** A job that the test does by hand. Each step resolves when all that follows from it has happened. */
export class TestJob implements Job {
  readonly key: string;
  readonly type: string;
  readonly retries: number;
  /** Those visible to the task if the job was activated; empty for one that was only looked up. */
  readonly variables: Variables;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly elementId: string;
  readonly elementInstanceKey: string;
  readonly processInstanceKey: string;
  readonly bpmnProcessId: string;
  readonly kind: JobKind;
  readonly listenerEventType: ListenerEventType;
  readonly userTask: ListenerUserTask | null;
  readonly #session: Session;

  constructor(session: Session, key: number, value: JobValue) {
    const job = jobOf(key, value);
    this.#session = session;
    this.key = job.key;
    this.type = job.type;
    this.retries = job.retries;
    this.variables = job.variables;
    this.customHeaders = job.customHeaders;
    this.elementId = job.elementId;
    this.elementInstanceKey = job.elementInstanceKey;
    this.processInstanceKey = job.processInstanceKey;
    this.bpmnProcessId = job.bpmnProcessId;
    this.kind = job.kind;
    this.listenerEventType = job.listenerEventType;
    this.userTask = job.userTask;
  }

  /**
   * @param result what the job of a task listener or of an ad-hoc subprocess decides besides
   * @throws RejectedCommandError if there is no such job any more; so do the other steps
   */
  complete(variables: Variables = {}, result?: JobResult): Promise<void> {
    const outcome = { kind: 'completed', variables, ...(result && { result }) } as const;
    return tellOutcome(this.#session, Number(this.key), outcome);
  }

  fail(errorMessage = '', { retries, retryBackOff = 0, variables = {} }: FailureOptions = {}): Promise<void> {
    const left = retries ?? Math.max(0, this.retries - 1);
    const outcome = { kind: 'failed', retries: left, retryBackOff, errorMessage, variables } as const;
    return tellOutcome(this.#session, Number(this.key), outcome);
  }

  throwError(errorCode: string, errorMessage = '', variables: Variables = {}): Promise<void> {
    const outcome = { kind: 'error', errorCode, errorMessage, variables } as const;
    return tellOutcome(this.#session, Number(this.key), outcome);
  }
}
