import { noteTrigger } from '../behaviors/triggers.ts';
import { userTaskValue } from '../behaviors/user-tasks.ts';
import { NO_VARIABLES } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import { elementValue, type Work } from '../processing/work.ts';
import type { UserTaskIntent } from '../records/log.ts';
import type { UserTaskValue } from '../records/record.ts';
import { USER_TASKS } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Completes, assigns or changes a user task. */
export function changeUserTask(w: Work, command: CommandOf<'USER_TASK'>): Accepted {
  const { key, intent, value: request } = command;
  const task = taskFor(w, key, intent);
  switch (intent) {
    case 'COMPLETE': {
      const variables = request.variables ?? NO_VARIABLES;
      const completed = { ...task, action: request.action || 'complete', variables };
      emit(w, 'COMPLETING', completed);
      emit(w, 'COMPLETED', completed);
      const row = w.element(task.elementInstanceKey);
      if (row?.state === 'ACTIVATED') {
        noteTrigger(w, row, row.elementId, variables, 'all');
        w.follow({ kind: 'element', intent: 'COMPLETE', key: row.key, value: elementValue(row) });
      }
      break;
    }
    case 'ASSIGN':
    case 'CLAIM': {
      const assignee = request.assignee ?? '';
      refuseClaim(command, task, assignee);
      const action = request.action || (assignee === '' ? 'unassign' : 'assign');
      const assigned = { ...task, assignee, action, changedAttributes: [] };
      emit(w, 'ASSIGNING', assigned);
      emit(w, 'ASSIGNED', assigned);
      break;
    }
    case 'UPDATE': {
      const updated = { ...task, ...changesOf(command), action: request.action || 'update' };
      emit(w, 'UPDATING', updated);
      emit(w, 'UPDATED', updated);
      break;
    }
  }
  return { key, value: NOTHING };
}

function emit(w: Work, intent: UserTaskIntent, value: UserTaskValue): void {
  w.emit(value.userTaskKey, { valueType: 'USER_TASK', intent, value });
}

function taskFor(w: Work, key: number, intent: string): UserTaskValue {
  const row = w.state.get(USER_TASKS, key);
  const verb = intent.toLowerCase();
  if (row === undefined) {
    const reason = `Expected to ${verb} user task with key '${key}', but no such user task was found`;
    throw new Rejection('NOT_FOUND', reason);
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
