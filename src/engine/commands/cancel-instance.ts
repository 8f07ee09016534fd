import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { elementValue } from '../state/element-value.ts';
import type { ElementRow } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Ends an instance that no call activity started. */
export function cancelInstance(w: Work, { key }: CommandOf<'PROCESS_INSTANCE'>): Accepted {
  const row = w.element(key);
  if (row === undefined || row.type !== 'PROCESS' || row.state === 'TERMINATING') {
    const reason = `Expected to cancel a process instance with key '${key}', but no such process was found`;
    throw new Rejection('NOT_FOUND', reason);
  }
  if (row.parentProcessInstanceKey >= 0) {
    const reason =
      `Expected to cancel a process instance with key '${key}', but it is created by a parent process instance. ` +
      `Cancel the root process instance '${rootOf(w, row).key}' instead.`;
    throw new Rejection('INVALID_STATE', reason);
  }
  w.follow({ kind: 'element', intent: 'TERMINATE', key, value: elementValue(row) });
  return { key, value: NOTHING };
}

function rootOf(w: Work, row: ElementRow): ElementRow {
  let root = row;
  for (;;) {
    const parent = w.element(root.parentProcessInstanceKey);
    if (parent === undefined) return root;
    root = parent;
  }
}
