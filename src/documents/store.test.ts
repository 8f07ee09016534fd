import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DocumentStore, type NewDocument } from './index.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const METADATA = {
  contentType: 'text/plain',
  fileName: 'a.txt',
  expiresAt: null,
  processDefinitionId: null,
  processInstanceKey: null,
  customProperties: '{"n":1.10}',
};

let folder: string;
let now: number;
let store: DocumentStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-documents-'));
  now = START;
  store = new DocumentStore(folder, () => now);
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (value: string, more: Partial<NewDocument> = {}): NewDocument => ({
  content: Buffer.from(value),
  metadata: METADATA,
  ...more,
});
/** Files of documents, without the secret. */
const files = () => readdirSync(folder).filter((name) => name !== 'link.secret');

describe('the store of documents', () => {
  test('keeps content and description for a later start', async () => {
    const created = (await store.create(text('hello'))) ?? assert.fail('refused');
    assert.equal(created.contentHash, '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    const later = new DocumentStore(folder, () => now);
    assert.deepEqual(await later.describe(created.documentId), created);
    assert.equal(Buffer.from((await later.content(created.documentId)) ?? []).toString(), 'hello');
    assert.equal(created.metadata.customProperties, '{"n":1.10}');
  });

  test('takes an id once, also of two who come together, and no path from it', async () => {
    const documentId = '../../outside';
    const both = await Promise.all([
      store.create(text('one', { documentId })),
      store.create(text('two', { documentId })),
    ]);
    assert.deepEqual(
      both.map((created) => created?.documentId),
      [documentId, undefined],
    );
    assert.equal(files().length, 2);
    assert.equal(Buffer.from((await store.content(documentId)) ?? []).toString(), 'one');
  });

  test('forgets what has expired when it is asked for, and the rest at the start', async () => {
    const expiresAt = new Date(START + 1000).toISOString();
    const expiring = { metadata: { ...METADATA, expiresAt } };
    await store.create(text('asked for', { documentId: 'a', ...expiring }));
    await store.create(text('not asked for', { documentId: 'b', ...expiring }));
    await store.create(text('kept', { documentId: 'c' }));
    assert.notEqual(await store.describe('a'), undefined);
    now = START + 1000;
    assert.equal(await store.content('a'), undefined);
    assert.equal(files().length, 4);
    await store.sweep();
    assert.equal(files().length, 2);
    assert.notEqual(await store.describe('c'), undefined);
  });

  test('removes what a crash left half-written', async () => {
    await store.create(text('whole', { documentId: 'a' }));
    writeFileSync(join(folder, 'ab.1234.tmp'), 'half');
    writeFileSync(join(folder, 'cd.content'), 'without description');
    await store.sweep();
    assert.equal(files().length, 2);
    assert.notEqual(await store.content('a'), undefined);
  });

  test('deletes once', async () => {
    await store.create(text('x', { documentId: 'a' }));
    assert.deepEqual([await store.delete('a'), await store.delete('a')], [true, false]);
    assert.deepEqual(files(), []);
  });

  test('follows its own links until they expire, and no others', async () => {
    const expiresAt = new Date(START + 1000).toISOString();
    const signature = store.sign('a', expiresAt);
    const later = new DocumentStore(folder, () => now);
    assert.equal(later.mayFollow('a', expiresAt, signature), true);
    assert.equal(later.mayFollow('b', expiresAt, signature), false);
    assert.equal(later.mayFollow('a', new Date(START + 2000).toISOString(), signature), false);
    assert.equal(later.mayFollow('a', expiresAt, ''), false);
    now = START + 1000;
    assert.equal(later.mayFollow('a', expiresAt, signature), false);
    assert.equal(statSync(join(folder, 'link.secret')).mode & 0o077, 0);
  });
});
