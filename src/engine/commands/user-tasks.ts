import { changedBetween, userTaskValue } from '../behaviors/user-tasks.ts';
import { NO_VARIABLES } from '../behaviors/variables.ts';
import { beginTransition } from '../elements/user-task-transitions.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { UserTaskValue } from '../records/record.ts';
import { USER_TASKS } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Completes, assigns or changes a user task. Listeners of the task may hold it back, and the answer with it. */
export function changeUserTask(w: Work, command: CommandOf<'USER_TASK'>): Accepted {
  const { key } = command;
  const task = taskFor(w, key, command.intent);
  const row = w.element(task.elementInstanceKey);
  const listened = row !== undefined && w.model(row).taskListeners !== undefined;
  const { step, value } = stepOf(command, task, listened);
  // Without listeners a task lives as in 8.6, whose records name no change of an assignment.
  const changedAttributes = listened ? changedBetween(task, value) : value.changedAttributes;
  const ended = beginTransition(w, step, { ...value, changedAttributes });
  return ended ? { key, value: NOTHING } : { key, value: NOTHING, awaits: key };
}

interface Step {
  readonly step: 'COMPLETING' | 'ASSIGNING' | 'CLAIMING' | 'UPDATING';
  readonly value: UserTaskValue;
}

function stepOf(command: CommandOf<'USER_TASK'>, task: UserTaskValue, listened: boolean): Step {
  const { intent, value: request } = command;
  switch (intent) {
    case 'COMPLETE': {
      const variables = request.variables ?? NO_VARIABLES;
      return { step: 'COMPLETING', value: { ...task, action: request.action || 'complete', variables } };
    }
    case 'ASSIGN':
    case 'CLAIM': {
      const assignee = request.assignee ?? '';
      refuseClaim(command, task, assignee);
      const claims = listened && intent === 'CLAIM';
      const action = request.action || (claims ? 'claim' : assignee === '' ? 'unassign' : 'assign');
      return {
        step: claims ? 'CLAIMING' : 'ASSIGNING',
        value: { ...task, assignee, action, changedAttributes: [] },
      };
    }
    case 'UPDATE': {
      const action = request.action || 'update';
      return { step: 'UPDATING', value: { ...task, ...changesOf(command), action } };
    }
  }
}

function taskFor(w: Work, key: number, intent: string): UserTaskValue {
  const row = w.state.get(USER_TASKS, key);
  const verb = intent.toLowerCase();
  if (row === undefined) {
    const reason = `Expected to ${verb} user task with key '${key}', but no such user task was found`;
    throw new Rejection('NOT_FOUND', reason);
  }
  if (row.transition !== undefined) {
    const reason = `Expected to ${verb} user task with key '${key}', but it is in state '${row.state}'`;
    throw new Rejection('INVALID_STATE', reason);
  }
  return userTaskValue(row);
}

function refuseClaim({ key, intent }: CommandOf<'USER_TASK'>, task: UserTaskValue, assignee: string): void {
  if (intent !== 'CLAIM') return;
  if (assignee === '') {
    const reason = `Expected to claim user task with key '${key}', but provided assignee is empty`;
    throw new Rejection('INVALID_STATE', reason);
  }
  if (task.assignee !== '' && task.assignee !== assignee) {
    const reason = `Expected to claim user task with key '${key}', but it has already been assigned`;
    throw new Rejection('INVALID_STATE', reason);
  }
}

function changesOf({ value }: CommandOf<'USER_TASK'>): Partial<UserTaskValue> {
  const changes = value.changes ?? {};
  const changed: (keyof UserTaskValue)[] = [];
  let updated: Partial<UserTaskValue> = {};
  const set = <Name extends keyof UserTaskValue>(name: Name, to: UserTaskValue[Name] | undefined) => {
    if (to === undefined) return;
    changed.push(name);
    updated = { ...updated, [name]: to };
  };
  set('candidateGroupsList', changes.candidateGroups);
  set('candidateUsersList', changes.candidateUsers);
  set('dueDate', changes.dueDate);
  set('followUpDate', changes.followUpDate);
  set('priority', changes.priority);
  return { ...updated, changedAttributes: changed.sort() };
}
