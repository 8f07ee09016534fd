import type { StatePort } from './port.ts';
import { ELEMENTS, VARIABLES, type VariablesRow } from './tables.ts';

/** The variables of a scope; undefined if it has none, which its element instance tells, so that nobody looks for them on disk. */
export function variablesOf(state: StatePort, scopeKey: number): VariablesRow | undefined {
  return state.get(ELEMENTS, scopeKey)?.noVariables ? undefined : state.get(VARIABLES, scopeKey);
}
