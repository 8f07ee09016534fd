import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { drain } from '../../threads/drain.ts';
import { textOf } from '../errors.ts';
import { GIVEN, type Numbered, READY, type SyncWorkerData, TOLD } from './protocol.ts';
import { withSync } from './sync-time.ts';

// The thread of `sync-thread.ts`. It has no event loop: it sleeps until something is given, which wakes it sooner.

const { shared, given, out, file } = workerData as SyncWorkerData;

try {
  const descriptor = openSync(file, 'r+');
  Atomics.store(shared, READY, 1);
  let seen = 0;
  for (let open = true; open; ) {
    Atomics.wait(shared, GIVEN, seen);
    seen = Atomics.load(shared, GIVEN);
    const messages: Numbered[] = [];
    drain(given, (message: Numbered | 'close') => {
      if (message === 'close') open = false;
      else messages.push(message);
    });
    if (messages.length === 0) continue;
    const started = performance.now();
    fdatasyncSync(descriptor);
    const ms = performance.now() - started;
    for (const { number, message } of messages) out.postMessage({ number, message: withSync(message, ms) });
    Atomics.add(shared, TOLD, messages.length);
  }
  closeSync(descriptor);
} catch (error) {
  parentPort?.postMessage(textOf(error));
}
process.exit();
