import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CheckpointThread } from '../store/checkpoint-thread.ts';
import { drain } from '../threads/drain.ts';
import { giveBackAfterStart } from '../threads/give-back.ts';
import { errorToData, StartFailedError } from './errors.ts';
import { WriterHost } from './host.ts';
import { loadParts } from './inline.ts';
import { openWriter } from './open-writer.ts';
import type { WriterOptions } from './options.ts';
import type { FromWriter, ToWriter } from './protocol.ts';
import { post } from './sync/crossing.ts';
import type { Numbered } from './sync/protocol.ts';
import { SyncThread } from './sync/sync-thread.ts';
import { Teller } from './sync/teller.ts';

// The writer's thread. Loaded by `thread.ts` only; it starts at once, as a thread's first module must.

/** What the writer's thread is started with. */
export interface WriterWorkerData {
  readonly options: WriterOptions;
  /** For the thread that syncs behind the writer. */
  readonly out: MessagePort;
}

if (parentPort === null) throw new StartFailedError('worker.ts runs as a thread of startRuntime only.');
const port = parentPort;
const say = (numbered: Numbered): void => post(port, numbered);

try {
  const { options, out } = workerData as WriterWorkerData;
  const atOnce = (message: FromWriter): void => say({ number: 0, message });
  const { core, folder } = openWriter(options, await loadParts(options), {
    log: (entry) => atOnce({ type: 'log', entry }),
    monotonic: () => performance.now(),
    systemTime: Date.now,
    syncLater: true,
  });
  const checkpointer = new CheckpointThread(folder.db.path);
  folder.checkpoints.workBehind(checkpointer);
  const syncer = new SyncThread(folder.db.walPath, out, (messages, error) => {
    teller.lost(messages, error);
    host.wake();
  });
  const teller = new Teller({
    behindMs: options.syncBehindMs ?? 1,
    say,
    thread: syncer,
    sync: () => folder.db.syncHere(),
    waiting: () => {
      drain(port, receive);
      return core.queued;
    },
    notSynced: (outcome, error) => core.notSynced(outcome, error),
  });
  const host = new WriterHost(
    core,
    (message) => teller.tell(message),
    () => {
      void Promise.all([checkpointer.close(), syncer.close()]).then(() => {
        folder.close();
        // Not by closing the port: a thread of the read model was seen to wait for ever after that.
        process.exit();
      });
    },
  );
  const receive = (message: ToWriter): void => host.receive(message);
  atOnce({ type: 'started', status: core.status() });
  port.on('message', receive);
  giveBackAfterStart();
} catch (error) {
  say({ number: 0, message: { type: 'failed', error: errorToData(error) } });
}
