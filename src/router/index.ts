export { bindingsOf, type ModelBindings, TIME_TO_LIVE_PROPERTY } from './bindings.ts';
export { documentOf, documentText, type VariablesOrReason, variablesOf } from './data.ts';
export {
  type AnswerStatus,
  type FailureMapping,
  type FailureVerdict,
  mappedTypes,
  verdictOnStatus,
} from './failure-mapping.ts';
export { type Fate, fatesOfMessage, messageUse, type NearMiss, tellFate } from './fate.ts';
export {
  correlationKeyOf,
  type IncomingSettings,
  type RouterView,
  type Routing,
  route,
  type WaitingJob,
} from './incoming.ts';
export {
  type HeadersOrReason,
  JOB_HEADER_NAMES,
  type JobHeaders,
  type Mode,
  readJobHeaders,
} from './job-headers.ts';
export { type JobPlan, JobPlans, type PlanOrReason, planOf } from './job-plan.ts';
export {
  eventOfJob,
  isEventOfJob,
  jobEventId,
  type Outgoing,
  type OutgoingOrReason,
  type OutgoingSettings,
  type RouterJob,
  type Trace,
  type Wait,
} from './outgoing.ts';
