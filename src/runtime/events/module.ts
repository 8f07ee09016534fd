import { brokerMigrations, Targets, targetSettings } from '../../broker/index.ts';
import type { Database } from '../../store/database.ts';
import type { AnyTable } from '../../store/state-table.ts';
import { routerMigrations } from '../migrations.ts';
import type { WriterModule } from '../module.ts';
import { EventsCore } from './core.ts';
import { eventHandlers } from './handlers.ts';
import { INSTANCE_TRACES } from './instance-traces.ts';
import { MESSAGE_EVENTS } from './message-events.ts';
import { routerTableHandlers } from './router-tables.ts';
import { defaultEventsSettings, type EventsSettings } from './settings.ts';

export interface EventsModuleOptions {
  readonly settings?: Partial<EventsSettings>;
  /** From 0 (inclusive) to 1, for the jitter of retries. */
  readonly chance: () => number;
  /** A text that is unlike in every data folder; asked once, when the folder is new. */
  readonly newEngineId: () => string;
  /** Which addresses events may be sent to. @defaultValue what the settings say */
  readonly targets?: Targets;
}

/**
 * The event side of the writer, as two modules that must be listed together: event log, subscriptions and deliveries
 * (`broker`), and the router with its waiting jobs (`router`).
 * @throws TargetSettingError for host maps and targets that cannot be read
 */
export function eventModules(options: EventsModuleOptions): readonly WriterModule[] {
  const settings = { ...defaultEventsSettings, ...options.settings };
  const targets = options.targets ?? new Targets(targetSettings(settings.hostMap, settings.allowTargets));
  let core: EventsCore | undefined;
  const running = (): EventsCore => {
    if (!core) throw new TypeError('the event modules were not started');
    return core;
  };
  return [
    { name: 'broker', migrations: brokerMigrations() },
    {
      name: 'router',
      migrations: routerMigrations(),
      tables: [MESSAGE_EVENTS, INSTANCE_TRACES] as unknown as readonly AnyTable[],
      handlers: [...eventHandlers(running), ...routerTableHandlers(running)],
      onStart: (db) => {
        const engineId = engineIdOf(db, options.newEngineId);
        core = new EventsCore({ db, settings, targets, engineId, chance: options.chance });
      },
      onRecords: (records, tx) => running().onRecords(records, tx),
      runDue: (tx) => running().runDue(tx),
      nextDue: () => running().nextDue(),
      beforeCommit: (tx) => running().beforeCommit(tx),
      onFailure: () => running().onFailure(),
    },
  ];
}

function engineIdOf(db: Database, newId: () => string): string {
  const known = db.get<{ engine_id: string }>('SELECT engine_id FROM router_identity');
  if (known) return known.engine_id;
  const id = newId();
  db.run('INSERT INTO router_identity (only_row, engine_id) VALUES (1, ?)', id);
  return id;
}
