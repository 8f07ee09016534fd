import { mergeVariables, setLocalVariables } from '../behaviors/variables.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Sets variables in the scope of an element, or from there upwards. */
export function updateVariables(w: Work, { value }: CommandOf<'VARIABLE_DOCUMENT'>): Accepted {
  const { scopeKey, variables } = value;
  const row = w.element(scopeKey);
  if (row === undefined) {
    const reason = `Expected to update variables for element with key '${scopeKey}', but no such element was found`;
    throw new Rejection('NOT_FOUND', reason);
  }
  if (value.updateSemantics === 'LOCAL') setLocalVariables(w, row, scopeKey, variables);
  else mergeVariables(w, row, scopeKey, variables);
  const key = w.nextKey();
  w.emit(key, { valueType: 'VARIABLE_DOCUMENT', intent: 'UPDATED', value: { scopeKey, variables } });
  return { key, value: NOTHING };
}
