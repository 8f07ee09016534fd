import type { JobIntent } from '../../records/log.ts';
import type { JobBatchValue, JobValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { ELEMENTS, JOBS, type JobState } from '../tables.ts';

/** Element id of a job whose thrown error nothing catches, as Zeebe writes it. */
export const NO_CATCH_EVENT = 'NO_CATCH_EVENT_FOUND';

export function applyJob(
  state: StatePort,
  key: number,
  intent: JobIntent,
  value: JobValue,
  timestamp: number,
): void {
  switch (intent) {
    case 'CREATED':
      put(state, key, 'ACTIVATABLE', value);
      setJobOfElement(state, value, key);
      return;
    case 'COMPLETED':
    case 'CANCELED':
      remove(state, key, value);
      return;
    case 'ERROR_THROWN':
      if (value.elementId === NO_CATCH_EVENT) {
        put(state, key, 'ERROR_THROWN', value);
        return;
      }
      remove(state, key, value);
      return;
    case 'FAILED':
      if (value.retries <= 0) {
        put(state, key, 'FAILED', value);
        return;
      }
      if (value.retryBackoff > 0) {
        put(state, key, 'FAILED', value, timestamp + value.retryBackoff);
        return;
      }
      put(state, key, 'ACTIVATABLE', value);
      return;
    case 'TIMED_OUT':
    case 'RECURRED_AFTER_BACKOFF':
      put(state, key, 'ACTIVATABLE', value);
      return;
    case 'TIMEOUT_UPDATED':
      put(state, key, 'ACTIVATED', value);
      return;
    case 'RETRIES_UPDATED':
    case 'MIGRATED': {
      const row = state.get(JOBS, key);
      if (row !== undefined) state.put(JOBS, { ...row, value });
      return;
    }
  }
}

export function applyJobBatch(state: StatePort, batch: JobBatchValue): void {
  for (const key of batch.jobKeys) {
    const row = state.get(JOBS, key);
    if (row === undefined) continue;
    put(state, key, 'ACTIVATED', { ...row.value, worker: batch.worker, deadline: batch.deadline });
  }
}

/** Makes the job of a resolved incident available again. */
export function reopenJob(state: StatePort, key: number, elementId: string): void {
  const row = state.get(JOBS, key);
  if (row !== undefined) put(state, key, 'ACTIVATABLE', { ...row.value, elementId });
}

function put(state: StatePort, key: number, jobState: JobState, value: JobValue, recursAt?: number): void {
  state.put(JOBS, {
    key,
    state: jobState,
    value,
    activatableType: jobState === 'ACTIVATABLE' ? value.type : null,
    deadline: jobState === 'ACTIVATED' ? value.deadline : null,
    recursAt: recursAt ?? null,
  });
}

function remove(state: StatePort, key: number, value: JobValue): void {
  state.delete(JOBS, key);
  setJobOfElement(state, value, -1);
}

function setJobOfElement(state: StatePort, value: JobValue, jobKey: number): void {
  const element = state.get(ELEMENTS, value.elementInstanceKey);
  if (element === undefined) return;
  const listener = jobKey < 0 ? element.listener : (value.listenerIndex ?? -1) + 1;
  state.put(ELEMENTS, { ...element, jobKey, listener });
}
