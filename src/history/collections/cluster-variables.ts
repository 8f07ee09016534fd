import type { ClusterVariableEntry } from '../../engine/records/cluster-variable.ts';
import { type CollectionSpec, field, type RowSink, type TableSpec } from './spec.ts';
import { VALUE_PREVIEW } from './variables.ts';

export const CLUSTER_VARIABLE_TABLE = {
  name: 'cluster_variable',
  columns: { name: 'TEXT', value: 'TEXT', deleted: 'INTEGER' },
  indexes: ['cluster_variable_name ON cluster_variable (name)'],
} as const satisfies TableSpec;

export const clusterVariables = {
  table: CLUSTER_VARIABLE_TABLE.name,
  key: 'clusterVariableKey',
  where: 't.deleted IS NULL',
  rest: { path: 'cluster-variables', entity: 'Cluster Variable', search: true, get: false },
  fields: {
    clusterVariableKey: field('key', 't.key', { shown: 'never', filter: false, sort: false }),
    name: field('string', 't.name'),
    value: field('string', 't.value'),
    scope: field('string', `'GLOBAL'`, { values: ['GLOBAL', 'TENANT'] }),
    tenantId: field('string', 'NULL', { nullable: true }),
    /** Whether a search would cut it. */
    isTruncated: field('bool', `(length(t.value) > ${VALUE_PREVIEW})`, { shown: 'never', sort: false }),
  },
} as const satisfies CollectionSpec;

export function projectClusterVariable(
  key: number,
  { intent, value }: ClusterVariableEntry,
  rows: RowSink,
): void {
  rows.put(CLUSTER_VARIABLE_TABLE.name, key, {
    name: value.name,
    value: value.value,
    ...(intent === 'DELETED' && { deleted: 1 }),
  });
}
