import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Steps of niceness: beside another thread that wants the same core, this one gets a quarter of it. */
const STEPS = 5;

/**
 * Lets other threads go before this one where cores are few, as Linux can: for work whose result nobody waits for. It
 * still gets its share, so that it does not fall behind for ever.
 */
export function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    // As `PID/task/TID`; a priority is that of one thread.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, getPriority(thread) + STEPS);
  } catch {
    // Without `/proc`, or where it is not allowed, all are alike.
  }
}
