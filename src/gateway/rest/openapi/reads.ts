import type { CollectionName } from '../../../history/index.ts';

/** What the document says of reads that belong to one entity, and of statistics: names, and what their bodies ask. */
export interface DescribedRead {
  readonly id: string;
  readonly summary: string;
  /** The collection whose search the body is. */
  readonly searches?: CollectionName;
  /** There may be nothing to show. */
  readonly mayBeEmpty?: true;
}

/** By method and path below `/v2`. */
export const READS: Readonly<Record<string, DescribedRead>> = {
  'GET /process-definitions/:processDefinitionKey/xml': {
    id: 'getProcessDefinitionXML',
    summary: 'The model of a process.',
  },
  'GET /process-definitions/:processDefinitionKey/form': {
    id: 'getStartProcessForm',
    mayBeEmpty: true,
    summary: 'The form that starts a process.',
  },
  'GET /decision-definitions/:decisionDefinitionKey/xml': {
    id: 'getDecisionDefinitionXML',
    summary: 'The model of a decision.',
  },
  'GET /decision-requirements/:decisionRequirementsKey/xml': {
    id: 'getDecisionRequirementsXML',
    summary: 'The model of a graph of decisions.',
  },
  'GET /resources/:resourceKey/content': { id: 'getResourceContent', summary: 'What was deployed.' },
  'GET /process-instances/:processInstanceKey/call-hierarchy': {
    id: 'getProcessInstanceCallHierarchy',
    summary: 'An instance and those that called it.',
  },
  'GET /process-instances/:processInstanceKey/sequence-flows': {
    id: 'getProcessInstanceSequenceFlows',
    summary: 'The sequence flows that an instance took.',
  },
  'POST /process-instances/:processInstanceKey/incidents/search': {
    id: 'searchProcessInstanceIncidents',
    summary: 'Incidents of an instance and of those that it called.',
    searches: 'incidents',
  },
  'POST /element-instances/:elementInstanceKey/incidents/search': {
    id: 'searchElementInstanceIncidents',
    summary: 'Incidents of an element instance and of what is inside it.',
    searches: 'incidents',
  },
  'GET /user-tasks/:userTaskKey/form': {
    id: 'getUserTaskForm',
    mayBeEmpty: true,
    summary: 'The form of a user task.',
  },
  'POST /user-tasks/:userTaskKey/variables/search': {
    id: 'searchUserTaskVariables',
    summary: 'Variables that a user task sees.',
  },
  'POST /user-tasks/:userTaskKey/effective-variables/search': {
    id: 'searchUserTaskEffectiveVariables',
    summary: 'Variables that a user task sees, without those that inner ones hide.',
  },
  'POST /user-tasks/:userTaskKey/audit-logs/search': {
    id: 'searchUserTaskAuditLogs',
    summary: 'What was done with a user task.',
  },
  'POST /process-definitions/:processDefinitionKey/statistics/element-instances': {
    id: 'getProcessDefinitionStatistics',
    summary: 'Numbers of element instances of a process, by element.',
  },
  'GET /process-instances/:processInstanceKey/statistics/element-instances': {
    id: 'getProcessInstanceStatistics',
    summary: 'Numbers of element instances of an instance, by element.',
  },
  'POST /process-definitions/statistics/process-instances': {
    id: 'getProcessDefinitionInstanceStatistics',
    summary: 'Numbers of instances, by process.',
  },
  'POST /process-definitions/statistics/process-instances-by-version': {
    id: 'getProcessDefinitionInstanceVersionStatistics',
    summary: 'Numbers of instances of a process, by version.',
  },
  'POST /process-definitions/statistics/message-subscriptions': {
    id: 'getProcessDefinitionMessageSubscriptionStatistics',
    summary: 'Numbers of open message subscriptions, by process.',
  },
  'POST /incidents/statistics/process-instances-by-error': {
    id: 'getProcessInstanceStatisticsByError',
    summary: 'Numbers of instances with incidents, by error.',
  },
  'POST /incidents/statistics/process-instances-by-definition': {
    id: 'getProcessInstanceStatisticsByDefinition',
    summary: 'Numbers of instances with the same error, by process.',
  },
  'GET /jobs/statistics/global': { id: 'getGlobalJobStatistics', summary: 'Numbers of jobs.' },
  'POST /jobs/statistics/by-types': { id: 'getJobTypeStatistics', summary: 'Numbers of jobs, by type.' },
  'POST /jobs/statistics/by-workers': {
    id: 'getJobWorkerStatistics',
    summary: 'Numbers of jobs of a type, by worker.',
  },
  'POST /jobs/statistics/time-series': {
    id: 'getJobTimeSeriesStatistics',
    summary: 'Numbers of jobs of a type, over time.',
  },
  'POST /jobs/statistics/errors': {
    id: 'getJobErrorStatistics',
    summary: 'Numbers of failed jobs of a type, by error.',
  },
};
