import type { CheckpointOptions } from '../store/checkpoints.ts';
import type { WriterLimits } from './limits.ts';
import type { CommitSample, LogEntry, Push } from './protocol.ts';

/** What the writer needs; crosses to its thread, so data only. */
export interface WriterOptions {
  /** Data folder; created if it is missing. */
  readonly data: string;
  /** `controllable` allows `setClock`; for tests and demonstrations only. @defaultValue 'system' */
  readonly clock?: 'system' | 'controllable';
  readonly limits?: Partial<WriterLimits>;
  /** Bytes of the engine's rows kept in memory. @defaultValue 64 MiB */
  readonly cacheBytes?: number;
  /** Bytes of database pages kept in memory. @defaultValue 32 MiB */
  readonly pageCacheBytes?: number;
  readonly checkpoints?: CheckpointOptions;
  /**
   * On a thread of its own, the writer has a transaction synced behind its back if what waits will take so many ms.
   * @defaultValue 1
   */
  readonly syncBehindMs?: number;
  /**
   * URL of an ES module that exports `createParts` (see `parts.ts`): engine and modules of the writer.
   * @defaultValue the product's own
   */
  readonly parts?: string;
  /** Handed to `createParts`; structured clone must be able to copy it. */
  readonly partsOptions?: unknown;
}

/** What the surfaces' side needs. */
export interface ClientOptions {
  /** Requests under way at which new events and instances are refused. @defaultValue 10,000 */
  readonly queueLimit?: number;
  /** What refused callers are told to wait, ms. @defaultValue 1000 */
  readonly retryAfterMs?: number;
  /** How long an answer that task listeners hold back is waited for, ms. @defaultValue 10,000 */
  readonly heldBackMs?: number;
  /** Epoch ms of the system, as the writer's clock has it. @defaultValue Date.now */
  readonly systemTime?: () => number;
  /** Data that modules push, such as deliveries that are due; called in order, after the commit. */
  readonly onPush?: (push: Push) => void;
  /** After each transaction that wrote, for metrics. */
  readonly onCommit?: (sample: CommitSample) => void;
  readonly log?: (entry: LogEntry) => void;
  /** Error classes of modules, so that their errors arrive as instances of them. */
  readonly errorClasses?: readonly { readonly name: string; readonly prototype: object }[];
}

export type RuntimeOptions = WriterOptions & ClientOptions;
