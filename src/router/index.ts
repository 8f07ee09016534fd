export { bindingsOf, type ModelBindings, TIME_TO_LIVE_PROPERTY } from './bindings.ts';
export { documentOf, documentText, type VariablesOrReason, variablesOf } from './data.ts';
export { type Fate, fatesOfMessage, messageUse, type NearMiss, tellFate } from './fate.ts';
export {
  correlationKeyOf,
  type IncomingSettings,
  type RouterView,
  type Routing,
  route,
  type WaitingJob,
} from './incoming.ts';
export { type HeadersOrReason, type JobHeaders, type Mode, readJobHeaders } from './job-headers.ts';
export {
  eventOfJob,
  jobEventId,
  type Outgoing,
  type OutgoingOrReason,
  type OutgoingSettings,
  type RouterJob,
} from './outgoing.ts';
export {
  isWatchOnly,
  WATCH_ONLY_PROPERTY,
  type Watching,
  watchedTypeOf,
  watchedTypesOf,
  watchingOf,
} from './watch.ts';
