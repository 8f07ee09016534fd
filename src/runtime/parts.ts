import { randomInt, randomUUID } from 'node:crypto';
import { createEngine } from '../engine/create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { TABLES } from '../engine/state/tables.ts';
import type { AnyTable } from '../store/state-table.ts';
import { batchModule } from './batches/module.ts';
import { defaultEventsSettings, type EventsSettings, eventModules } from './events/index.ts';
import type { WriterModule } from './module.ts';

/** What a writer is made of, beside the request kinds that every runtime has. */
export interface WriterParts {
  readonly engine: Engine;
  readonly tables: readonly AnyTable[];
  /** Called before the runtime's own modules. */
  readonly modules: readonly WriterModule[];
  /** Job types that a module serves inside the writer: never handed out to clients. */
  readonly reservedJobTypes?: readonly string[];
}

/**
 * Exported under this name by every module that `WriterOptions.parts` may name.
 * `options` is `WriterOptions.partsOptions`, unchecked.
 */
export type CreateParts = (options: unknown) => WriterParts;

/** What the product's own {@link createParts} takes. */
export interface ProductOptions {
  readonly events?: Partial<EventsSettings>;
}

/** The most that `randomInt` takes. */
const RANDOM_STEPS = 2 ** 48 - 1;

/** The product's engine and modules. */
export const createParts: CreateParts = (options) => {
  const { events = {} } = (options ?? {}) as ProductOptions;
  return {
    engine: createEngine({ random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS }),
    tables: TABLES,
    modules: [
      ...eventModules({
        settings: events,
        chance: Math.random,
        newEngineId: () => `tutti-${randomUUID()}`,
      }),
      batchModule(),
    ],
    reservedJobTypes: events.jobTypes ?? defaultEventsSettings.jobTypes,
  };
};
