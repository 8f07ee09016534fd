import { DeadLetters, Deliveries, EventLog, Subscriptions } from '../../broker/index.ts';
import type { Database } from '../../store/database.ts';
import { EarlyReplies } from './early-replies.ts';
import { MessageEvents } from './message-events.ts';
import type { EventsSettings } from './settings.ts';
import { Waits } from './waits.ts';
import { Watch } from './watch.ts';

/** All tables of the event side, on the writer's connection. */
export interface EventStores {
  readonly log: EventLog;
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
  readonly deadLetters: DeadLetters;
  readonly waits: Waits;
  readonly earlyReplies: EarlyReplies;
  readonly messages: MessageEvents;
  readonly watch: Watch;
}

export function openStores(db: Database, settings: EventsSettings, chance: () => number): EventStores {
  const reuseIdSources = new Set(settings.reuseIdSources);
  const earlyReplies = new EarlyReplies(db);
  return {
    log: new EventLog(db, {
      windowMs: settings.windowMs,
      reuseIds: (source) => reuseIdSources.has(source),
    }),
    subscriptions: new Subscriptions(db),
    deliveries: new Deliveries(db, chance, settings.retry),
    deadLetters: new DeadLetters(db),
    waits: new Waits(db),
    earlyReplies,
    messages: new MessageEvents(db),
    watch: new Watch(db, earlyReplies),
  };
}
