import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A script of this folder in a process of its own, which ends when `stop` is called. */
export interface Child<Hello> {
  readonly hello: Hello;
  readonly pid: number;
  ask<Answer>(question: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a script; resolves with the first thing it tells. */
export async function startChild<Hello>(script: string, ...args: string[]): Promise<Child<Hello>> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? [],
  });
  const hello = await told<Hello>(child);
  return {
    hello,
    pid: child.pid ?? 0,
    ask: (question) => {
      const answer = told<never>(child);
      child.send(question);
      return answer;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
}

function told<Value>(child: ChildProcess): Promise<Value> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the child ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Value);
    });
  });
}
