import { userTaskOf, userTaskValue } from '../behaviors/user-tasks.ts';
import { mergeVariables, setLocalVariables } from '../behaviors/variables.ts';
import { beginTransition } from '../elements/user-task-transitions.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { VariableUpdate } from '../records/command.ts';
import type { UserTaskRow } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Sets variables in the scope of an element, or from there upwards. */
export function updateVariables(w: Work, { value }: CommandOf<'VARIABLE_DOCUMENT'>): Accepted {
  const { scopeKey, variables } = value;
  const row = w.element(scopeKey);
  if (row === undefined) {
    const reason = `Expected to update variables for element with key '${scopeKey}', but no such element was found`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const task = userTaskOf(w, scopeKey);
  if (task !== undefined && w.model(row).taskListeners !== undefined) return updateTask(w, task, value);
  if (value.updateSemantics === 'LOCAL') setLocalVariables(w, row, scopeKey, variables);
  else mergeVariables(w, row, scopeKey, variables);
  const key = w.nextKey();
  w.emit(key, { valueType: 'VARIABLE_DOCUMENT', intent: 'UPDATED', value: { scopeKey, variables } });
  return { key, value: NOTHING };
}

/** Variables in the scope of a task that has listeners: a change of the task (8.8). */
function updateTask(w: Work, task: UserTaskRow, value: VariableUpdate): Accepted {
  const { userTaskKey } = task;
  if (task.transition !== undefined) {
    const reason = `Expected to trigger update transition for user task with key '${userTaskKey}', but it is in state '${task.state}'`;
    throw new Rejection('INVALID_STATE', reason);
  }
  const key = w.nextKey();
  w.emit(key, { valueType: 'VARIABLE_DOCUMENT', intent: 'UPDATING', value });
  const { variables } = value;
  const changedAttributes = variables.size > 0 ? ['variables'] : [];
  const ended = beginTransition(w, 'UPDATING', { ...userTaskValue(task), variables, changedAttributes });
  return ended ? { key, value: NOTHING } : { key, value: NOTHING, awaits: userTaskKey };
}
