export { CloudEventError } from '../cloudevents/index.ts';
export {
  type AcceptedEvent,
  type ClientOptions,
  type DeployedProcess,
  type Deployment,
  type MessageOptions,
  type NewSubscription,
  type Resource,
  type ResultOptions,
  type StartedInstance,
  type StartOptions,
  TuttiClient,
} from './client.ts';
export { type Event, fromCloudEvent, type NewEvent, toCloudEvent } from './event.ts';
export { type EventHandler, EventRefusal } from './event-handler.ts';
export type { FollowedEvent, FollowOptions } from './follow.ts';
export { TuttiError } from './http.ts';
export {
  BpmnError,
  type FailureOptions,
  type Job,
  JobFailure,
  type JobHandler,
  type Variables,
} from './job.ts';
export {
  type AdHocSubProcessResult,
  JobCompletion,
  type JobKind,
  type JobResult,
  type ListenerEventType,
  type ListenerUserTask,
  type UserTaskCorrections,
  type UserTaskResult,
} from './job-result.ts';
export { nodeListener } from './node-listener.ts';
export { type Receive, type ReceiveOptions, receiveEvents } from './receive.ts';
export { isSigned, type SignedMessage } from './signature.ts';
export type { Worker, WorkerOptions } from './worker.ts';
