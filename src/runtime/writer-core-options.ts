import type { Engine } from '../engine/engine.ts';
import type { DataFolder } from '../store/folder.ts';
import type { WriterClock } from './clock.ts';
import type { WriterLimits } from './limits.ts';
import type { WriterModule } from './module.ts';
import type { LogEntry } from './protocol.ts';

export interface WriterCoreOptions {
  readonly folder: DataFolder;
  readonly engine: Engine;
  readonly modules: readonly WriterModule[];
  readonly clock: WriterClock;
  /** ms of a clock that only runs forward, for measuring and for back-off, such as `performance.now`. */
  readonly monotonic: () => number;
  readonly log: (entry: LogEntry) => void;
  readonly limits?: Partial<WriterLimits>;
  /** Called just before each commit and probe; what it throws is taken for a failure of the disk. For tests. */
  readonly faults?: (() => void) | undefined;
}
