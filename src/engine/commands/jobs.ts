import { findCatcher, triggerCatcher, uncaughtError } from '../behaviors/catchers.ts';
import { raiseJobIncident } from '../behaviors/incidents.ts';
import { noteTrigger } from '../behaviors/triggers.ts';
import { setLocalVariables } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { JobIntent } from '../records/log.ts';
import type { IncidentType, JobKind, JobValue } from '../records/record.ts';
import { NO_CATCH_EVENT } from '../state/appliers/jobs.ts';
import { elementValue } from '../state/element-value.ts';
import { JOBS, type JobRow } from '../state/tables.ts';
import { completeAdHocJob } from './ad-hoc.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';
import { completeTaskListener } from './task-listener-jobs.ts';

/** Error messages are cut to this many characters. */
const MAX_ERROR_MESSAGE = 10_000;

const NO_RETRIES: Readonly<Record<JobKind, IncidentType>> = {
  BPMN_ELEMENT: 'JOB_NO_RETRIES',
  EXECUTION_LISTENER: 'EXECUTION_LISTENER_NO_RETRIES',
  TASK_LISTENER: 'TASK_LISTENER_NO_RETRIES',
  AD_HOC_SUB_PROCESS: 'AD_HOC_SUB_PROCESS_NO_RETRIES',
};

type Job<Intent extends string> = Extract<CommandOf<'JOB'>, { readonly intent: Intent }>;

function emitJob(w: Work, key: number, intent: JobIntent, value: JobValue): void {
  w.emit(key, { valueType: 'JOB', intent, value });
}

function jobFor(w: Work, key: number, action: string): JobRow {
  const row = w.state.get(JOBS, key);
  if (row !== undefined) return row;
  throw new Rejection('NOT_FOUND', `Expected to ${action} job with key '${key}', but no such job was found`);
}

/** A job that waits for a worker or is held by one. */
function openJob(w: Work, key: number, action: string): JobRow {
  const row = jobFor(w, key, action);
  if (row.state === 'ACTIVATABLE' || row.state === 'ACTIVATED') return row;
  const reason = `Expected to ${action} job with key '${key}', but it is in state '${row.state}'`;
  throw new Rejection('INVALID_STATE', reason);
}

export function completeJob(w: Work, { key, value }: Job<'COMPLETE'>): Accepted {
  const job = openJob(w, key, 'complete');
  const { jobKind } = job.value;
  if (jobKind === 'AD_HOC_SUB_PROCESS') return completeAdHocJob(w, job, value);
  if (jobKind === 'TASK_LISTENER') return completeTaskListener(w, job, value);
  emitJob(w, key, 'COMPLETED', { ...job.value, variables: value.variables });
  const row = w.element(job.value.elementInstanceKey);
  if (row === undefined) return { key, value: NOTHING };
  const command = { kind: 'element', key: row.key, value: elementValue(row) } as const;
  if (jobKind === 'EXECUTION_LISTENER') {
    w.follow({ ...command, intent: 'COMPLETE_LISTENER', variables: value.variables });
  } else if (row.state === 'ACTIVATED' && w.element(row.flowScopeKey)?.state === 'ACTIVATED') {
    noteTrigger(w, row, row.elementId, value.variables, 'all');
    w.follow({ ...command, intent: 'COMPLETE' });
  }
  return { key, value: NOTHING };
}

export function failJob(w: Work, { key, value }: Job<'FAIL'>): Accepted {
  const job = openJob(w, key, 'fail');
  const { retries, retryBackOff, errorMessage, variables } = value;
  const failed: JobValue = {
    ...job.value,
    retries,
    retryBackoff: retryBackOff,
    recurringTime: w.now + retryBackOff,
    errorMessage: cut(errorMessage),
    variables,
  };
  emitJob(w, key, 'FAILED', failed);
  setLocalVariables(w, failed, failed.elementInstanceKey, variables);
  if (retries <= 0) {
    raiseJobIncident(
      w,
      key,
      failed,
      NO_RETRIES[failed.jobKind],
      failed.errorMessage === '' ? 'No more retries left.' : failed.errorMessage,
    );
  }
  return { key, value: NOTHING };
}

export function throwJobError(w: Work, { key, value }: Job<'THROW_ERROR'>): Accepted {
  const job = w.state.get(JOBS, key);
  const action = 'throw an error for';
  if (job === undefined) jobFor(w, key, action);
  const { value: known } = openJob(w, key, action);
  if (known.jobKind !== 'BPMN_ELEMENT' && known.jobKind !== 'AD_HOC_SUB_PROCESS') {
    const reason = `Cannot throw BPMN error from ${known.jobKind} job with key '${key}', type '${known.type}' and processInstanceKey '${known.processInstanceKey}'`;
    throw new Rejection('INVALID_STATE', reason);
  }
  const thrown = {
    ...known,
    errorCode: value.errorCode,
    errorMessage: cut(value.errorMessage),
    variables: value.variables,
  };
  const element = w.element(known.elementInstanceKey);
  const { catcher, codes } = findCatcher(w, element, 'ERROR', value.errorCode);
  if (catcher !== undefined) {
    emitJob(w, key, 'ERROR_THROWN', thrown);
    triggerCatcher(w, catcher, value.variables);
  } else {
    const uncaught = { ...thrown, elementId: NO_CATCH_EVENT };
    emitJob(w, key, 'ERROR_THROWN', uncaught);
    const message = uncaughtError(value.errorCode, thrown.errorMessage, codes);
    raiseJobIncident(w, key, uncaught, 'UNHANDLED_ERROR_EVENT', message);
  }
  return { key, value: NOTHING };
}

export function updateRetries(w: Work, { key, value }: Job<'UPDATE_RETRIES'>): Accepted {
  const { retries } = value;
  const job = jobFor(w, key, 'update');
  if (retries < 1) {
    const reason =
      `Expected to update retries for job with key '${key}' with a positive amount of retries, but the amount given ` +
      `was '${retries}'`;
    throw new Rejection('INVALID_ARGUMENT', reason);
  }
  emitJob(w, key, 'RETRIES_UPDATED', { ...job.value, retries });
  return { key, value: NOTHING };
}

export function updateTimeout(w: Work, { key, value }: Job<'UPDATE_TIMEOUT'>): Accepted {
  const job = jobFor(w, key, 'update');
  if (job.state !== 'ACTIVATED') {
    const reason = `Expected to update the timeout of job with key '${key}', but it is not active`;
    throw new Rejection('INVALID_STATE', reason);
  }
  emitJob(w, key, 'TIMEOUT_UPDATED', { ...job.value, deadline: w.now + value.timeout });
  return { key, value: NOTHING };
}

/** A worker held a job too long: another may have it. */
export function timeOutJob(w: Work, key: number): Accepted {
  const job = jobFor(w, key, 'time out');
  if (job.state !== 'ACTIVATED' || job.value.deadline > w.now) {
    const reason = `Expected to time out job with key '${key}', but it has not timed out`;
    throw new Rejection('INVALID_STATE', reason);
  }
  emitJob(w, key, 'TIMED_OUT', { ...job.value, deadline: -1, worker: '' });
  return { key, value: NOTHING };
}

/** The back-off of a failed job is over. */
export function recurJob(w: Work, key: number): Accepted {
  const job = jobFor(w, key, 'back off');
  if (job.state !== 'FAILED' || job.recursAt === null || job.recursAt > w.now) {
    const reason = `Expected to back off failed job with key '${key}', but it is not backing off`;
    throw new Rejection('INVALID_STATE', reason);
  }
  emitJob(w, key, 'RECURRED_AFTER_BACKOFF', { ...job.value, recurringTime: -1 });
  return { key, value: NOTHING };
}

function cut(message: string): string {
  return message.length > MAX_ERROR_MESSAGE ? `${message.slice(0, MAX_ERROR_MESSAGE)}...` : message;
}
