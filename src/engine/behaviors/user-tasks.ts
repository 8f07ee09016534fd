import type { Work } from '../processing/work.ts';
import { CORRECTABLE } from '../records/job-result.ts';
import type { UserTaskValue } from '../records/record.ts';
import { USER_TASKS, type UserTaskRow } from '../state/tables.ts';

export function userTaskOf(w: Work, elementInstanceKey: number): UserTaskRow | undefined {
  for (const task of w.state.scan(USER_TASKS, 'byElement', [elementInstanceKey], { limit: 1 })) return task;
  return undefined;
}

/** What records tell of a task, without what only its row remembers. */
export function userTaskValue(row: UserTaskRow): UserTaskValue {
  const { state: _state, transition: _transition, initialAssignee: _initial, ...rest } = row;
  const { variableUpdate: _update, changesVariables: _changes, ...value } = rest;
  return value;
}

/** Names of the attributes that differ, in order of the alphabet. */
export function changedBetween(
  from: UserTaskValue,
  to: UserTaskValue,
  variables: boolean | undefined = false,
): readonly string[] {
  const changed: string[] = CORRECTABLE.filter(
    (name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]),
  );
  return variables ? [...changed, 'variables'] : changed;
}
