export { type EventedRuntime, type EventSideOptions, startWithEvents } from './event-side.ts';
export type { DeadLetterSelection, Events } from './events.ts';
export { type EventsModuleOptions, eventModules } from './module.ts';
export type { CorrectOutcome, ResendCounts, ResendOutcome, RouteAgainOutcome } from './requests.ts';
export { defaultEventsSettings, type EventsSettings } from './settings.ts';
