import { parentPort, workerData } from 'node:worker_threads';
import { Database } from './database.ts';

// The thread of `checkpoint-thread.ts`.

const db = new Database(String(workerData), { pageCacheBytes: 1024 * 1024 });
parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    db.close();
    process.exit();
  }
  try {
    db.checkpoint();
  } catch {
    // What it could not do, the writer will try and report.
  }
  parentPort?.postMessage('done');
});
