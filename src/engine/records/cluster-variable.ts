import type { JsonText } from './record.ts';

/** A variable that all processes see as `camunda.vars.cluster.NAME` and `camunda.vars.env.NAME` (Camunda 8.9). */
export interface ClusterVariableValue {
  readonly name: string;
  /** JSON text; of a deleted one the last. */
  readonly value: JsonText;
  /** There are no tenants, so there is no other scope. */
  readonly scope: 'GLOBAL';
}

export interface ClusterVariableEntry {
  readonly valueType: 'CLUSTER_VARIABLE';
  readonly intent: 'CREATED' | 'UPDATED' | 'DELETED';
  readonly value: ClusterVariableValue;
}

export type ClusterVariableCommand = {
  readonly valueType: 'CLUSTER_VARIABLE';
} & (
  | {
      readonly intent: 'CREATE' | 'UPDATE';
      readonly value: { readonly name: string; readonly value: JsonText };
    }
  | { readonly intent: 'DELETE'; readonly value: { readonly name: string } }
);
