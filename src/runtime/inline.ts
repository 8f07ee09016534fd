import { type DurableRuntime, RuntimeClient } from './client.ts';
import { WriterHost } from './host.ts';
import { openWriter } from './open-writer.ts';
import type { RuntimeOptions } from './options.ts';
import type { CreateParts, WriterParts } from './parts.ts';
import type { FromWriter } from './protocol.ts';

export interface InlineOptions extends RuntimeOptions {
  /** Engine and modules as objects, instead of a module's URL in `parts`. */
  readonly writer?: WriterParts;
  /** See `WriterCoreOptions.faults`. */
  readonly faults?: () => void;
}

/**
 * The runtime with its writer on the caller's thread: the same code as {@link startRuntime} without the crossing.
 * For tests and `tutti/testing`; a slow disk blocks the thread. Throws what `DataFolder.open` throws.
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
  });
  const ended = Promise.withResolvers<void>();
  const host = new WriterHost(core, emit, () => {
    folder.close();
    ended.resolve();
  });
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
