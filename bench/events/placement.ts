import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/**
 * Keeps the main thread of a server on one core and this process, the load, on another; all other threads go where the system
 * lets them. Left alone, Linux wakes the load on the core of the server that has just answered it: there the two take turns,
 * though another core is idle. Answers how to let go. Throws where there is no `taskset`.
 */
export function keepApart(server: number): () => void {
  taskset('--pid', '0', String(server));
  place('1');
  return () => place(`0-${cpus().length - 1}`);
}

/** All threads of this process. */
function place(cores: string): void {
  taskset('--all-tasks', '--pid', cores, String(process.pid));
}

function taskset(...parameters: string[]): void {
  execFileSync('taskset', ['--cpu-list', ...parameters], { stdio: ['ignore', 'ignore', 'inherit'] });
}
