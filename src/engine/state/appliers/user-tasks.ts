import type { UserTaskIntent } from '../../records/log.ts';
import type { UserTaskValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { USER_TASKS } from '../tables.ts';

export function applyUserTask(state: StatePort, intent: UserTaskIntent, value: UserTaskValue): void {
  if (intent === 'COMPLETED' || intent === 'CANCELED') {
    state.delete(USER_TASKS, value.userTaskKey);
    return;
  }
  // The words of one command do not stay with the task.
  const settled = { ...value, action: '', changedAttributes: [], variables: new Map<string, string>() };
  const known = state.get(USER_TASKS, value.userTaskKey);
  if (intent === 'CREATED' || intent === 'ASSIGNED' || intent === 'UPDATED' || intent === 'MIGRATED')
    state.put(USER_TASKS, { ...settled, state: 'CREATED' });
  else state.put(USER_TASKS, { ...(known ?? settled), state: 'BUSY' });
}
