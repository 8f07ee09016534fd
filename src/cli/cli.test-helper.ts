import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandIo } from './io.ts';
import { run } from './run.ts';

export const MAIN = new URL('./main.ts', import.meta.url).pathname;

/** What cleans up: a test, or the `after` of a suite. */
export interface Cleaning {
  after(clean: () => unknown): void;
}

export function folderOf(t: Cleaning): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command in this process and keeps what it printed. */
export async function cli(...args: string[]) {
  return cliWith({}, ...args);
}

export async function cliWith(more: Partial<CommandIo>, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    environment: {},
    ...more,
  };
  const code = await run(args, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Starts the server as a process of its own; answers when it has printed its line. */
export async function serve(
  t: Cleaning,
  data: string,
  ...options: string[]
): Promise<{ child: ChildProcess; line: string; url: string }> {
  const args = [MAIN, 'serve', '--data', data, '--grpc', '0'];
  if (!options.includes('--http')) args.push('--http', '0');
  const child = spawn(process.execPath, [...args, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, line, url: /http:\/\/\S+/.exec(line)?.[0] ?? '' };
}
