import type { ClientCommand } from '../../engine/records/command.ts';
import type { Document } from '../../engine/records/record.ts';
import { JOBS } from '../../engine/state/tables.ts';
import type { FailureMapping, FailureVerdict } from '../../router/index.ts';
import type { Tx } from '../module.ts';

type JobCommand = Extract<ClientCommand, { readonly valueType: 'JOB' }>;

const NO_VARIABLES: Document = new Map();

export interface JobFailureParts {
  readonly jobKey: number;
  /** What the task says about failures: the pause before the next try. */
  readonly mapping?: FailureMapping | undefined;
  readonly message: string;
  readonly variables?: Document;
}

/** Fails a job as its worker would: one retry less, an incident when none is left. */
export function failCommand(tx: Tx, failure: JobFailureParts): JobCommand & { readonly intent: 'FAIL' } {
  const { jobKey, mapping, message, variables = NO_VARIABLES } = failure;
  const retries = Math.max(0, (tx.state.get(JOBS, jobKey)?.value.retries ?? 1) - 1);
  const retryBackOff = retries > 0 ? (mapping?.retryBackoff ?? 0) : 0;
  const value = { retries, retryBackOff, errorMessage: message, variables };
  return { valueType: 'JOB', intent: 'FAIL', key: jobKey, value };
}

/** Throws a BPMN error for a job; an incident if nothing catches it. */
export function throwCommand(errorCode: string, failure: JobFailureParts): JobCommand {
  const { jobKey, message, variables = NO_VARIABLES } = failure;
  const value = { errorCode, errorMessage: message, variables };
  return { valueType: 'JOB', intent: 'THROW_ERROR', key: jobKey, value };
}

/** What a failure leads to, by the task's own words. */
export function failureCommand(tx: Tx, verdict: FailureVerdict, failure: JobFailureParts): JobCommand {
  return verdict.kind === 'throw' ? throwCommand(verdict.errorCode, failure) : failCommand(tx, failure);
}
