import { AUDIT_LOG_TABLE, auditLogs } from './collections/audit-logs.ts';
import {
  BATCH_ITEM_TABLE,
  BATCH_OPERATION_TABLE,
  batchOperationItems,
  batchOperations,
} from './collections/batch-operations.ts';
import {
  CORRELATED_TABLE,
  correlatedMessageSubscriptions,
} from './collections/correlated-message-subscriptions.ts';
import { DECISION_INSTANCE_TABLE, decisionInstances } from './collections/decision-instances.ts';
import {
  DECISION_REQUIREMENTS_TABLE,
  DECISION_TABLE,
  decisionDefinitions,
  decisionRequirements,
} from './collections/decisions.ts';
import { ELEMENT_INSTANCE_TABLE, elementInstances } from './collections/element-instances.ts';
import { elementStatistics } from './collections/element-statistics.ts';
import { FORM_TABLE, forms } from './collections/forms.ts';
import { INCIDENT_TABLE, incidents } from './collections/incidents.ts';
import {
  jobMetrics,
  jobTimeStatistics,
  jobTotals,
  jobTypeStatistics,
  jobWorkerStatistics,
} from './collections/job-metrics.ts';
import { JOB_TABLE, jobs } from './collections/jobs.ts';
import { MESSAGE_SUBSCRIPTION_TABLE, messageSubscriptions } from './collections/message-subscriptions.ts';
import { PROCESS_DEFINITION_TABLE, processDefinitions } from './collections/process-definitions.ts';
import { PROCESS_INSTANCE_TABLE, processInstances } from './collections/process-instances.ts';
import { resources } from './collections/resources.ts';
import type { CollectionSpec, TableSpec } from './collections/spec.ts';
import {
  definitionInstanceStatistics,
  incidentDefinitionStatistics,
  incidentErrorStatistics,
  jobErrorStatistics,
  subscriptionStatistics,
  versionInstanceStatistics,
} from './collections/statistics.ts';
import { TIMER_TABLE, timers } from './collections/timers.ts';
import { USER_TASK_TABLE, userTasks } from './collections/user-tasks.ts';
import { VARIABLE_TABLE, variables } from './collections/variables.ts';

export type { CollectionSpec, FieldSpec, FieldType, RelationSpec, Rendered } from './collections/spec.ts';
export { VALUE_PREVIEW, VARIABLE_PREFIX } from './collections/variables.ts';

/** The tables whose rows are written as patches. */
export const TABLES: readonly TableSpec[] = [
  PROCESS_DEFINITION_TABLE,
  PROCESS_INSTANCE_TABLE,
  ELEMENT_INSTANCE_TABLE,
  VARIABLE_TABLE,
  JOB_TABLE,
  INCIDENT_TABLE,
  MESSAGE_SUBSCRIPTION_TABLE,
  CORRELATED_TABLE,
  USER_TASK_TABLE,
  AUDIT_LOG_TABLE,
  DECISION_TABLE,
  DECISION_REQUIREMENTS_TABLE,
  DECISION_INSTANCE_TABLE,
  FORM_TABLE,
  TIMER_TABLE,
  BATCH_OPERATION_TABLE,
  BATCH_ITEM_TABLE,
];

/** What can be searched, and by which fields. */
export const COLLECTIONS = {
  processDefinitions,
  processInstances,
  elementInstances,
  variables,
  jobs,
  incidents,
  messageSubscriptions,
  correlatedMessageSubscriptions,
  userTasks,
  auditLogs,
  decisionDefinitions,
  decisionRequirements,
  decisionInstances,
  forms,
  resources,
  timers,
  batchOperations,
  batchOperationItems,
  elementStatistics,
  definitionInstanceStatistics,
  versionInstanceStatistics,
  subscriptionStatistics,
  incidentErrorStatistics,
  incidentDefinitionStatistics,
  jobErrorStatistics,
  jobMetrics,
  jobTotals,
  jobTypeStatistics,
  jobWorkerStatistics,
  jobTimeStatistics,
} as const satisfies Record<string, CollectionSpec>;

export type CollectionName = keyof typeof COLLECTIONS;

export function collection(name: CollectionName): CollectionSpec {
  return COLLECTIONS[name];
}
