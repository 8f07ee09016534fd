import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { startTutti } from '../../src/tutti.ts';

const EVENTS = 200;

type Harm = (file: string) => void;
const flip =
  (from: (size: number) => number, length: number): Harm =>
  (file) => {
    const bytes = readFileSync(file);
    const start = from(bytes.length);
    for (let at = start; at < Math.min(bytes.length, start + length); at++)
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
  };

const HARMS: Readonly<Record<string, Harm>> = {
  'is no database': (file) => writeFileSync(file, 'this is no database '.repeat(300)),
  'lost its second half': (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
  'lost its header': flip(() => 0, 100),
  'lost its first page': flip(() => 100, 4000),
  'has flipped bytes in the middle': flip((size) => Math.floor(size / 8192) * 4096, 8192),
  'is empty': (file) => truncateSync(file, 0),
  'is missing': (file) => rmSync(file),
};

describe('a damaged data folder', () => {
  let base: string;
  let whole: string;
  before(async () => {
    base = mkdtempSync(join(tmpdir(), 'tutti-damage-'));
    whole = join(base, 'whole');
    const tutti = await startTutti({ data: whole, http: 0, grpc: 0 });
    for (let id = 0; id < EVENTS; id++) {
      const response = await send(tutti.addresses.http, String(id));
      assert.equal(response.status, 202);
    }
    assert.equal(await countInReadModel(tutti.addresses.http), 0);
    await tutti.close();
  });
  after(() => rmSync(base, { recursive: true, force: true }));

  /** A copy of the folder with harm done to one of its files. */
  function harmed(file: string, harm: Harm): string {
    const data = mkdtempSync(join(base, 'copy-'));
    cpSync(whole, data, { recursive: true });
    harm(join(data, file));
    return data;
  }

  test('at rest has all that it holds in one file', () => {
    const data = harmed('tutti.db-wal', (file) => rmSync(file, { force: true }));
    const database = new DatabaseSync(join(data, 'tutti.db'), { readOnly: true });
    assert.equal(database.prepare('SELECT count(*) AS n FROM event').get()?.['n'], EVENTS);
    database.close();
  });

  for (const [what, harm] of Object.entries(HARMS)) {
    test(`is refused with a clear error if tutti.db ${what}`, async () => {
      const data = harmed('tutti.db', harm);
      await assert.rejects(startTutti({ data, http: 0, grpc: 0 }), (error: Error & { code?: string }) => {
        assert.match(String(error.code), /^(FOLDER_DAMAGED|JOURNAL_LOST)$/);
        assert.ok(error.message.includes(data), error.message);
        assert.match(error.message, /Restore the folder from a copy/);
        return true;
      });
    });

    test(`has its read model built again if history.db ${what}`, async () => {
      const tutti = await startTutti({ data: harmed('history.db', harm), http: 0, grpc: 0 });
      try {
        assert.equal(await countInReadModel(tutti.addresses.http), 0);
        assert.equal((await send(tutti.addresses.http, 'another')).status, 202);
        const records = await (await fetch(`${tutti.addresses.http}/api/records`)).text();
        assert.equal(records.trim().split('\n').length, EVENTS + 1);
      } finally {
        await tutti.close();
      }
    });
  }

  test('starts though the lock, which holds nothing, is damaged', async () => {
    const data = harmed('lock.db', (file) => writeFileSync(file, 'no lock '.repeat(200)));
    await (await startTutti({ data, http: 0, grpc: 0 })).close();
  });

  test('that a newer version wrote is refused and left as it is', async () => {
    const data = harmed('tutti.db', (file) => {
      const database = new DatabaseSync(file);
      database.exec(`INSERT INTO migration (module, number, name) VALUES ('store', 99, 'of-the-future')`);
      database.close();
    });
    const before = readFileSync(join(data, 'tutti.db'));
    await assert.rejects(startTutti({ data, http: 0, grpc: 0 }), { code: 'FOLDER_TOO_NEW' });
    assert.ok(before.equals(readFileSync(join(data, 'tutti.db'))));
  });

  test('whose place is taken by a file is refused', async () => {
    const data = join(base, 'a-file');
    writeFileSync(data, '');
    await assert.rejects(startTutti({ data, http: 0, grpc: 0 }), (error: Error) =>
      error.message.includes(data),
    );
  });

  test('that cannot be written is refused', {
    skip: process.getuid?.() === 0 && 'root may write everywhere',
  }, async () => {
    const data = harmed('tutti.db', (file) => {
      cpSync(file, `${file}.copy`);
    });
    const { chmodSync } = await import('node:fs');
    chmodSync(data, 0o555);
    await assert.rejects(startTutti({ data, http: 0, grpc: 0 }), { code: 'DISK_FAILED' });
    chmodSync(data, 0o755);
  });
});

function send(url: string, id: string): Promise<Response> {
  return fetch(`${url}/events`, {
    method: 'POST',
    headers: {
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-source': '/damage',
      'ce-type': 'Some.Event',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ text: 'x'.repeat(300) }),
  });
}

async function countInReadModel(url: string): Promise<number> {
  const response = await fetch(`${url}/v2/process-instances/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { page: { totalItems: number } }).page.totalItems;
}
