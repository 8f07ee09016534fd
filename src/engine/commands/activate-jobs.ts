import { userTaskOf } from '../behaviors/user-tasks.ts';
import { visibleVariables } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { Document, JobValue } from '../records/record.ts';
import { JOBS } from '../state/tables.ts';
import type { Accepted, CommandOf } from './command.ts';

/** What ACTIVATE of a job batch answers. */
export interface ActivatedJobs {
  readonly jobs: readonly {
    readonly key: number;
    readonly value: JobValue;
    /** The instance that called, directly or not, the one of the job; its own if nobody did (Camunda 8.9). */
    readonly rootProcessInstanceKey: number;
  }[];
  /** There were more, but their variables would have made the answer too large. */
  readonly truncated: boolean;
}

/** Gives jobs of a type to a worker, the oldest first. */
export function activateJobs(w: Work, { value: request }: CommandOf<'JOB_BATCH'>): Accepted {
  const { type, worker, timeout, maxJobsToActivate } = request;
  const refuse = (what: string): never => {
    throw new Rejection('INVALID_ARGUMENT', `Expected to activate job batch with ${what}`);
  };
  if (type === '') refuse('type to be present, but it was blank');
  if (timeout < 1) refuse(`timeout to be greater than zero, but it was '${timeout}'`);
  const deadline = w.now + timeout;
  const rows = [...w.state.scan(JOBS, 'activatable', [type], { limit: Math.max(0, maxJobsToActivate) })];
  const jobs = rows.map(({ key, value }) => {
    const variables = variablesFor(w, value, request.fetchVariables);
    const rootProcessInstanceKey = rootOf(w, value.processInstanceKey);
    return { key, value: { ...value, worker, deadline, variables }, rootProcessInstanceKey };
  });
  const answer: ActivatedJobs = { jobs, truncated: false };
  if (jobs.length === 0) return { key: -1, value: answer };
  const key = w.nextKey();
  const jobKeys = jobs.map((job) => job.key);
  w.emit(key, { valueType: 'JOB_BATCH', intent: 'ACTIVATED', value: { type, worker, deadline, jobKeys } });
  return { key, value: answer };
}

function rootOf(w: Work, instance: number): number {
  let root = instance;
  for (;;) {
    const parent = w.element(root)?.parentProcessInstanceKey ?? -1;
    if (parent < 0) return root;
    root = parent;
  }
}

/** Listeners of a user task see the variables that its completion or update would bring. */
function variablesFor(w: Work, job: JobValue, names: readonly string[]): Document {
  const visible = visibleVariables(w, job.elementInstanceKey, names);
  if (job.jobKind !== 'TASK_LISTENER') return visible;
  const brought = userTaskOf(w, job.elementInstanceKey)?.transition?.variables ?? new Map<string, string>();
  const wanted = [...brought].filter(([name]) => names.length === 0 || names.includes(name));
  return new Map([...visible, ...wanted]);
}
