import type { Work } from '../processing/work.ts';
import type { Document, JsonText } from '../records/record.ts';
import { variablesOf } from '../state/scope-variables.ts';
import { changesHappened, type VariableChange } from './conditionals.ts';
import { localVariables, parentScope } from './visible-variables.ts';

export { localVariables, NO_VARIABLES, parentScope, visibleVariables } from './visible-variables.ts';

/** What variable records tell about the instance. */
export interface VariableOwner {
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
}

/** Sets variables in this scope only. A variable that has the value already is left alone. */
export function setLocalVariables(w: Work, owner: VariableOwner, scopeKey: number, document: Document): void {
  if (document.size === 0) return;
  const changes: VariableChange[] = [];
  for (const [name, value] of document) changes.push(...write(w, owner, scopeKey, name, value));
  changesHappened(w, w.graph(owner.processDefinitionKey), changes);
}

export function setVariable(
  w: Work,
  owner: VariableOwner,
  scopeKey: number,
  name: string,
  value: JsonText,
): void {
  setLocalVariables(w, owner, scopeKey, new Map([[name, value]]));
}

/** Writes one variable; what changed by it. */
function write(
  w: Work,
  owner: VariableOwner,
  scopeKey: number,
  name: string,
  value: JsonText,
): readonly VariableChange[] {
  const row = variablesOf(w.state, scopeKey);
  const known = row?.values.get(name);
  if (known === value) return [];
  const created = known === undefined;
  const key = created ? w.nextKey() : variableKey(row?.values, row?.keys, name);
  w.emit(key, {
    valueType: 'VARIABLE',
    intent: created ? 'CREATED' : 'UPDATED',
    value: {
      name,
      value,
      scopeKey,
      processInstanceKey: owner.processInstanceKey,
      processDefinitionKey: owner.processDefinitionKey,
      bpmnProcessId: owner.bpmnProcessId,
    },
  });
  return [{ name, scopeKey, event: created ? 'create' : 'update' }];
}

export function variableKey(
  values: Document | undefined,
  keys: readonly number[] | undefined,
  name: string,
): number {
  let at = 0;
  for (const known of values?.keys() ?? []) {
    if (known === name) return keys?.[at] ?? -1;
    at += 1;
  }
  return -1;
}

/**
 * Merges variables upwards from a scope: each changes the first scope that holds another value under its name;
 * what no scope took is set in the outermost scope. As in Zeebe, an equal value does not stop a variable on its way.
 */
export function mergeVariables(w: Work, owner: VariableOwner, scopeKey: number, document: Document): void {
  if (document.size === 0) return;
  const changes: VariableChange[] = [];
  let left = document;
  let scope = scopeKey;
  for (let parent = parentScope(w, scope); parent >= 0; parent = parentScope(w, scope)) {
    const local = localVariables(w, scope);
    if (local.size > 0) {
      const remaining = new Map<string, JsonText>();
      for (const [name, value] of left) {
        const known = local.get(name);
        if (known !== undefined && known !== value) changes.push(...write(w, owner, scope, name, value));
        else remaining.set(name, value);
      }
      left = remaining;
    }
    scope = parent;
  }
  for (const [name, value] of left) changes.push(...write(w, owner, scope, name, value));
  changesHappened(w, w.graph(owner.processDefinitionKey), changes);
}
