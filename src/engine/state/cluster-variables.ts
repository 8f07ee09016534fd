import type { TableSpec } from './port.ts';

export interface ClusterVariableRow {
  readonly name: string;
  readonly key: number;
  /** JSON text. */
  readonly value: string;
}

export const CLUSTER_VARIABLES: TableSpec<ClusterVariableRow> = {
  name: 'cluster_variables',
  key: 'name',
  indexes: { byName: ['name'] },
};
