import type { StatePort } from '../port.ts';
import { ELEMENTS, USER_TASKS } from '../tables.ts';

/** A modification that puts tokens into scopes that were interrupted lets them go on. User tasks that it ends go with it. */
export function applyModification(state: StatePort, value: object): void {
  const { scopes = [], userTasks = [] } = value as {
    readonly scopes?: readonly number[];
    readonly userTasks?: readonly number[];
  };
  for (const key of userTasks) state.delete(USER_TASKS, key);
  for (const key of scopes) {
    const row = state.get(ELEMENTS, key);
    if (row !== undefined && row.interruptedBy !== null) state.put(ELEMENTS, { ...row, interruptedBy: null });
  }
}
