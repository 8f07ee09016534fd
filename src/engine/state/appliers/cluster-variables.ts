import type { ClusterVariableEntry } from '../../records/cluster-variable.ts';
import { CLUSTER_VARIABLES } from '../cluster-variables.ts';
import type { StatePort } from '../port.ts';

export function applyClusterVariable(
  state: StatePort,
  key: number,
  { intent, value }: ClusterVariableEntry,
): void {
  if (intent === 'DELETED') state.delete(CLUSTER_VARIABLES, value.name);
  else state.put(CLUSTER_VARIABLES, { name: value.name, key, value: value.value });
}
