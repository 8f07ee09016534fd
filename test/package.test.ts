import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '..');

test('the package that is built serves, keeps, answers and ends as the repository does', async (t) => {
  // Within the repository, so that its dependencies are found.
  const target = mkdtempSync(join(ROOT, 'dist-test-'));
  const data = mkdtempSync(join(tmpdir(), 'tutti-package-'));
  t.after(() => {
    for (const folder of [target, data]) rmSync(folder, { recursive: true, force: true });
  });
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts'), target], { stdio: 'pipe' });
  const server = spawn(
    process.execPath,
    [join(target, 'src/cli/main.js'), 'serve', '--data', data, '--http', '0', '--grpc', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((done) => server.once('exit', done));
  t.after(() => server.kill('SIGKILL'));
  const ready = await new Promise<string>((line, failed) => {
    createInterface({ input: server.stdout }).once('line', line);
    void ended.then((code) => failed(new Error(`the server ended with exit code ${code}`)));
  });
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(ready)?.[0] ?? '';

  const { TuttiClient } = await import(join(target, 'src/client/index.js'));
  const client = new TuttiClient({ url });
  await client.publish({ type: 'Order.Placed', source: '/test', subject: 'o-1', data: { items: 2 } });
  assert.match(await (await fetch(`${url}/api/events?subject=o-1`)).text(), /"type":"Order.Placed"/);
  assert.match(await (await fetch(`${url}/console`)).text(), /<div id="root">/);
  assert.equal((await fetch(`${url}/v2/process-instances/search`, { method: 'POST' })).status, 200);
  const version = execFileSync(process.execPath, [join(target, 'src/cli/main.js'), '--version'], {
    encoding: 'utf8',
  });
  assert.match(version, /\d+\.\d+\.\d+/);

  server.kill('SIGTERM');
  assert.equal(await ended, 0);
});
