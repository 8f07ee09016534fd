/** What the README promises of `npm start`: in an empty folder it comes up, serves, and Ctrl-C ends all of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../examples/concert/free-ports.ts';

const data = mkdtempSync(join(tmpdir(), 'tutti-smoke-'));
const [http, grpc, tickets, payments, website] = await freePorts(5);
const ports = { http, grpc, tickets, payments, website };
const flags = Object.entries(ports).flatMap(([name, port]) => [`--${name}`, String(port)]);
const npm = spawn('npm', ['start', '--', '--data', data, ...flags], {
  cwd: resolve(import.meta.dirname, '..'),
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
const ended = new Promise<number | null>((done) => npm.once('exit', done));
const late = setTimeout(() => npm.pid && process.kill(-npm.pid, 'SIGKILL'), 90_000);
try {
  await new Promise<void>((ready, failed) => {
    createInterface({ input: npm.stdout }).on('line', (line) => {
      console.log(line);
      if (line.includes('Stop with Ctrl-C')) ready();
    });
    void ended.then((code) => failed(new Error(`npm start ended with exit code ${code}`)));
  });
  for (const url of [
    `http://127.0.0.1:${website}/`,
    `http://127.0.0.1:${website}/backoffice`,
    `http://127.0.0.1:${http}/console`,
    `http://127.0.0.1:${http}/health/ready`,
  ]) {
    assert.equal((await fetch(url)).status, 200, url);
  }
} finally {
  // As the terminal does: to the whole group in the foreground.
  if (npm.pid) process.kill(-npm.pid, 'SIGINT');
  const code = await ended;
  clearTimeout(late);
  rmSync(data, { recursive: true, force: true });
  console.log(`npm start ended with exit code ${code}`);
}
await assert.rejects(fetch(`http://127.0.0.1:${http}/health/live`), 'nothing listens any more');
console.log('1 passed, 0 failed');
