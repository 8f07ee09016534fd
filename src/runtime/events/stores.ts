import { DeadLetters, Deliveries, EventLog, Subscriptions } from '../../broker/index.ts';
import type { Database } from '../../store/database.ts';
import { Confirmations } from './confirmations.ts';
import { EarlyReplies } from './early-replies.ts';
import type { EventsSettings } from './settings.ts';
import { StartMappings } from './start-mappings.ts';
import { Waits } from './waits.ts';
import { Watch } from './watch.ts';

/** All tables of the event side, on the writer's connection. */
export interface EventStores {
  readonly log: EventLog;
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
  readonly deadLetters: DeadLetters;
  readonly waits: Waits;
  readonly confirmations: Confirmations;
  readonly earlyReplies: EarlyReplies;
  readonly startMappings: StartMappings;
  readonly watch: Watch;
}

export function openStores(db: Database, settings: EventsSettings, chance: () => number): EventStores {
  const reuseIdSources = new Set(settings.reuseIdSources);
  const waits = new Waits(db);
  const earlyReplies = new EarlyReplies(db);
  return {
    log: new EventLog(db, {
      windowMs: settings.windowMs,
      reuseIds: (source) => reuseIdSources.has(source),
    }),
    subscriptions: new Subscriptions(db),
    deliveries: new Deliveries(db, chance, settings.retry, settings.deadLetterSink),
    deadLetters: new DeadLetters(db),
    waits,
    confirmations: new Confirmations(db, waits),
    earlyReplies,
    startMappings: new StartMappings(db),
    watch: new Watch(db, earlyReplies),
  };
}
