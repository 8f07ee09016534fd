import type { Work } from '../processing/work.ts';
import type { Document, JsonText } from '../records/record.ts';
import { variablesOf } from '../state/scope-variables.ts';

export const NO_VARIABLES: Document = new Map();

export function localVariables(w: Work, scopeKey: number): Document {
  return variablesOf(w.state, scopeKey)?.values ?? NO_VARIABLES;
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
