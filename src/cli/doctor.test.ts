import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { checkFolder, checkNode } from './checks.ts';
import { cli, folderOf, serve } from './cli.test-helper.ts';

const NOWHERE = ['--url', 'http://127.0.0.1:1'];
const PORTS = ['--http', '0', '--grpc', '0'];

/** What was found, by the name of the check. */
async function examine(...args: string[]) {
  const { code, out, err } = await cli('doctor', '--json', ...args);
  assert.equal(err, '');
  const findings = out.split('\n').map((line) => JSON.parse(line));
  return { code, of: (what: string) => findings.find((finding) => finding.what === what) };
}

describe('The doctor', () => {
  it('finds nothing wrong with a new folder, and leaves nothing behind', async (t) => {
    const data = join(folderOf(t), 'new', 'data');
    const { code, out } = await cli('doctor', '--data', data, ...PORTS, ...NOWHERE);
    assert.equal(code, 0, out);
    assert.match(out, /^ok {7}Node\.js: v\d+/);
    assert.match(out, /ok {7}data folder: .* is created at the first start\./);
    assert.match(out, /(ok|warning) +disk, sync: A write of 4 KiB is on disk within [\d.]+ ms/);
    assert.match(out, /warning {2}server: No server answers at .*\n {9}Start one with tutti serve/);
    rmSync(join(data, '..'), { recursive: false, force: true });
  });

  it('knows the server that holds folder and ports, and compares the clocks', async (t) => {
    const data = folderOf(t);
    const { url, child } = await serve(t, data);
    const options = ['--data', data, '--http', new URL(url).port, '--grpc', '0'];
    const running = await examine(...options, '--url', url);
    assert.equal(running.code, 0);
    assert.equal(running.of('data folder, lock').state, 'ok');
    assert.match(running.of('data folder, lock').found, new RegExp(`in use by process ${child.pid} `));
    assert.equal(running.of('data folder, version').state, 'ok');
    assert.match(running.of('port, http').found, /in use, and the server answers/);
    assert.match(running.of('clock of the server').found, /ms from the clock here/);
    const unnamed = await examine(...options, ...NOWHERE);
    assert.equal(unnamed.code, 1);
    assert.equal(unnamed.of('data folder, lock').state, 'problem');
    assert.match(unnamed.of('data folder, lock').remedy, /name it with --url/);
    assert.equal(unnamed.of('port, http').state, 'problem');
  });

  it('says that a clock stands still', async (t) => {
    const { url } = await serve(t, folderOf(t), '--clock', 'controllable');
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' } };
    const pinned = await fetch(`${url}/v2/clock`, { ...put, body: '{"timestamp": 4102444800000}' });
    assert.equal(pinned.status, 204);
    const { of } = await examine('--data', folderOf(t), ...PORTS, '--url', url);
    assert.match(of('clock of the server').found, /stands still at 2100-01-01/);
  });

  it('names what is wrong with configuration, folder, port and clock, and the remedy', async (t) => {
    const folder = folderOf(t);
    const wrong = join(folder, 'wrong');
    mkdirSync(wrong);
    writeFileSync(join(wrong, 'tutti.yaml'), 'server: {htpp: 1}\n');
    const configured = await examine('--data', wrong, ...NOWHERE);
    assert.equal(configured.code, 1);
    assert.match(configured.of('configuration').found, /tutti\.yaml.*htpp.*did you mean http\?/s);

    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.match((await examine('--data', file, ...PORTS, ...NOWHERE)).of('data folder').found, /is a file/);

    const holder = createServer().listen(0, '127.0.0.1');
    t.after(() => holder.close());
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    const { code, of } = await examine('--data', folder, '--http', '0', '--grpc', String(port), ...NOWHERE);
    assert.equal(code, 1);
    assert.match(of('port, grpc').remedy, /choose another with --grpc/);

    writeFileSync(join(wrong, 'tutti.db'), '');
    rmSync(join(wrong, 'tutti.yaml'));
    utimesSync(join(wrong, 'tutti.db'), 4_102_444_800, 4_102_444_800);
    const ahead = await examine('--data', wrong, ...PORTS, ...NOWHERE);
    assert.match(ahead.of('clock').found, /was written \d+ s later than that/);
  });

  it('refuses a folder of a newer release, without changing it', async (t) => {
    const data = folderOf(t);
    const { child } = await serve(t, data);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.deepEqual(
      checkFolder(data, false).map(({ state }) => state),
      ['ok', 'ok'],
    );
    const db = new DatabaseSync(join(data, 'tutti.db'));
    db.exec(`INSERT INTO migration (module, number, name) VALUES ('store', 999, 'later')`);
    db.close();
    const [, version] = checkFolder(data, false);
    assert.equal(version?.state, 'problem');
    assert.match(version?.found ?? '', /newer version: it holds migration 999 \(later\) of store/);
  });

  it('knows which Node.js runs Tutti', () => {
    const state = (version: string) => checkNode(version).state;
    assert.deepEqual(['v20.20.2', 'v22.17.1', 'v24.1.0', 'v26.0.0'].map(state), [
      'problem',
      'problem',
      'warning',
      'ok',
    ]);
  });
});
