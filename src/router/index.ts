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
  FATE_KINDS,
  type Fate,
  messageUse,
  type NearMiss,
  nobodyWaits,
  type Publication,
  publicationOf,
  tellFate,
} from './fate.ts';
export { type Formula, formulaOf, keyFormulaOf } from './formula.ts';
export {
  ERROR_CODE_EXTENSION,
  type IncomingSettings,
  type RouterView,
  type Routing,
  route,
  type WaitingJob,
} from './incoming.ts';
export { type HeadersOrReason, type JobHeaders, type Mode, readJobHeaders } from './job-headers.ts';
export {
  type Audience,
  correlationKeyOf,
  type Listener,
  type MessagePlan,
  planMessages,
} from './message-plan.ts';
export {
  eventOfJob,
  jobEventId,
  type Outgoing,
  type OutgoingOrReason,
  type OutgoingSettings,
  type RouterJob,
} from './outgoing.ts';
export type { EventRule, StartTarget } from './rules.ts';
