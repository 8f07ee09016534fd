import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the server is, for a client. */
export interface Target {
  /** `host:port`, without encryption. */
  readonly grpc: string;
  /** Base address of REST. */
  readonly rest: string;
  /** File with the models of `models.ts`. */
  readonly model: string;
  /** File with the decisions there. */
  readonly decisions: string;
}

/** The suite of one client library. */
export interface ClientSuite {
  readonly name: string;
  /** Installs what it needs, once a machine; answers why that cannot be done, if so. */
  prepare(): Promise<string | undefined>;
  /** Prints a line for each sentence; false if one is not true. */
  run(target: Target): Promise<boolean>;
}

export interface Ended {
  /** Null if it could not be started or was ended. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Kept from run to run: packages are fetched once. */
export function toolFolder(name: string): string {
  const folder = join(tmpdir(), 'tutti-clients', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export interface ExecuteOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets standard output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ends the program. */
  readonly signal?: AbortSignal;
  /** ms after which it is ended. @defaultValue 300000 */
  readonly limitMs?: number;
}

/** Runs a program to its end; never throws. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd, env, onOutput, signal, limitMs = 300_000 }: ExecuteOptions = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const limit = AbortSignal.timeout(limitMs);
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      ...(cwd !== undefined && { cwd }),
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', (error) => {
      err += error.message;
      if (child.pid === undefined) resolve({ code: null, out, err });
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Runs the program of a suite, which prints its own lines and ends with 0 if all of them are true. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { grpc, rest, model, decisions }: Target,
  cwd?: string,
): Promise<boolean> {
  const { code, err } = await execute(command, args, {
    limitMs: 120_000,
    env: { TUTTI_GRPC: grpc, TUTTI_REST: rest, TUTTI_MODEL: model, TUTTI_DECISIONS: decisions },
    onOutput: (text) => process.stdout.write(text),
    ...(cwd !== undefined && { cwd }),
  });
  if (code !== 0) process.stdout.write(`${err.trim()}\n`);
  return code === 0;
}

/** The last lines of what a program had to say. */
export function endOf({ out, err }: Ended): string {
  return (err.trim() || out.trim()).split('\n').slice(-3).join(' ').slice(-400);
}
