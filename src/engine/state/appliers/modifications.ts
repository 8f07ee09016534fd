import type { StatePort } from '../port.ts';
import { ELEMENTS } from '../tables.ts';

/** A modification that puts tokens into scopes that were interrupted lets them go on. */
export function applyModification(state: StatePort, value: object): void {
  const { scopes = [] } = value as { readonly scopes?: readonly number[] };
  for (const key of scopes) {
    const row = state.get(ELEMENTS, key);
    if (row !== undefined && row.interruptedBy !== null) state.put(ELEMENTS, { ...row, interruptedBy: null });
  }
}
