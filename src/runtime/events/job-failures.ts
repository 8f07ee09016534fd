import type { ClientCommand } from '../../engine/records/command.ts';
import type { Document } from '../../engine/records/record.ts';
import { JOBS } from '../../engine/state/tables.ts';
import type { FailureMapping, FailureVerdict } from '../../router/index.ts';
import type { Tx } from '../module.ts';

type JobFailureCommand = Extract<
  ClientCommand,
  { readonly valueType: 'JOB'; readonly intent: 'FAIL' | 'THROW_ERROR' }
>;

const NO_VARIABLES: Document = new Map();

export interface JobFailureParts {
  readonly jobKey: number;
  /** What the task says about failures: the pause before the next try. */
  readonly mapping?: FailureMapping | undefined;
  readonly message: string;
  readonly variables?: Document;
}

/**
 * What a failure means for a job, by the task's own words. A job that fails has one retry less, as its worker would
 * say; with none left it is an incident, as is an error that nothing catches. Jobs of listeners cannot throw: they fail.
 */
export function failureCommand(tx: Tx, verdict: FailureVerdict, failure: JobFailureParts): JobFailureCommand {
  const { jobKey, mapping, message: errorMessage, variables = NO_VARIABLES } = failure;
  const job = tx.state.get(JOBS, jobKey)?.value;
  const frame = { valueType: 'JOB', key: jobKey } as const;
  if (verdict.kind === 'throw' && job?.jobKind !== 'EXECUTION_LISTENER') {
    const { errorCode } = verdict;
    return { ...frame, intent: 'THROW_ERROR', value: { errorCode, errorMessage, variables } };
  }
  const retries = Math.max(0, (job?.retries ?? 1) - 1);
  const retryBackOff = retries > 0 ? (mapping?.retryBackoff ?? 0) : 0;
  return { ...frame, intent: 'FAIL', value: { retries, retryBackOff, errorMessage, variables } };
}
