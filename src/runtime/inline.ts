import { CheckpointThread } from '../store/checkpoint-thread.ts';
import { type DurableRuntime, RuntimeClient } from './client.ts';
import { WriterHost } from './host.ts';
import { openWriter } from './open-writer.ts';
import type { RuntimeOptions } from './options.ts';
import type { CreateParts, WriterParts } from './parts.ts';
import type { FromWriter } from './protocol.ts';

export interface InlineOptions extends RuntimeOptions {
  /** Engine and modules as objects, instead of a module's URL in `parts`. */
  readonly writer?: WriterParts;
  /** Writes the WAL back on a thread of its own, as servers want it. @defaultValue false */
  readonly checkpointThread?: boolean;
  /** See `WriterCoreOptions.faults`. */
  readonly faults?: () => void;
  /** Called before each sync; what it throws is taken for a failure of the disk. For tests. */
  readonly syncFaults?: () => void;
}

/**
 * The runtime with its writer on the caller's thread: the same code as {@link startRuntime} without the crossing.
 * Syncs go on beside it, so a slow disk does not block the thread. Throws what `DataFolder.open` throws.
 */
export async function startInlineRuntime(options: InlineOptions): Promise<DurableRuntime> {
  const parts = options.writer ?? (await loadParts(options));
  let client: RuntimeClient | undefined;
  const emit = (message: FromWriter): void => client?.receive(message);
  const { core, folder } = openWriter(options, parts, {
    log: (entry) => options.log?.(entry),
    monotonic: () => performance.now(),
    systemTime: options.systemTime ?? Date.now,
    faults: options.faults,
    syncLater: true,
  });
  const checkpointer = options.checkpointThread ? new CheckpointThread(folder.db.path) : undefined;
  if (checkpointer) folder.checkpoints.workBehind(checkpointer);
  const ended = Promise.withResolvers<void>();
  const release = async (): Promise<void> => {
    await checkpointer?.close();
    folder.close();
    ended.resolve();
  };
  const host = new WriterHost(
    core,
    emit,
    () => void release(),
    async () => {
      options.syncFaults?.();
      await folder.db.sync();
    },
  );
  client = new RuntimeClient(
    { send: (message) => host.receive(message), ended: () => ended.promise },
    core.status(),
    options,
  );
  return client;
}

/** Loads engine and modules as the options name them. */
export async function loadParts(options: {
  readonly parts?: string;
  readonly partsOptions?: unknown;
}): Promise<WriterParts> {
  const module = (await import(options.parts ?? new URL(`./parts${extension()}`, import.meta.url).href)) as {
    readonly createParts: CreateParts;
  };
  return module.createParts(options.partsOptions);
}

/** `.ts` where the source runs, `.js` where it was compiled. */
export function extension(): string {
  return import.meta.url.endsWith('.ts') ? '.ts' : '.js';
}
