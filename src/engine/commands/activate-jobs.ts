import { visibleVariables } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { JobValue } from '../records/record.ts';
import { JOBS } from '../state/tables.ts';
import type { Accepted, CommandOf } from './command.ts';

/** What ACTIVATE of a job batch answers. */
export interface ActivatedJobs {
  readonly jobs: readonly { readonly key: number; readonly value: JobValue }[];
  /** There were more, but their variables would have made the answer too large. */
  readonly truncated: boolean;
}

/** Gives jobs of a type to a worker, the oldest first. */
export function activateJobs(w: Work, { value: request }: CommandOf<'JOB_BATCH'>): Accepted {
  const { type, worker, timeout, maxJobsToActivate } = request;
  const refuse = (what: string): never => {
    throw new Rejection('INVALID_ARGUMENT', `Expected to activate job batch with ${what}`);
  };
  if (type.trim() === '') refuse('type to be present, but it was blank');
  if (timeout < 1) refuse(`timeout to be greater than zero, but it was '${timeout}'`);
  const deadline = w.now + timeout;
  const rows = [...w.state.scan(JOBS, 'activatable', [type], { limit: Math.max(0, maxJobsToActivate) })];
  const jobs = rows.map(({ key, value }) => {
    const variables = visibleVariables(w, value.elementInstanceKey, request.fetchVariables);
    return { key, value: { ...value, worker, deadline, variables } };
  });
  const answer: ActivatedJobs = { jobs, truncated: false };
  if (jobs.length === 0) return { key: -1, value: answer };
  const key = w.nextKey();
  const jobKeys = jobs.map((job) => job.key);
  w.emit(key, { valueType: 'JOB_BATCH', intent: 'ACTIVATED', value: { type, worker, deadline, jobKeys } });
  return { key, value: answer };
}
