import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Database, openDatabase } from './database.ts';

const plan = [{ component: 'test', steps: ['CREATE TABLE thing (name TEXT PRIMARY KEY)'] }];

describe('a database', () => {
  let folder: string;
  let file: string;
  let database: Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'concert-database-'));
    file = join(folder, 'deep', 'test.sqlite');
    database = openDatabase(file, plan);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const add = (name: string) => () => database.run('INSERT INTO thing (name) VALUES (?)', name);
  const names = () => database.all('SELECT name FROM thing ORDER BY name').map((row) => row.name);

  it('shares one commit among writes that arrive together', async () => {
    let commits = 0;
    database.onCommit(() => {
      commits += 1;
    });
    await Promise.all(['a', 'b', 'c'].map((name) => database.write(add(name))));
    assert.deepEqual(names(), ['a', 'b', 'c']);
    assert.equal(commits, 1);
  });

  it('undoes a write that throws alone, tells the caches, and drops its hooks', async () => {
    let reloads = 0;
    const hooks: string[] = [];
    database.onUndo(() => {
      reloads += 1;
    });
    const bad = database.write(() => {
      add('bad')();
      database.afterCommit(() => hooks.push('bad'));
      throw new Error('no');
    });
    const good = database.write(() => {
      add('good')();
      database.afterCommit(() => hooks.push('good'));
    });
    await assert.rejects(bad, /^Error: no$/);
    await good;
    assert.deepEqual(names(), ['good']);
    assert.deepEqual(hooks, ['good']);
    assert.equal(reloads, 1);
  });

  it('refuses a change outside of write, and one that is not synchronous', async () => {
    assert.throws(add('x'), /outside of write/);
    await assert.rejects(
      database.write(async () => undefined),
      /must be synchronous/,
    );
  });

  it('commits what waits when it is closed, and takes nothing after that', async () => {
    const waiting = database.write(add('late'));
    database.close();
    await waiting;
    await assert.rejects(database.write(add('later')), { code: 'DATABASE_CLOSED' });
    database = openDatabase(file, plan);
    assert.deepEqual(names(), ['late']);
  });

  it('refuses a second opener with a clear message, and lets it in after the first is gone', () => {
    assert.throws(() => openDatabase(file, plan), {
      code: 'DATABASE_LOCKED',
      message: /is in use by another process/,
    });
    database.close();
    database = openDatabase(file, plan);
  });

  it('runs new steps once, and refuses a file of a newer version', async () => {
    await database.write(add('kept'));
    database.close();
    const more = [{ component: 'test', steps: [plan[0]?.steps[0] ?? '', 'CREATE TABLE other (id INTEGER)'] }];
    openDatabase(file, more).close();
    openDatabase(file, more).close();
    assert.throws(() => openDatabase(file, plan), { code: 'DATABASE_NEWER', message: /newer version/ });
    database = openDatabase(file, more);
    assert.deepEqual(names(), ['kept']);
  });

  it('says that a file is no database', () => {
    const other = join(folder, 'letter.txt');
    writeFileSync(other, 'Dear reader, this is no database. '.repeat(40));
    assert.throws(() => openDatabase(other, plan), {
      code: 'DATABASE_UNREADABLE',
      message: /letter\.txt cannot be opened/,
    });
  });
});
