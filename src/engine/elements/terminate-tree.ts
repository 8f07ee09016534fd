import { userTaskOf } from '../behaviors/user-tasks.ts';
import type { Work } from '../processing/work.ts';
import { ELEMENTS, type ElementRow } from '../state/tables.ts';
import { closeAll, finishTermination, terminate } from './lifecycle.ts';
import type { At } from './processor.ts';
import { processorOf } from './registry.ts';
import { atOf, emitElement } from './transitions.ts';

/** More than this is left to further steps. */
const AT_ONCE = 200;

/**
 * Ends an element and all inside it at once, as a modification does: first all of it is terminating, outer ones
 * first and of their children the youngest, then it is terminated the other way round. Gives the keys of user tasks
 * that ended so, of which no record tells.
 */
export function terminateTree(w: Work, root: ElementRow): readonly number[] {
  const tree = treeOf(w, root);
  if (tree === undefined) {
    terminate(w, { key: root.key });
    return [];
  }
  const waiting: At[] = [];
  const userTasks: number[] = [];
  for (const row of tree) {
    if (row.state === 'TERMINATING') continue;
    emitElement(w, row, 'ELEMENT_TERMINATING');
    const userTask = userTaskOf(w, row.key);
    if (userTask !== undefined) userTasks.push(userTask.userTaskKey);
    const at = { ...atOf(w, w.element(row.key) ?? row), byModification: true };
    const isLeaf = row.childCount === 0 && w.element(row.calledInstanceKey) === undefined;
    if (!isLeaf) closeAll(w, at);
    else if (processorOf(row).terminate(w, at)) waiting.push(at);
  }
  // Scopes end with the last of what they hold.
  for (const at of waiting.reverse()) {
    const row = w.element(at.row.key);
    if (row !== undefined) finishTermination(w, { ...at, row });
  }
  return userTasks;
}

function treeOf(w: Work, root: ElementRow): readonly ElementRow[] | undefined {
  const tree: ElementRow[] = [];
  const open = [root];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    tree.push(row);
    if (tree.length > AT_ONCE) return undefined;
    const called = w.element(row.calledInstanceKey);
    if (called !== undefined) open.push(called);
    const children = [...w.state.scan(ELEMENTS, 'byScope', [row.key], { limit: AT_ONCE + 1 })];
    open.push(...children);
  }
  return tree;
}
