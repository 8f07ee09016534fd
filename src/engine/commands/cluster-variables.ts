import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { ClusterVariableValue } from '../records/cluster-variable.ts';
import { CLUSTER_VARIABLES } from '../state/cluster-variables.ts';
import type { Accepted, CommandOf } from './command.ts';

/** Creates, changes or deletes a variable that all processes see. Answers a `ClusterVariableValue`. */
export function changeClusterVariable(w: Work, command: CommandOf<'CLUSTER_VARIABLE'>): Accepted {
  const { name } = command.value;
  const known = w.state.get(CLUSTER_VARIABLES, name);
  const refuse = (type: 'INVALID_ARGUMENT' | 'ALREADY_EXISTS' | 'NOT_FOUND', why: string) =>
    new Rejection(type, `Invalid cluster variable name: '${name}'. ${why}`);
  if (command.intent === 'CREATE') {
    if (/\s/.test(name)) throw refuse('INVALID_ARGUMENT', 'The name must not contains any whitespace.');
    if (known) throw refuse('ALREADY_EXISTS', `The name already exists in the scope 'GLOBAL'`);
    const key = w.nextKey();
    return told(w, key, 'CREATED', { name, value: command.value.value, scope: 'GLOBAL' });
  }
  if (!known) throw refuse('NOT_FOUND', `The variable does not exist in the scope 'GLOBAL'`);
  if (command.intent === 'UPDATE')
    return told(w, known.key, 'UPDATED', { name, value: command.value.value, scope: 'GLOBAL' });
  return told(w, known.key, 'DELETED', { name, value: known.value, scope: 'GLOBAL' });
}

function told(
  w: Work,
  key: number,
  intent: 'CREATED' | 'UPDATED' | 'DELETED',
  value: ClusterVariableValue,
): Accepted {
  w.emit(key, { valueType: 'CLUSTER_VARIABLE', intent, value });
  return { key, value };
}
