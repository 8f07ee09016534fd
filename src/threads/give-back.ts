import { Session } from 'node:inspector/promises';

const PAUSE_MS = 500;

/**
 * Gives back to the system what the start of this thread used: half a second later all garbage is collected at once,
 * which blocks the thread for some 50 ms. Without it the heap stays as large as loading made it until load comes.
 */
export function giveBackAfterStart(): void {
  setTimeout(() => void collect(), PAUSE_MS).unref();
}

async function collect(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
