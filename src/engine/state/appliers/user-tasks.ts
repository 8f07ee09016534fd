import type { UserTaskIntent } from '../../records/log.ts';
import type { UserTaskValue, VariableDocumentValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { USER_TASKS, type UserTaskRow } from '../tables.ts';

export function applyUserTask(state: StatePort, intent: UserTaskIntent, value: UserTaskValue): void {
  const known = state.get(USER_TASKS, value.userTaskKey);
  switch (intent) {
    case 'CREATING': {
      const { assignee } = value;
      const task = { ...settled(value), assignee: '', state: intent, transition: value } as const;
      state.put(USER_TASKS, assignee === '' ? task : { ...task, initialAssignee: assignee });
      return;
    }
    case 'ASSIGNING':
    case 'CLAIMING':
    case 'UPDATING':
    case 'COMPLETING':
      state.put(USER_TASKS, { ...(known ?? settled(value)), state: intent, transition: value });
      return;
    case 'CANCELING': {
      const { variableUpdate: _update, changesVariables: _changes, ...task } = known ?? settled(value);
      state.put(USER_TASKS, { ...task, state: intent, transition: value });
      return;
    }
    case 'CORRECTED':
      if (known !== undefined) state.put(USER_TASKS, { ...known, transition: value });
      return;
    case 'CREATED':
    case 'ASSIGNED':
    case 'UPDATED':
    case 'ASSIGNMENT_DENIED':
    case 'UPDATE_DENIED':
    case 'COMPLETION_DENIED':
      state.put(USER_TASKS, { ...settled(value), state: 'CREATED' });
      return;
    case 'MIGRATED':
      migrated(state, known, value);
      return;
    case 'COMPLETED':
    case 'CANCELED':
      state.delete(USER_TASKS, value.userTaskKey);
      return;
  }
}

/** A change of variables in the scope of a task waits until listeners have seen it. */
export function applyVariableDocument(
  state: StatePort,
  key: number,
  intent: string,
  value: VariableDocumentValue,
): void {
  if (intent !== 'UPDATING') return;
  const [task] = [...state.scan(USER_TASKS, 'byElement', [value.scopeKey], { limit: 1 })];
  if (task === undefined) return;
  state.put(USER_TASKS, {
    ...task,
    variableUpdate: { ...value, key },
    changesVariables: value.variables.size > 0,
  });
}

/** The words of one step do not stay with the task. */
function settled(value: UserTaskValue): Omit<UserTaskRow, 'state'> {
  const { deniedReason: _reason, ...kept } = value;
  return { ...kept, action: '', changedAttributes: [], variables: new Map() };
}

/** A step that is held back goes on in the new definition. */
function migrated(state: StatePort, known: UserTaskRow | undefined, value: UserTaskValue): void {
  const row = { ...settled(value), state: 'CREATED' } as const;
  if (known?.transition === undefined) {
    // Zeebe 8.6 goes on naming the element by the id that it had before (recorded: migration/user-task).
    state.put(USER_TASKS, { ...row, elementId: known?.elementId ?? row.elementId });
    return;
  }
  const { elementId, bpmnProcessId, processDefinitionKey, processDefinitionVersion } = value;
  const place = { elementId, bpmnProcessId, processDefinitionKey, processDefinitionVersion };
  state.put(USER_TASKS, { ...known, ...place, transition: { ...known.transition, ...place } });
}
