import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { freePorts } from '../../examples/concert/free-ports.ts';
import { until } from '../support/until.ts';

const start = resolve(import.meta.dirname, '../../examples/concert/start.ts');

test('all parts of the concert end when the launcher is killed', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-launcher-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const [http, grpc, tickets, payments, website] = await freePorts(5);
  const ports = { http, grpc, tickets, payments, website };
  const flags = Object.entries(ports).flatMap(([name, port]) => [`--${name}`, String(port)]);
  const launcher = spawn(process.execPath, [start, '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, failed) => {
    createInterface({ input: launcher.stdout }).on('line', (line) => line.includes('Ctrl-C') && ready());
    launcher.once('exit', (code) => failed(new Error(`the launcher ended with exit code ${code}`)));
  });
  const served = await Promise.all([http, tickets, payments, website].map(answers));
  assert.deepEqual(served, [true, true, true, true]);
  launcher.kill('SIGKILL');
  for (const [name, port] of Object.entries({ http, tickets, payments, website })) {
    await until(`${name} has ended`, async () => ((await answers(port)) ? undefined : true));
  }
});

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/health`);
    return true;
  } catch {
    return false;
  }
}
