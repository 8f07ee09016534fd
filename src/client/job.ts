import {
  JobCompletion,
  type JobKind,
  type JobResult,
  type ListenerEventType,
  type ListenerUserTask,
} from './job-result.ts';

/** Variables by name; JSON values. */
export type Variables = Readonly<Record<string, unknown>>;

/** Work that a process asks for. */
export interface Job<Input = Variables> {
  readonly key: string;
  readonly type: string;
  /** Attempts that are left, this one included. */
  readonly retries: number;
  readonly variables: Input;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly elementId: string;
  readonly elementInstanceKey: string;
  readonly processInstanceKey: string;
  readonly bpmnProcessId: string;
  readonly kind: JobKind;
  readonly listenerEventType: ListenerEventType;
  /** Of a task listener's job; null for every other one. */
  readonly userTask: ListenerUserTask | null;
}

/**
 * Does a job. The variables it answers complete the job; {@link JobCompletion} tells a decision beside them; {@link BpmnError} throws an error that the model may catch;
 * {@link JobFailure} says how the job is tried again; any other error fails the job with one retry less.
 */
export type JobHandler<Input = Variables, Output = Variables> = (
  job: Job<Input>,
  signal: AbortSignal,
  // biome-ignore lint/suspicious/noConfusingVoidType: handlers that answer nothing need no return statement
) => Output | JobCompletion | undefined | void | Promise<Output | JobCompletion | undefined | void>;

/** Thrown by a {@link JobHandler}: the process goes on where the model catches this code. */
export class BpmnError extends Error {
  /** As the model has it. */
  readonly errorCode: string;
  readonly variables: Variables;

  constructor(errorCode: string, message = '', variables: Variables = {}) {
    super(message);
    this.name = 'BpmnError';
    this.errorCode = errorCode;
    this.variables = variables;
  }
}

export interface FailureOptions {
  /** Attempts that are left; 0 raises an incident. @defaultValue one less than before */
  readonly retries?: number;
  /** ms until the job may be tried again. @defaultValue 0 */
  readonly retryBackOff?: number;
  readonly variables?: Variables;
  readonly cause?: unknown;
}

/** Thrown by a {@link JobHandler}: the job failed, and how it is to be tried again. */
export class JobFailure extends Error {
  readonly retries: number | undefined;
  readonly retryBackOff: number;
  readonly variables: Variables;

  constructor(message: string, { retries, retryBackOff = 0, variables = {}, cause }: FailureOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'JobFailure';
    this.retries = retries;
    this.retryBackOff = retryBackOff;
    this.variables = variables;
  }
}

/** What a handler's work came to. Both the worker and `tutti/testing` go by it. */
export type JobOutcome =
  | { readonly kind: 'completed'; readonly variables: Variables; readonly result?: JobResult }
  | {
      readonly kind: 'error';
      readonly errorCode: string;
      readonly errorMessage: string;
      readonly variables: Variables;
    }
  | {
      readonly kind: 'failed';
      readonly retries: number;
      readonly retryBackOff: number;
      readonly errorMessage: string;
      readonly variables: Variables;
    };

/** Reads from what a handler answered what its job is completed with. */
export function outcomeOfAnswer(answer: unknown): JobOutcome {
  if (answer instanceof JobCompletion) {
    const { variables, result } = answer;
    return { kind: 'completed', variables, result };
  }
  return { kind: 'completed', variables: (answer ?? {}) as Variables };
}

/** Reads from what a handler threw what is to become of its job. */
export function outcomeOfError(error: unknown, retriesLeft: number): JobOutcome {
  if (error instanceof BpmnError) {
    const { errorCode, message: errorMessage, variables } = error;
    return { kind: 'error', errorCode, errorMessage, variables };
  }
  const oneLess = Math.max(0, retriesLeft - 1);
  if (error instanceof JobFailure) {
    const { retries = oneLess, retryBackOff, message: errorMessage, variables } = error;
    return { kind: 'failed', retries, retryBackOff, errorMessage, variables };
  }
  const errorMessage = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', retries: oneLess, retryBackOff: 0, errorMessage, variables: {} };
}
