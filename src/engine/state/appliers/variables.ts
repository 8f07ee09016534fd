import type { JsonText, VariableValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { variablesOf } from '../scope-variables.ts';
import { ELEMENTS, VARIABLES } from '../tables.ts';

export function applyVariable(state: StatePort, key: number, intent: string, value: VariableValue): void {
  if (intent === 'MIGRATED') return;
  const row = variablesOf(state, value.scopeKey);
  const values = new Map<string, JsonText>();
  // Cheaper than the constructor of maps, which makes a pair of each entry.
  row?.values.forEach((text, name) => void values.set(name, text));
  const known = values.has(value.name);
  values.set(value.name, value.value);
  const keys = row?.keys ?? [];
  state.put(VARIABLES, { scopeKey: value.scopeKey, values, keys: known ? keys : [...keys, key] });
  const element = state.get(ELEMENTS, value.scopeKey);
  if (element?.noVariables === undefined) return;
  const { noVariables: _taken, ...withVariables } = element;
  state.put(ELEMENTS, withVariables);
}
