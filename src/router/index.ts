export {
  bindingsOf,
  definedOf,
  durationMs,
  type ElementListener,
  EVENT_PROPERTIES,
  type EventUse,
  longestLife,
  type ModelBindings,
} from './bindings.ts';
export {
  type DataSettings,
  DEFAULT_DATA,
  documentOf,
  documentText,
  innerJsonText,
  type VariablesOrReason,
  variablesOf,
} from './data.ts';
export {
  type AnswerStatus,
  type FailureMapping,
  type FailureVerdict,
  mappedTypes,
  verdictOnStatus,
} from './failure-mapping.ts';
export {
  FATE_KINDS,
  type Fate,
  type KeptFate,
  messageUse,
  type NearMiss,
  nobodyWaits,
  type Publication,
  publicationOf,
  showFate,
  tellFate,
  wholeFate,
} from './fate.ts';
export { type Formula, formulaOf, keyFormulaOf } from './formula.ts';
export {
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
  type Audience,
  correlationKeyOf,
  type Listener,
  type MessagePlan,
  messageIdOf,
  planMessages,
} from './message-plan.ts';
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
export { namesJobBySubject } from './replies.ts';
export type { EventRule, StartTarget } from './rules.ts';
export { type KnownTrace, traceOf, traceOfJob } from './trace.ts';
export {
  isWatchOnly,
  WATCH_ONLY_PROPERTY,
  type Watching,
  watchedTypeOf,
  watchedTypesOf,
  watchingOf,
} from './watch.ts';
