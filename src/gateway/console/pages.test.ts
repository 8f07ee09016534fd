import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { consolePages } from './pages.ts';

/** A server on a built console of one page and one script. */
async function serve(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-pages-'));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'index.html'), '<title>Tutti</title>');
  writeFileSync(join(folder, 'dist', 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'dist', 'assets', 'index-1a2b.js'), 'start();');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const gateway = await startGateway({
    groups: [consolePages(`${join(folder, 'dist')}/`)],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(async () => {
    await gateway.close(0);
    rmSync(folder, { recursive: true, force: true });
  });
  return gateway.url;
}

describe('The console’s pages', () => {
  it('are one document for every path, asked for anew each time, that may load only its own parts', async (t) => {
    const url = await serve(t);
    for (const path of ['/', '/console', '/console/', '/console/instances/2251799813685249']) {
      const response = await fetch(url + path);
      assert.equal(await response.text(), '<title>Tutti</title>');
      assert.equal(response.headers.get('cache-control'), 'no-cache');
      assert.match(
        response.headers.get('content-security-policy') ?? '',
        /default-src 'none'.*frame-ancestors 'none'/,
      );
    }
  });

  it('load files that are kept for ever where their name holds their content', async (t) => {
    const url = await serve(t);
    const script = await fetch(`${url}/console/assets/index-1a2b.js`);
    assert.equal(await script.text(), 'start();');
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.match(script.headers.get('cache-control') ?? '', /immutable/);
    const icon = await fetch(`${url}/console/favicon.svg`);
    assert.equal(icon.headers.get('content-type'), 'image/svg+xml');
    assert.equal(icon.headers.get('cache-control'), 'no-cache');
  });

  it('never load what lies beside them', async (t) => {
    const url = await serve(t);
    for (const path of ['..%2fsecret.txt', 'assets/..%2f..%2fsecret.txt', 'missing.js', '%00.js']) {
      assert.equal((await fetch(`${url}/console/${path}`)).status, 404);
    }
  });
});
