import { markResolved } from '../behaviors/incidents.ts';
import { userTaskOf } from '../behaviors/user-tasks.ts';
import { retryTransition } from '../elements/user-task-transitions.ts';
import type { FollowUp } from '../processing/follow-up.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { elementValue } from '../state/element-value.ts';
import { INCIDENTS, JOBS } from '../state/tables.ts';
import { type Accepted, NOTHING } from './command.ts';

/** Closes an incident and tries again what failed. */
export function resolveIncident(w: Work, key: number): Accepted {
  const incident = w.state.get(INCIDENTS, key);
  if (incident === undefined) {
    const reason = `Expected to resolve incident with key '${key}', but no such incident was found`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const job = incident.jobKey < 0 ? undefined : w.state.get(JOBS, incident.jobKey);
  if (job !== undefined && job.value.retries <= 0) {
    const reason =
      `Expected to resolve incident with key '${key}', but job with key '${job.key}' has no retries left. ` +
      `Please update the job retries and retry resolving the incident`;
    // Zeebe answers so, although it is a matter of state.
    throw new Rejection('NOT_FOUND', reason);
  }
  markResolved(w, incident);
  if (incident.followUp !== undefined) {
    if (incident.followUp !== null) w.follow(incident.followUp as FollowUp);
    return { key, value: NOTHING };
  }
  const row = w.element(incident.elementInstanceKey);
  if (incident.jobKey >= 0 || row === undefined) return { key, value: NOTHING };
  const task = userTaskOf(w, row.key);
  if (task?.transition !== undefined) {
    // A listener of the task could not be made: all listeners of the step run again.
    retryTransition(w, task);
    return { key, value: NOTHING };
  }
  const command = { kind: 'element', key: row.key, value: elementValue(row) } as const;
  if (row.state === 'ACTIVATING') w.follow({ ...command, intent: 'ACTIVATE' });
  else if (row.state !== 'TERMINATING') w.follow({ ...command, intent: 'COMPLETE' });
  return { key, value: NOTHING };
}
