import type { Work } from '../processing/work.ts';
import type { Document, JsonText } from '../records/record.ts';
import { VARIABLES } from '../state/tables.ts';

/** What variable records tell about the instance. */
export interface VariableOwner {
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
}

export const NO_VARIABLES: Document = new Map();

export function localVariables(w: Work, scopeKey: number): Document {
  return w.state.get(VARIABLES, scopeKey)?.values ?? NO_VARIABLES;
}

/** Key of the scope around; -1 for a process instance. */
export function parentScope(w: Work, scopeKey: number): number {
  return w.element(scopeKey)?.flowScopeKey ?? -1;
}

/** All variables visible in a scope, or only those named: inner ones hide outer ones. */
export function visibleVariables(w: Work, scopeKey: number, names: readonly string[] = []): Document {
  const wanted = names.length === 0 ? undefined : new Set(names);
  const visible = new Map<string, JsonText>();
  for (let scope = scopeKey; scope >= 0; scope = parentScope(w, scope)) {
    for (const [name, value] of localVariables(w, scope)) {
      if (!visible.has(name) && (wanted === undefined || wanted.has(name))) visible.set(name, value);
    }
  }
  return visible;
}

/** Sets variables in this scope only. A variable that has the value already is left alone. */
export function setLocalVariables(w: Work, owner: VariableOwner, scopeKey: number, document: Document): void {
  for (const [name, value] of document) setVariable(w, owner, scopeKey, name, value);
}

export function setVariable(
  w: Work,
  owner: VariableOwner,
  scopeKey: number,
  name: string,
  value: JsonText,
): void {
  const row = w.state.get(VARIABLES, scopeKey);
  const known = row?.values.get(name);
  if (known === value) return;
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
  let left = document;
  let scope = scopeKey;
  for (let parent = parentScope(w, scope); parent >= 0; parent = parentScope(w, scope)) {
    const local = localVariables(w, scope);
    if (local.size > 0) {
      const remaining = new Map<string, JsonText>();
      for (const [name, value] of left) {
        const known = local.get(name);
        if (known !== undefined && known !== value) setVariable(w, owner, scope, name, value);
        else remaining.set(name, value);
      }
      left = remaining;
    }
    scope = parent;
  }
  setLocalVariables(w, owner, scope, left);
}
