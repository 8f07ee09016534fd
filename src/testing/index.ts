export type { Event, NewEvent } from '../client/event.ts';
export { type EventHandler, EventRefusal } from '../client/event-handler.ts';
export {
  BpmnError,
  type FailureOptions,
  type Job,
  JobFailure,
  type JobHandler,
  type Variables,
} from '../client/job.ts';
export {
  type AdHocSubProcessResult,
  JobCompletion,
  type JobKind,
  type JobResult,
  type ListenerEventType,
  type ListenerUserTask,
  type UserTaskCorrections,
  type UserTaskResult,
} from '../client/job-result.ts';
export { NoRestError, RejectedCommandError, TestEngineError } from './engine/errors.ts';
export type { ExpectedEvent, ExpectedIncident } from './engine/expectation.ts';
export type { TestInstance } from './engine/instance.ts';
export type { TestJob } from './engine/job.ts';
export type { SentEvent } from './engine/receiver.ts';
export type { TestResource } from './engine/resources.ts';
export {
  type EvaluatedDecision,
  type PublishedEvent,
  type StartInstanceOptions,
  startTestEngine,
  type TestEngine,
  type TestEngineOptions,
} from './engine/test-engine.ts';
export type { TestUserTask } from './engine/user-task.ts';
