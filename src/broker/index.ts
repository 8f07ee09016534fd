export { completeSecrets } from './complete-secrets.ts';
export {
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterQuery,
  DeadLetters,
  lastDeadLetter,
  type ResponseHead,
  readDeadLetter,
  readDeadLetterIds,
  readDeadLetters,
} from './dead-letters.ts';
export { Deliverer, type DelivererOptions, type DeliveryResult } from './deliverer.ts';
export { type Attempt, Deliveries, type DeliveryRow, NOT_YET, type Settled } from './deliveries.ts';
export { type DeliverySettings, storedDeliverySettings, type WebhookSettings } from './delivery-settings.ts';
export { EventLog, type EventLogSettings } from './event-log.ts';
export type { EventPage, EventQuery, EventSummary } from './event-query.ts';
export { findEvent, searchEvents } from './event-search.ts';
export { type EventStory, type OpenDelivery, readStory } from './event-story.ts';
export type { ConsentResult } from './handshakes.ts';
export { type Lane, laneOf, laneText } from './lane.ts';
export type { Appended, FateAt, FateEntry, LoggedEvent, Origin, Trace } from './logged-event.ts';
export { brokerMigrations } from './migrations.ts';
export { Pace } from './pace.ts';
export { type PackedEvents, packEvents, unpackEvents } from './packed-events.ts';
export type { PostSettings } from './post.ts';
export { backOff, defaultRetry, type RetrySettings, retryAfterMs, type Verdict, verdictOn } from './retry.ts';
export { type NumberedSource, type Place as SequencePlace, readNumberedSources } from './source-sequences.ts';
export {
  parseSubscription,
  type Subscription,
  type SubscriptionBody,
  SubscriptionError,
  type SubscriptionRequest,
} from './subscription.ts';
export {
  type KeptSubscription,
  type NewSubscription,
  readKept,
  readSubscription,
  readSubscriptions,
  Subscriptions,
  shownSubscription,
} from './subscriptions.ts';
export {
  type HostMapping,
  type Place,
  type TargetOrReason,
  TargetSettingError,
  type TargetSettings,
  Targets,
  targetSettings,
} from './targets.ts';
export { consentOfCallback, type StoredWebhook, type WebhookState } from './webhook.ts';
