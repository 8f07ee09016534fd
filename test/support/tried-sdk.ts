import type { CamundaRestClient, Zeebe } from '@camunda8/sdk';

type Client = Zeebe.ZeebeGrpcClient;
/** What the client does itself, or inherits. */
type OfItself =
  | 'connectionTolerance'
  | 'connected'
  | 'readied'
  | 'gatewayAddress'
  | 'loglevel'
  | 'onReady'
  | 'onConnectionError'
  | 'on'
  | 'once'
  | 'off'
  | 'emit'
  | 'addListener'
  | 'removeListener'
  | 'removeAllListeners'
  | 'emitter';
/** Where each call of the client is tried: a call that is nowhere does not compile. */
export const TRIED_OVER_GRPC = {
  topology: 'sdk-grpc-calls',
  deployResource: 'sdk-grpc-calls',
  deployResources: 'sdk-grpc-calls',
  deleteResource: 'sdk-grpc-calls',
  getServiceTypesFromBpmn: 'sdk-grpc-calls',
  createProcessInstance: 'sdk-grpc-calls',
  createProcessInstanceWithResult: 'sdk-grpc-calls',
  cancelProcessInstance: 'sdk-grpc-calls',
  modifyProcessInstance: 'sdk-grpc-calls',
  migrateProcessInstance: 'sdk-grpc-calls',
  setVariables: 'sdk-grpc-calls',
  publishMessage: 'sdk-grpc-calls',
  publishStartMessage: 'sdk-grpc-calls',
  broadcastSignal: 'sdk-grpc-calls',
  evaluateDecision: 'sdk-grpc-calls',
  activateJobs: 'sdk-grpc-calls',
  completeJob: 'sdk-grpc-workers',
  failJob: 'sdk-grpc-calls',
  throwError: 'sdk-grpc-calls',
  updateJobRetries: 'sdk-grpc-calls',
  updateJobTimeout: 'sdk-grpc-calls',
  resolveIncident: 'sdk-grpc-calls',
  createWorker: 'sdk-grpc-workers',
  streamJobs: 'sdk-grpc-workers',
  close: 'sdk-grpc-workers',
} satisfies Readonly<Record<Exclude<keyof Client, OfItself>, 'sdk-grpc-calls' | 'sdk-grpc-workers'>>;

/** Where each call of the client is tried: a call that is nowhere does not compile. */
export const TRIED_OVER_REST = {
  getTopology: 'sdk-rest-calls',
  getLicenseStatus: 'sdk-rest-calls',
  getConfig: 'its own',
  log: 'its own',
  callApiEndpoint: 'sdk-rest-calls',
  deployResources: 'sdk-rest-calls',
  deployResourcesFromFiles: 'sdk-rest-calls',
  deleteResource: 'sdk-rest-calls',
  createProcessInstance: 'sdk-rest-calls',
  createProcessInstanceWithResult: 'sdk-rest-calls',
  cancelProcessInstance: 'sdk-rest-calls',
  modifyProcessInstance: 'sdk-rest-calls',
  migrateProcessInstance: 'sdk-rest-calls',
  updateElementInstanceVariables: 'sdk-rest-calls',
  publishMessage: 'sdk-rest-calls',
  correlateMessage: 'sdk-rest-calls',
  broadcastSignal: 'sdk-rest-calls',
  evaluateDecision: 'sdk-rest-calls',
  activateJobs: 'sdk-rest-workers',
  createJobWorker: 'sdk-rest-workers',
  startWorkers: 'sdk-rest-workers',
  stopWorkers: 'sdk-rest-workers',
  completeJob: 'sdk-rest-calls',
  failJob: 'sdk-rest-calls',
  errorJob: 'sdk-rest-calls',
  updateJob: 'sdk-rest-calls',
  resolveIncident: 'sdk-rest-calls',
  assignTask: 'sdk-rest-calls',
  assignUserTask: 'sdk-rest-calls',
  unassignTask: 'sdk-rest-calls',
  unassignUserTask: 'sdk-rest-calls',
  updateTask: 'a path of its own',
  updateUserTask: 'a path of its own',
  completeUserTask: 'sdk-rest-calls',
  getUserTask: 'sdk-rest-calls',
  searchUserTasks: 'sdk-rest-calls',
  searchUserTaskVariables: 'sdk-rest-calls',
  searchVariables: 'sdk-rest-calls',
  getVariable: 'sdk-rest-calls',
  getProcessDefinition: 'sdk-rest-calls',
  getProcessDefinitionXML: 'sdk-rest-calls',
  searchProcessDefinitions: 'sdk-rest-calls',
  searchProcessInstances: 'sdk-rest-calls',
  searchElementInstances: 'sdk-rest-calls',
  getElementInstance: 'sdk-rest-calls',
  searchIncidents: 'sdk-rest-calls',
  uploadDocument: 'sdk-rest-calls',
  uploadDocuments: 'sdk-rest-calls',
  downloadDocument: 'sdk-rest-calls',
  deleteDocument: 'sdk-rest-calls',
  createDocumentLink: 'a path of its own',
  pinInternalClock: 'sdk-rest-calls',
  resetClock: 'sdk-rest-calls',
  // Nobody signs in here.
  createUser: 'no users',
  searchUsers: 'no users',
  searchUsersForTenant: 'no users',
  modifyAuthorization: 'no users',
} satisfies Readonly<Record<Exclude<keyof CamundaRestClient, 'oAuthProvider'>, string>>;
