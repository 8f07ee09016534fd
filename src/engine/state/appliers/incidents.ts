import type { IncidentValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { ELEMENTS, INCIDENTS, JOBS } from '../tables.ts';
import { reopenJob } from './jobs.ts';

export function applyIncident(state: StatePort, key: number, intent: string, value: IncidentValue): void {
  if (intent !== 'RESOLVED') {
    state.put(INCIDENTS, { ...value, key });
    return;
  }
  state.delete(INCIDENTS, key);
  const job = value.jobKey < 0 ? undefined : state.get(JOBS, value.jobKey);
  const element = state.get(ELEMENTS, value.elementInstanceKey);
  if (job === undefined || element === undefined) return;
  // Only the listeners of a task that is being cancelled still work for what ends.
  if (element.state === 'TERMINATING' && job.value.jobKind !== 'TASK_LISTENER') return;
  if (job.state === 'FAILED' || job.state === 'ERROR_THROWN')
    reopenJob(state, value.jobKey, element.elementId);
}
