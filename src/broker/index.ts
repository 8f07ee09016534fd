export {
  type DeadLetter,
  type DeadLetterQuery,
  DeadLetters,
  type ResponseHead,
  readDeadLetters,
} from './dead-letters.ts';
export { Deliverer, type DelivererOptions, type DeliveryResult } from './deliverer.ts';
export { type Attempt, Deliveries, type DeliveryRow, type Settled } from './deliveries.ts';
export {
  type Appended,
  EventLog,
  type EventLogSettings,
  type FateEntry,
  type LoggedEvent,
  type Origin,
} from './event-log.ts';
export {
  type EventQuery,
  type EventStory,
  type EventSummary,
  type FateAt,
  findEvent,
  type OpenDelivery,
  readStory,
  searchEvents,
} from './event-search.ts';
export { type Lane, laneOf, laneText } from './lane.ts';
export { brokerMigrations } from './migrations.ts';
export type { PostSettings } from './post.ts';
export { backOff, defaultRetry, type RetrySettings, retryAfterMs, type Verdict, verdictOn } from './retry.ts';
export {
  parseSubscription,
  type Subscription,
  type SubscriptionBody,
  SubscriptionError,
} from './subscription.ts';
export { readSubscription, readSubscriptions, Subscriptions } from './subscriptions.ts';
export {
  type HostMapping,
  type Place,
  type TargetOrReason,
  TargetSettingError,
  type TargetSettings,
  Targets,
  targetSettings,
} from './targets.ts';
