import type { TaskListener, TaskListenerEvent } from '../../bpmn/graph.ts';
import { raiseIncident } from '../behaviors/incidents.ts';
import { createListenerJob, evaluateJob } from '../behaviors/jobs.ts';
import { noteTrigger } from '../behaviors/triggers.ts';
import { changedBetween, userTaskValue } from '../behaviors/user-tasks.ts';
import { mergeVariables, setLocalVariables } from '../behaviors/variables.ts';
import type { UserTaskFollowUp } from '../processing/follow-up.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import { userTaskHeaders } from '../records/job-user-task.ts';
import type { UserTaskIntent } from '../records/log.ts';
import type { UserTaskValue } from '../records/record.ts';
import { elementValue } from '../state/element-value.ts';
import { USER_TASKS, type UserTaskRow, type UserTaskState } from '../state/tables.ts';
import { finishTermination } from './lifecycle.ts';
import { atOf } from './transitions.ts';

/** The listeners that hold back each step of a task's life. */
const EVENTS: Readonly<Record<Exclude<UserTaskState, 'CREATED' | 'BUSY'>, TaskListenerEvent>> = {
  CREATING: 'creating',
  ASSIGNING: 'assigning',
  CLAIMING: 'assigning',
  UPDATING: 'updating',
  COMPLETING: 'completing',
  CANCELING: 'canceling',
};

function eventOf(state: UserTaskState): TaskListenerEvent | undefined {
  return state === 'CREATED' || state === 'BUSY' ? undefined : EVENTS[state];
}

function emit(w: Work, intent: UserTaskIntent, value: UserTaskValue): void {
  w.emit(value.userTaskKey, { valueType: 'USER_TASK', intent, value });
}

/** Begins a step of a task's life. False if listeners hold it back: it ends when they are done. */
export function beginTransition(
  w: Work,
  intent: 'CREATING' | 'ASSIGNING' | 'CLAIMING' | 'UPDATING' | 'COMPLETING' | 'CANCELING',
  value: UserTaskValue,
): boolean {
  emit(w, intent, value);
  return goOn(w, value.userTaskKey, 0);
}

/** A listener is done, or the step is to be tried again after an incident. What came too late has no effect. */
export function processUserTask(w: Work, followUp: UserTaskFollowUp): void {
  const task = w.state.get(USER_TASKS, followUp.key);
  if (task?.transition === undefined || eventOf(task.state) !== followUp.event) return;
  switch (followUp.intent) {
    case 'COMPLETE_TASK_LISTENER': {
      const corrected = { ...task.transition, ...followUp.corrections };
      const changedAttributes = changedBetween(task.transition, corrected);
      if (changedAttributes.length > 0) emit(w, 'CORRECTED', { ...corrected, changedAttributes });
      endCancellation(w, task, goOn(w, task.userTaskKey, followUp.index + 1));
      return;
    }
    case 'DENY_TASK_LISTENER':
      deny(w, task, followUp.deniedReason);
      return;
    case 'RETRY':
      endCancellation(w, task, goOn(w, task.userTaskKey, 0));
      return;
  }
}

/** Asks for the step that is under way to be tried again from its first listener. */
export function retryTransition(w: Work, task: UserTaskRow): void {
  const event = eventOf(task.state);
  if (event === undefined) return;
  w.follow({
    kind: 'user-task',
    intent: 'RETRY',
    key: task.userTaskKey,
    lane: task.processInstanceKey,
    event,
  });
}

/** Runs the listener of this number, or ends the step if there is none. True if the step has ended. */
function goOn(w: Work, key: number, index: number): boolean {
  const task = w.state.get(USER_TASKS, key);
  const row = w.element(task?.elementInstanceKey ?? -1);
  if (task?.transition === undefined || row === undefined) return true;
  const event = eventOf(task.state);
  const listeners = w.model(row).taskListeners;
  const listener = listeners?.filter((candidate) => candidate.event === event)[index];
  if (listener === undefined) {
    finish(w, task, task.transition, listeners);
    return true;
  }
  try {
    const properties = evaluateJob(w, listener, row.key);
    const changed = changedBetween(before(task), task.transition, task.changesVariables);
    const headers = { ...task.customHeaders, ...userTaskHeaders(task.transition, changed) };
    createListenerJob(w, row, properties, headers, { kind: 'TASK_LISTENER', event: listener.event, index });
  } catch (error) {
    if (!(error instanceof IncidentError)) throw error;
    raiseIncident(w, row, error);
  }
  return false;
}

/** The task as it was before the step. The assignee that the model names counts as there from the beginning. */
function before(task: UserTaskRow): UserTaskValue {
  const value = userTaskValue(task);
  return task.initialAssignee === undefined ? value : { ...value, assignee: task.initialAssignee };
}

function finish(
  w: Work,
  task: UserTaskRow,
  transition: UserTaskValue,
  listeners: readonly TaskListener[] | undefined,
): void {
  // Without listeners a task lives as in 8.6, where records name the attributes that a request named.
  const value =
    listeners === undefined
      ? transition
      : { ...transition, changedAttributes: changedBetween(before(task), transition, task.changesVariables) };
  switch (task.state) {
    case 'CREATING':
      created(w, task, value, listeners !== undefined);
      return;
    case 'ASSIGNING':
    case 'CLAIMING':
      emit(w, 'ASSIGNED', value);
      return;
    case 'UPDATING':
      updated(w, task, value);
      return;
    case 'COMPLETING':
      completed(w, value);
      return;
    case 'CANCELING':
      emit(w, 'CANCELED', value);
      return;
    case 'CREATED':
    case 'BUSY':
      return;
  }
}

/** A task with listeners gets the assignee that the model names in a step of its own, which they may hold back. */
function created(w: Work, task: UserTaskRow, value: UserTaskValue, listened: boolean): void {
  const assignee = task.initialAssignee;
  if (!listened || assignee === undefined) {
    emit(w, 'CREATED', value);
    return;
  }
  const unassigned = { ...value, assignee: '' };
  emit(w, 'CREATED', unassigned);
  beginTransition(w, 'ASSIGNING', { ...unassigned, assignee, changedAttributes: ['assignee'] });
}

function updated(w: Work, task: UserTaskRow, value: UserTaskValue): void {
  const { variableUpdate } = task;
  const row = w.element(task.elementInstanceKey);
  if (variableUpdate === undefined || row === undefined) {
    emit(w, 'UPDATED', value);
    return;
  }
  const { key, ...update } = variableUpdate;
  if (update.updateSemantics === 'LOCAL') setLocalVariables(w, row, row.key, update.variables);
  else mergeVariables(w, row, row.key, update.variables);
  emit(w, 'UPDATED', value);
  w.emit(key, { valueType: 'VARIABLE_DOCUMENT', intent: 'UPDATED', value: update });
}

function completed(w: Work, value: UserTaskValue): void {
  emit(w, 'COMPLETED', value);
  const row = w.element(value.elementInstanceKey);
  if (row?.state !== 'ACTIVATED') return;
  noteTrigger(w, row, row.elementId, value.variables, 'all');
  w.follow({ kind: 'element', intent: 'COMPLETE', key: row.key, value: elementValue(row) });
}

/** Once a task is cancelled its element has ended. */
function endCancellation(w: Work, task: UserTaskRow, ended: boolean): void {
  const row = w.element(task.elementInstanceKey);
  if (ended && task.state === 'CANCELING' && row?.state === 'TERMINATING') finishTermination(w, atOf(w, row));
}

const DENIALS = {
  ASSIGNING: 'ASSIGNMENT_DENIED',
  CLAIMING: 'ASSIGNMENT_DENIED',
  UPDATING: 'UPDATE_DENIED',
  COMPLETING: 'COMPLETION_DENIED',
} as const;

/** The task stays as it was before the step. */
function deny(w: Work, task: UserTaskRow, deniedReason: string): void {
  if (task.state === 'CREATED' || task.state === 'BUSY') return;
  if (task.state === 'CREATING' || task.state === 'CANCELING') return;
  const { variableUpdate } = task;
  emit(w, DENIALS[task.state], { ...userTaskValue(task), deniedReason });
  if (variableUpdate === undefined) return;
  const { key, ...update } = variableUpdate;
  w.emit(key, { valueType: 'VARIABLE_DOCUMENT', intent: 'UPDATE_DENIED', value: update });
}
