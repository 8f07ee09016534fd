import type { CamundaClient } from '@camunda8/orchestration-cluster-api';

/** What the client does itself. */
type OfItself =
  | 'config'
  | 'configure'
  | 'getConfig'
  | 'getAuthHeaders'
  | 'forceAuthRefresh'
  | 'clearAuthCache'
  | 'onAuthHeaders'
  | 'logger'
  | 'getErrorMode'
  | '_getSupportLogger'
  | '_invokeWithRetry'
  | 'emitSupportLogPreamble';
/** Users, their groups, roles, rights and tenants: nobody signs in here. */
type OfUsers = Extract<
  keyof CamundaClient,
  | `${'create' | 'get' | 'update' | 'delete'}${'User' | 'AdminUser' | 'Group' | 'Role' | 'Tenant' | 'MappingRule' | 'Authorization'}`
  | `search${'Users' | 'Groups' | 'Roles' | 'Tenants' | 'MappingRule' | 'Authorizations'}`
  | `search${'Users' | 'Clients' | 'Groups' | 'GroupIds' | 'Roles' | 'MappingRules'}For${'Group' | 'Role' | 'Tenant'}`
  | `assign${'User' | 'Client' | 'Group' | 'Role' | 'MappingRule'}To${'Group' | 'Tenant' | 'User' | 'Client' | 'MappingRule'}`
  | `unassign${'User' | 'Client' | 'Group' | 'Role' | 'MappingRule'}From${'Group' | 'Tenant' | 'User' | 'Client' | 'MappingRule'}`
>;
/** What this server has not got. */
type NotHere =
  | `${'create' | 'get' | 'update' | 'delete'}${'TenantClusterVariable' | 'GlobalTaskListener'}`
  | 'searchGlobalTaskListeners'
  | 'getSystemConfiguration'
  | 'getUsageMetrics';

/** Which file tries a method: one that none tries does not compile. */
export const TRIED = {
  activateAdHocSubProcessActivities: 'methods',
  activateJobs: 'commands',
  assignUserTask: 'commands',
  broadcastSignal: 'commands',
  cancelBatchOperation: 'batches',
  cancelProcessInstance: 'methods',
  cancelProcessInstancesBatchOperation: 'batches',
  completeJob: 'methods',
  completeUserTask: 'commands',
  correlateMessage: 'commands',
  createDeployment: 'methods',
  createDocument: 'commands',
  createDocumentLink: 'commands',
  createDocuments: 'commands',
  createElementInstanceVariables: 'methods',
  createGlobalClusterVariable: 'commands',
  createJobWorker: 'workers',
  createProcessInstance: 'methods',
  createThreadedJobWorker: 'workers',
  deleteDecisionInstance: 'methods',
  deleteDecisionInstancesBatchOperation: 'methods',
  deleteDocument: 'commands',
  deleteGlobalClusterVariable: 'commands',
  deleteProcessInstance: 'batches',
  deleteProcessInstancesBatchOperation: 'batches',
  deleteResource: 'methods',
  deployResourcesFromFiles: 'methods',
  evaluateConditionals: 'methods',
  evaluateDecision: 'reads',
  evaluateExpression: 'commands',
  failJob: 'commands',
  getAuditLog: 'methods',
  getAuthentication: 'commands',
  getBackpressureState: 'workers',
  getBatchOperation: 'methods',
  getDecisionDefinition: 'reads',
  getDecisionDefinitionXml: 'reads',
  getDecisionInstance: 'reads',
  getDecisionRequirements: 'reads',
  getDecisionRequirementsXml: 'reads',
  getDocument: 'commands',
  getElementInstance: 'reads',
  getGlobalClusterVariable: 'commands',
  getGlobalJobStatistics: 'reads',
  getIncident: 'reads',
  getJobErrorStatistics: 'reads',
  getJobTimeSeriesStatistics: 'reads',
  getJobTypeStatistics: 'reads',
  getJobWorkerStatistics: 'reads',
  getLicense: 'commands',
  getProcessDefinition: 'reads',
  getProcessDefinitionInstanceStatistics: 'reads',
  getProcessDefinitionInstanceVersionStatistics: 'reads',
  getProcessDefinitionMessageSubscriptionStatistics: 'reads',
  getProcessDefinitionStatistics: 'reads',
  getProcessDefinitionXml: 'reads',
  getProcessInstance: 'methods',
  getProcessInstanceCallHierarchy: 'reads',
  getProcessInstanceSequenceFlows: 'reads',
  getProcessInstanceStatistics: 'reads',
  getProcessInstanceStatisticsByDefinition: 'reads',
  getProcessInstanceStatisticsByError: 'reads',
  getResource: 'reads',
  getResourceContent: 'reads',
  getStartProcessForm: 'methods',
  getStatus: 'commands',
  getTopology: 'commands',
  getUserTask: 'reads',
  getUserTaskForm: 'methods',
  getVariable: 'reads',
  getWorkers: 'workers',
  migrateProcessInstance: 'methods',
  migrateProcessInstancesBatchOperation: 'batches',
  modifyProcessInstance: 'methods',
  modifyProcessInstancesBatchOperation: 'batches',
  pinClock: 'methods',
  publishMessage: 'commands',
  resetClock: 'methods',
  resolveIncident: 'commands',
  resolveIncidentsBatchOperation: 'batches',
  resolveProcessInstanceIncidents: 'batches',
  resumeBatchOperation: 'methods',
  searchAuditLogs: 'methods',
  searchBatchOperationItems: 'batches',
  searchBatchOperations: 'batches',
  searchClusterVariables: 'commands',
  searchCorrelatedMessageSubscriptions: 'reads',
  searchDecisionDefinitions: 'reads',
  searchDecisionInstances: 'reads',
  searchDecisionRequirements: 'reads',
  searchElementInstanceIncidents: 'reads',
  searchElementInstances: 'reads',
  searchIncidents: 'commands',
  searchJobs: 'reads',
  searchMessageSubscriptions: 'reads',
  searchProcessDefinitions: 'reads',
  searchProcessInstanceIncidents: 'reads',
  searchProcessInstances: 'reads',
  searchUserTaskAuditLogs: 'reads',
  searchUserTaskEffectiveVariables: 'reads',
  searchUserTaskVariables: 'reads',
  searchUserTasks: 'reads',
  searchVariables: 'reads',
  stopAllWorkers: 'workers',
  suspendBatchOperation: 'batches',
  throwJobError: 'commands',
  unassignUserTask: 'reads',
  updateGlobalClusterVariable: 'commands',
  updateJob: 'commands',
  updateUserTask: 'commands',
  withCorrelation: 'workers',
} satisfies Readonly<Record<Exclude<keyof CamundaClient, OfItself | OfUsers | NotHere>, string>>;
