import type { Work } from '../processing/work.ts';
import type { UserTaskValue } from '../records/record.ts';
import { USER_TASKS, type UserTaskRow } from '../state/tables.ts';

export function userTaskOf(w: Work, elementInstanceKey: number): UserTaskRow | undefined {
  for (const task of w.state.scan(USER_TASKS, 'byElement', [elementInstanceKey], { limit: 1 })) return task;
  return undefined;
}

export function userTaskValue({ state: _state, ...value }: UserTaskRow): UserTaskValue {
  return value;
}
