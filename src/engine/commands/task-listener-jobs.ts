import type { TaskListenerEvent } from '../../bpmn/graph.ts';
import { userTaskOf } from '../behaviors/user-tasks.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { JobResult } from '../records/command.ts';
import { CORRECTABLE, type UserTaskJobResult } from '../records/job-result.ts';
import type { Document, JobValue } from '../records/record.ts';
import type { JobRow } from '../state/tables.ts';
import { type Accepted, NOTHING } from './command.ts';

const DENIABLE: readonly JobValue['jobListenerEventType'][] = ['ASSIGNING', 'COMPLETING', 'UPDATING'];

const NO_RESULT: UserTaskJobResult = {
  type: 'userTask',
  denied: false,
  deniedReason: '',
  correctedAttributes: [],
  corrections: {},
};

/** Ends the job of a task listener: its step goes on, with corrections, or is denied. */
export function completeTaskListener(
  w: Work,
  { key, value: job }: JobRow,
  { variables, result: decided }: { readonly variables: Document; readonly result?: JobResult },
): Accepted {
  const result = decided?.type === 'userTask' ? decided : NO_RESULT;
  const task = userTaskOf(w, job.elementInstanceKey);
  const hasAssignee = task?.initialAssignee !== undefined;
  refuse(key, job, variables.size > 0, result, hasAssignee);
  w.emit(key, { valueType: 'JOB', intent: 'COMPLETED', value: { ...job, variables, result } });
  if (task === undefined) return { key, value: NOTHING };
  const event = job.jobListenerEventType.toLowerCase() as TaskListenerEvent;
  const followUp = { kind: 'user-task', key: task.userTaskKey, lane: job.processInstanceKey, event } as const;
  const { corrections, deniedReason, denied } = result;
  const index = job.listenerIndex ?? 0;
  if (denied) w.follow({ ...followUp, intent: 'DENY_TASK_LISTENER', deniedReason });
  else w.follow({ ...followUp, intent: 'COMPLETE_TASK_LISTENER', index, corrections });
  return { key, value: NOTHING };
}

function refuse(
  key: number,
  job: JobValue,
  hasVariables: boolean,
  { denied, correctedAttributes }: UserTaskJobResult,
  hasAssignee: boolean,
): void {
  const which = `(job key '${key}', type '${job.type}', processInstanceKey '${job.processInstanceKey}')`;
  const reject = (reason: string): never => {
    // Zeebe's texts end with a line break here.
    throw new Rejection('INVALID_ARGUMENT', `${reason}\n`);
  };
  const event = job.jobListenerEventType;
  if (hasVariables)
    reject(
      `Task Listener job completion with variables payload provided is not yet supported ${which}. ` +
        `Support will be enabled with the resolution of issue #23702.`,
    );
  if (denied && !DENIABLE.includes(event))
    reject(
      `Denying result is not supported for '${event}' task listener jobs ${which}. ` +
        `Only the following listener event types support denying: [${DENIABLE.join(', ')}].`,
    );
  if (denied && correctedAttributes.length > 0)
    reject(
      `Expected to complete task listener job with corrections, but the job result is denied ${which}. ` +
        `The corrections would be reverted by the denial. Either complete the job with corrections without setting ` +
        `denied, or complete the job with a denied result but no corrections.`,
    );
  if (event === 'CREATING' && hasAssignee && correctedAttributes.includes('assignee'))
    reject(
      `Expected to complete task listener job, but correcting the assignee on 'CREATING' event is not supported when ` +
        `the user task has an assignee defined in the model ${which}. Use the 'CREATING' event to set an assignee ` +
        `only if it was not defined. Use the 'ASSIGNING' event to correct an assignee that is already defined.`,
    );
  const known: readonly string[] = CORRECTABLE;
  const unknown = correctedAttributes.find((name) => !known.includes(name));
  if (unknown !== undefined)
    reject(
      `Expected to complete task listener job with a corrections result, but property '${unknown}' cannot be ` +
        `corrected ${which}. Only the following properties can be corrected: [${known.join(', ')}].`,
    );
}
