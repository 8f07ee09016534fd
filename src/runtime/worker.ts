import { parentPort, workerData } from 'node:worker_threads';
import { CheckpointThread } from '../store/checkpoint-thread.ts';
import { giveBackAfterStart } from '../threads/give-back.ts';
import { errorToData, InternalError, StartFailedError, textOf } from './errors.ts';
import { WriterHost } from './host.ts';
import { loadParts } from './inline.ts';
import { openWriter } from './open-writer.ts';
import type { WriterOptions } from './options.ts';
import type { FromWriter, Reply, ToWriter } from './protocol.ts';

// The writer's thread. Loaded by `thread.ts` only; it starts at once, as a thread's first module must.

if (parentPort === null) throw new StartFailedError('worker.ts runs as a thread of startRuntime only.');
const port = parentPort;

function tell(message: FromWriter): void {
  try {
    port.postMessage(message);
  } catch (error) {
    if (message.type !== 'outcome') throw error;
    // A value that cannot cross to the other thread is a mistake of its handler, and fails its own caller only.
    const { outcome } = message;
    const replies = outcome.replies.map((reply) => (crosses(reply) ? reply : failed(reply, error)));
    port.postMessage({
      type: 'outcome',
      outcome: { ...outcome, replies, pushes: outcome.pushes.filter(crosses) },
    });
  }
}

function crosses(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function failed({ id }: Reply, cause: unknown): Reply {
  return {
    id,
    ok: false,
    error: errorToData(new InternalError(`The answer cannot be sent: ${textOf(cause)}`)),
  };
}

try {
  const options = workerData as WriterOptions;
  const { core, folder } = openWriter(options, await loadParts(options), {
    log: (entry) => tell({ type: 'log', entry }),
    monotonic: () => performance.now(),
    systemTime: Date.now,
  });
  const checkpointer = new CheckpointThread(folder.db.path);
  folder.checkpoints.workBehind(checkpointer);
  const host = new WriterHost(core, tell, () => {
    void checkpointer.close().then(() => {
      folder.close();
      // Not by closing the port: a thread of the read model was seen to wait for ever after that.
      process.exit();
    });
  });
  tell({ type: 'started', status: core.status() });
  port.on('message', (message: ToWriter) => host.receive(message));
  giveBackAfterStart();
} catch (error) {
  tell({ type: 'failed', error: errorToData(error) });
}
