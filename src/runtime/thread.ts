import { MessageChannel, Worker } from 'node:worker_threads';
import { drain } from '../threads/drain.ts';
import { type DurableRuntime, RuntimeClient } from './client.ts';
import { errorFromData, StartFailedError } from './errors.ts';
import { extension } from './inline.ts';
import type { RuntimeOptions, WriterOptions } from './options.ts';
import type { FromWriter } from './protocol.ts';
import { InOrder } from './sync/in-order.ts';
import type { Numbered } from './sync/protocol.ts';
import type { WriterWorkerData } from './worker.ts';

/**
 * Opens a data folder and starts its writer in a thread of its own. Resolves when it takes requests; rejects with
 * `FolderLockedError`, `FolderTooNewError`, `DiskFailedError`, or `StartFailedError`. Call `close()` in the end.
 */
export function startRuntime(options: RuntimeOptions): Promise<DurableRuntime> {
  // The second way to here, for what is told by the thread that syncs behind the writer.
  const { port1: behind, port2: out } = new MessageChannel();
  const worker = new Worker(new URL(`./worker${extension()}`, import.meta.url), {
    workerData: { options: writerOptions(options), out } satisfies WriterWorkerData,
    transferList: [out],
    name: 'tutti-writer',
    // Half of the standard: what a transaction leaves behind dies young.
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
    // `--input-type` is about the text the process was started with, and refused for a thread's file.
    ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
  });
  const started = Promise.withResolvers<DurableRuntime>();
  const ended = Promise.withResolvers<void>();
  let client: RuntimeClient | undefined;
  let failure: string | undefined;
  const told = new InOrder((message: FromWriter) => {
    switch (message.type) {
      case 'started':
        client = new RuntimeClient(
          { send: (to) => worker.postMessage(to), ended: () => ended.promise },
          message.status,
          options,
        );
        started.resolve(client);
        return;
      case 'failed':
        started.reject(errorFromData(message.error, options.errorClasses));
        return;
      case 'log':
        options.log?.(message.entry);
        return;
      case 'outcome':
      case 'closed':
        client?.receive(message);
        return;
    }
  });
  const take = (numbered: Numbered): void => told.add(numbered);
  worker.on('message', take);
  behind.on('message', take);
  // The writer's thread keeps the process alive.
  behind.unref();
  worker.on('error', (error) => {
    failure = `the writer ended with an error: ${error instanceof Error ? error.message : String(error)}`;
    started.reject(new StartFailedError(failure, { cause: error }));
  });
  worker.on('exit', () => {
    drain(behind, take);
    behind.close();
    started.reject(new StartFailedError('The writer ended before it had started.'));
    client?.lost(failure ?? 'the runtime has stopped');
    ended.resolve();
  });
  return started.promise;
}

/** The part of the options that can cross to the thread: no functions. */
function writerOptions(options: RuntimeOptions): WriterOptions {
  const { onPush, onCommit, log, systemTime, errorClasses, ...rest } = options;
  return rest;
}
