import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../examples/concert/free-ports.ts';
import { until } from './until.ts';

export interface Cleaner {
  after(clean: () => unknown): void;
  diagnostic(message: string): void;
}

export interface KillableServer {
  readonly url: string;
  readonly data: string;
  /** Ends it by SIGKILL and starts it again; resolves when it is ready. */
  kill(): Promise<void>;
  /** Ends it by SIGKILL for good. */
  end(): Promise<void>;
}

/** The server as a process of its own, on a folder that is gone after the test. */
export async function startServer(t: Cleaner): Promise<KillableServer> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-test-'));
  const [http, grpc] = await freePorts(2);
  const url = `http://127.0.0.1:${http}`;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const flags = ['serve', '--data', data, '--http', String(http), '--grpc', String(grpc)];
    child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
    await until('the server is ready', async () => {
      const response = await fetch(`${url}/health/ready`).catch(() => undefined);
      return response?.ok ? true : undefined;
    });
  };
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  t.after(async () => {
    await end();
    rmSync(data, { recursive: true, force: true });
  });
  await start();
  return {
    url,
    data,
    end,
    kill: async () => {
      await end();
      await start();
    },
  };
}
