export { type EventedRuntime, type EventSideOptions, startWithEvents } from './event-side.ts';
export type { Events } from './events.ts';
export { type EventsModuleOptions, eventModules } from './module.ts';
export type { ResendOutcome, RouteAgainOutcome } from './requests.ts';
export type { RouterTables } from './router-tables.ts';
export type { EventTypeSettings } from './rules.ts';
export { defaultEventsSettings, type EventsSettings } from './settings.ts';
export type { StartMapping } from './start-mappings.ts';
export type { OpenWait, WaitQuery } from './wait-list.ts';
