import { DataFolder } from '../store/folder.ts';
import { WriterClock } from './clock.ts';
import { activateModule } from './kinds/activate.ts';
import { clockModule } from './kinds/clock.ts';
import { commandModule } from './kinds/command.ts';
import { pruneModule } from './kinds/prune.ts';
import { resultModule } from './kinds/result.ts';
import type { WriterOptions } from './options.ts';
import type { WriterParts } from './parts.ts';
import { WriterCore } from './writer-core.ts';
import type { WriterCoreOptions } from './writer-core-options.ts';

/** What a writer takes from its surroundings, so that tests can replace it. */
export interface WriterEnvironment extends Pick<WriterCoreOptions, 'log' | 'monotonic' | 'faults'> {
  /** Epoch ms of the system. */
  readonly systemTime: () => number;
  /** Whoever drives the writer syncs what it has committed, by `folder.db.sync()`. @defaultValue false */
  readonly syncLater?: boolean;
}

export interface OpenWriter {
  readonly core: WriterCore;
  readonly folder: DataFolder;
}

/**
 * Opens the data folder and puts a writer on it; close the folder when the writer is done. For benches and tests that
 * drive a {@link WriterCore} by hand; surfaces use `startRuntime`. Throws what `DataFolder.open` throws.
 */
export function openWriter(
  options: WriterOptions,
  parts: WriterParts,
  environment: WriterEnvironment,
): OpenWriter {
  const { data, cacheBytes, pageCacheBytes, checkpoints, limits } = options;
  const migrations = parts.modules.flatMap((module) => module.migrations ?? []);
  const folder = DataFolder.open(data, {
    tables: [...parts.tables, ...parts.modules.flatMap(({ tables }) => tables ?? [])],
    migrations,
    syncLater: environment.syncLater ?? false,
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
    ...(pageCacheBytes === undefined ? {} : { pageCacheBytes }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
  try {
    const clock = new WriterClock(
      { system: environment.systemTime, controllable: options.clock === 'controllable' },
      Math.max(folder.kv.number('time') ?? 0, folder.journal.time() ?? 0),
    );
    const core = new WriterCore({
      folder,
      engine: parts.engine,
      modules: [
        ...parts.modules,
        commandModule(),
        resultModule(),
        activateModule(parts.reservedJobTypes),
        pruneModule(),
        clockModule(clock),
      ],
      clock,
      log: environment.log,
      monotonic: environment.monotonic,
      faults: environment.faults,
      ...(limits === undefined ? {} : { limits }),
    });
    return { core, folder };
  } catch (error) {
    folder.close();
    throw error;
  }
}
