import type { Work } from '../processing/work.ts';
import { elementValue } from '../state/element-value.ts';
import { ELEMENTS, type ElementRow } from '../state/tables.ts';

/** Children that one step terminates; the rest follows in further steps. */
const TERMINATED_AT_ONCE = 100;

/** Asks for the end of all that runs directly in a scope; true if nothing does. */
export function terminateChildren(w: Work, scope: ElementRow): boolean {
  const row = w.element(scope.key);
  if (row === undefined || row.childCount === 0) return true;
  w.follow({ kind: 'terminate-children', scopeKey: row.key, lane: row.processInstanceKey });
  return false;
}

export function terminateNextChildren(w: Work, scopeKey: number, lane: number): void {
  let count = 0;
  for (const child of w.state.scan(ELEMENTS, 'byScope', [scopeKey])) {
    if (child.state === 'TERMINATING') continue;
    w.follow({ kind: 'element', intent: 'TERMINATE', key: child.key, value: elementValue(child) });
    count += 1;
    if (count === TERMINATED_AT_ONCE) {
      w.follow({ kind: 'terminate-children', scopeKey, lane });
      return;
    }
  }
}

/** The same in one step: the children of a scope that an event subprocess interrupts end before what was asked for later. */
export function terminateChildrenAtOnce(w: Work, scope: ElementRow): boolean {
  const row = w.element(scope.key);
  if (row === undefined || row.childCount === 0) return true;
  for (const child of w.state.scan(ELEMENTS, 'byScope', [row.key])) {
    if (child.state !== 'TERMINATING')
      w.follow({ kind: 'element', intent: 'TERMINATE', key: child.key, value: elementValue(child) });
  }
  return false;
}
