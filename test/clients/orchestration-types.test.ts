import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AuditLogResult,
  AuditLogSearchQuerySortRequest,
  BatchOperationItemResponse,
  BatchOperationItemSearchQuerySortRequest,
  BatchOperationResponse,
  BatchOperationSearchQuerySortRequest,
  ClusterVariableSearchQuerySortRequest,
  CorrelatedMessageSubscriptionResult,
  CorrelatedMessageSubscriptionSearchQuerySortRequest,
  DecisionDefinitionResult,
  DecisionDefinitionSearchQuerySortRequest,
  DecisionInstanceGetQueryResult,
  DecisionInstanceResult,
  DecisionInstanceSearchQuerySortRequest,
  DecisionRequirementsResult,
  DecisionRequirementsSearchQuerySortRequest,
  ElementInstanceResult,
  ElementInstanceSearchQuerySortRequest,
  FormResult,
  IncidentProcessInstanceStatisticsByDefinitionResult,
  IncidentProcessInstanceStatisticsByErrorResult,
  IncidentResult,
  IncidentSearchQuerySortRequest,
  JobErrorStatisticsItem,
  JobSearchQuerySortRequest,
  JobSearchResult,
  MessageSubscriptionResult,
  MessageSubscriptionSearchQuerySortRequest,
  ProcessDefinitionInstanceStatisticsResult,
  ProcessDefinitionInstanceVersionStatisticsResult,
  ProcessDefinitionMessageSubscriptionStatisticsResult,
  ProcessDefinitionResult,
  ProcessDefinitionSearchQuerySortRequest,
  ProcessElementStatisticsResult,
  ProcessInstanceResult,
  ProcessInstanceSearchQuerySortRequest,
  ResourceResult,
  UserTaskResult,
  UserTaskSearchQuerySortRequest,
  VariableResult,
  VariableSearchQuerySortRequest,
} from '@camunda8/orchestration-cluster-api';
import type { RenderedRow } from '../../src/gateway/rest/rows.ts';
import { type CollectionName, collection } from '../../src/history/index.ts';

/**
 * Our rows against the types of Camunda's client, at compile time: the same members, none that may be null where
 * theirs may not, no word that they do not know. Members that are JSON texts are checked by its schemas at run time.
 */

/** Keys and ids have brands there and are plain texts here. */
type Plain<Value> = Value extends { readonly __brand: unknown } ? string : Value;

/** `true`, or the members that differ. */
type Fits<Ours, Theirs> = keyof Ours extends keyof Theirs
  ? keyof Theirs extends keyof Ours
    ? Differing<Ours, Theirs> extends never
      ? true
      : { readonly differ: Differing<Ours, Theirs> }
    : { readonly missing: Exclude<keyof Theirs, keyof Ours> }
  : { readonly unknown: Exclude<keyof Ours, keyof Theirs> };

type Differing<Ours, Theirs> = {
  [Name in keyof Theirs & keyof Ours]: unknown extends Ours[Name]
    ? never
    : Ours[Name] extends Plain<Theirs[Name]>
      ? never
      : Name;
}[keyof Theirs & keyof Ours];

type Search<Name extends CollectionName, Theirs> = Fits<RenderedRow<Name>, Theirs>;
type Get<Name extends CollectionName, Theirs> = Fits<RenderedRow<Name, true>, Theirs>;

export const ROWS_FIT = [
  true satisfies Search<'processDefinitions', ProcessDefinitionResult>,
  true satisfies Search<'processInstances', ProcessInstanceResult>,
  true satisfies Search<'elementInstances', ElementInstanceResult>,
  true satisfies Get<'variables', VariableResult>,
  true satisfies Search<'jobs', JobSearchResult>,
  true satisfies Search<'incidents', IncidentResult>,
  true satisfies Search<'messageSubscriptions', MessageSubscriptionResult>,
  true satisfies Search<'correlatedMessageSubscriptions', CorrelatedMessageSubscriptionResult>,
  true satisfies Search<'userTasks', UserTaskResult>,
  true satisfies Search<'auditLogs', AuditLogResult>,
  true satisfies Search<'batchOperations', BatchOperationResponse>,
  true satisfies Search<'batchOperationItems', BatchOperationItemResponse>,
  true satisfies Search<'decisionDefinitions', DecisionDefinitionResult>,
  true satisfies Search<'decisionRequirements', DecisionRequirementsResult>,
  true satisfies Search<'decisionInstances', DecisionInstanceResult>,
  true satisfies Get<'decisionInstances', DecisionInstanceGetQueryResult>,
  true satisfies Get<'forms', FormResult>,
  true satisfies Get<'resources', ResourceResult>,
  true satisfies Search<'elementStatistics', ProcessElementStatisticsResult>,
  true satisfies Search<'definitionInstanceStatistics', ProcessDefinitionInstanceStatisticsResult>,
  true satisfies Search<'versionInstanceStatistics', ProcessDefinitionInstanceVersionStatisticsResult>,
  true satisfies Search<'subscriptionStatistics', ProcessDefinitionMessageSubscriptionStatisticsResult>,
  true satisfies Search<'incidentErrorStatistics', IncidentProcessInstanceStatisticsByErrorResult>,
  true satisfies Search<'incidentDefinitionStatistics', IncidentProcessInstanceStatisticsByDefinitionResult>,
  true satisfies Search<'jobErrorStatistics', JobErrorStatisticsItem>,
];

/** A record of all words of a union: none can be missing, none can be too many. */
type Words<Union extends string> = Readonly<Record<Union, true>>;

const sorts: Readonly<Partial<Record<CollectionName, Readonly<Record<string, true>>>>> = {
  processDefinitions: {
    processDefinitionKey: true,
    name: true,
    resourceName: true,
    version: true,
    versionTag: true,
    processDefinitionId: true,
    tenantId: true,
  } satisfies Words<ProcessDefinitionSearchQuerySortRequest['field']>,
  processInstances: {
    processInstanceKey: true,
    processDefinitionId: true,
    processDefinitionName: true,
    processDefinitionVersion: true,
    processDefinitionVersionTag: true,
    processDefinitionKey: true,
    parentProcessInstanceKey: true,
    parentElementInstanceKey: true,
    startDate: true,
    endDate: true,
    state: true,
    hasIncident: true,
    tenantId: true,
    businessId: true,
  } satisfies Words<ProcessInstanceSearchQuerySortRequest['field']>,
  elementInstances: {
    elementInstanceKey: true,
    processInstanceKey: true,
    processDefinitionKey: true,
    processDefinitionId: true,
    startDate: true,
    endDate: true,
    elementId: true,
    elementName: true,
    type: true,
    state: true,
    incidentKey: true,
    tenantId: true,
  } satisfies Words<ElementInstanceSearchQuerySortRequest['field']>,
  variables: {
    value: true,
    name: true,
    tenantId: true,
    variableKey: true,
    scopeKey: true,
    processInstanceKey: true,
  } satisfies Words<VariableSearchQuerySortRequest['field']>,
  jobs: {
    deadline: true,
    deniedReason: true,
    elementId: true,
    elementInstanceKey: true,
    endTime: true,
    errorCode: true,
    errorMessage: true,
    hasFailedWithRetriesLeft: true,
    isDenied: true,
    jobKey: true,
    kind: true,
    listenerEventType: true,
    processDefinitionId: true,
    processDefinitionKey: true,
    processInstanceKey: true,
    retries: true,
    state: true,
    tenantId: true,
    type: true,
    worker: true,
  } satisfies Words<JobSearchQuerySortRequest['field']>,
  incidents: {
    incidentKey: true,
    processDefinitionKey: true,
    processDefinitionId: true,
    processInstanceKey: true,
    errorType: true,
    elementId: true,
    elementInstanceKey: true,
    creationTime: true,
    state: true,
    jobKey: true,
    tenantId: true,
  } satisfies Words<IncidentSearchQuerySortRequest['field']>,
  messageSubscriptions: {
    messageSubscriptionKey: true,
    processDefinitionId: true,
    processInstanceKey: true,
    elementId: true,
    elementInstanceKey: true,
    messageSubscriptionState: true,
    lastUpdatedDate: true,
    messageName: true,
    correlationKey: true,
    tenantId: true,
  } satisfies Words<MessageSubscriptionSearchQuerySortRequest['field']>,
  correlatedMessageSubscriptions: {
    correlationKey: true,
    correlationTime: true,
    elementId: true,
    elementInstanceKey: true,
    messageKey: true,
    messageName: true,
    partitionId: true,
    processDefinitionId: true,
    processDefinitionKey: true,
    processInstanceKey: true,
    subscriptionKey: true,
    tenantId: true,
  } satisfies Words<CorrelatedMessageSubscriptionSearchQuerySortRequest['field']>,
  userTasks: {
    creationDate: true,
    completionDate: true,
    followUpDate: true,
    dueDate: true,
    priority: true,
    name: true,
  } satisfies Words<UserTaskSearchQuerySortRequest['field']>,
  auditLogs: {
    actorId: true,
    actorType: true,
    auditLogKey: true,
    batchOperationKey: true,
    batchOperationType: true,
    category: true,
    decisionDefinitionId: true,
    decisionDefinitionKey: true,
    decisionEvaluationKey: true,
    decisionRequirementsId: true,
    decisionRequirementsKey: true,
    elementInstanceKey: true,
    entityKey: true,
    entityType: true,
    jobKey: true,
    operationType: true,
    processDefinitionId: true,
    processDefinitionKey: true,
    processInstanceKey: true,
    result: true,
    tenantId: true,
    timestamp: true,
    userTaskKey: true,
  } satisfies Words<AuditLogSearchQuerySortRequest['field']>,
  batchOperations: {
    actorId: true,
    actorType: true,
    batchOperationKey: true,
    endDate: true,
    operationType: true,
    startDate: true,
    state: true,
  } satisfies Words<BatchOperationSearchQuerySortRequest['field']>,
  batchOperationItems: {
    batchOperationKey: true,
    itemKey: true,
    processInstanceKey: true,
    processedDate: true,
    state: true,
  } satisfies Words<BatchOperationItemSearchQuerySortRequest['field']>,
  clusterVariables: {
    name: true,
    scope: true,
    tenantId: true,
    value: true,
  } satisfies Words<ClusterVariableSearchQuerySortRequest['field']>,
  decisionDefinitions: {
    decisionDefinitionKey: true,
    decisionDefinitionId: true,
    name: true,
    version: true,
    decisionRequirementsId: true,
    decisionRequirementsKey: true,
    decisionRequirementsName: true,
    decisionRequirementsVersion: true,
    tenantId: true,
  } satisfies Words<DecisionDefinitionSearchQuerySortRequest['field']>,
  decisionRequirements: {
    decisionRequirementsKey: true,
    decisionRequirementsName: true,
    version: true,
    decisionRequirementsId: true,
    tenantId: true,
  } satisfies Words<DecisionRequirementsSearchQuerySortRequest['field']>,
  decisionInstances: {
    decisionDefinitionId: true,
    decisionDefinitionKey: true,
    decisionDefinitionName: true,
    decisionDefinitionType: true,
    decisionDefinitionVersion: true,
    decisionEvaluationInstanceKey: true,
    decisionEvaluationKey: true,
    elementInstanceKey: true,
    evaluationDate: true,
    evaluationFailure: true,
    processDefinitionKey: true,
    processInstanceKey: true,
    rootDecisionDefinitionKey: true,
    state: true,
    tenantId: true,
  } satisfies Words<DecisionInstanceSearchQuerySortRequest['field']>,
};

test("each collection sorts by the fields that Camunda's client knows, and by no others", () => {
  for (const [name, fields] of Object.entries(sorts)) {
    const spec = collection(name as CollectionName);
    const sortable = Object.entries(spec.fields)
      .filter(([, { sort }]) => sort)
      .map(([field]) => field);
    assert.deepEqual(sortable.sort(), Object.keys(fields).sort(), name);
  }
});
