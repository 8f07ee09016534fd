import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Database } from './database.ts';
import { Remembered } from './remembered.ts';

let db: Database;
let asked: number;
let least: Remembered<number | undefined>;

beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE fruit (size INTEGER); CREATE TABLE other (size INTEGER);');
  asked = 0;
  least = new Remembered(db, db.written('fruit'), () => {
    asked += 1;
    return db.get<{ size: number }>('SELECT size FROM fruit ORDER BY size LIMIT 1')?.size;
  });
});

afterEach(() => db.close());

test('a question is asked once, also if nothing was found', () => {
  assert.equal(least.get(), undefined);
  assert.equal(least.get(), undefined);
  db.run('INSERT INTO other (size) VALUES (1)');
  assert.equal(least.get(), undefined);
  assert.equal(asked, 1);
});

test('it is asked again after each kind of writing', () => {
  for (const [sql, found] of [
    ['INSERT INTO fruit (size) VALUES (5)', 5],
    ['INSERT OR REPLACE INTO fruit (size) VALUES (3)', 3],
    ['REPLACE INTO fruit (size) VALUES (2)', 2],
    ['UPDATE fruit SET size = size + 10', 12],
    ['UPDATE OR IGNORE fruit SET size = size - 1', 11],
    ['UPDATE "fruit" SET size = size + 1', 12],
    ['DELETE FROM fruit WHERE size < 15', 15],
    ['DELETE FROM fruit RETURNING size', undefined],
  ] as const) {
    db.all(sql);
    assert.equal(least.get(), found, sql);
    assert.equal(least.get(), found, sql);
  }
  assert.equal(asked, 8);
});

test('what is found in a transaction that is undone is not remembered', () => {
  db.run('INSERT INTO fruit (size) VALUES (5)');
  assert.equal(least.get(), 5);
  db.begin();
  db.run('DELETE FROM fruit');
  assert.equal(least.get(), undefined);
  db.rollback();
  assert.equal(least.get(), 5);
});

test('within a transaction a part of it may be undone', () => {
  db.begin();
  db.run('SAVEPOINT part');
  db.run('INSERT INTO fruit (size) VALUES (5)');
  assert.equal(least.get(), 5);
  db.run('ROLLBACK TO part');
  assert.equal(least.get(), undefined);
  db.commit();
  assert.equal(least.get(), undefined);
});

test('a question about deletions only is not asked again after an insertion', () => {
  const first = new Remembered(db, db.written('fruit', true), () => {
    asked += 1;
    return db.get<{ size: number }>('SELECT size FROM fruit LIMIT 1')?.size;
  });
  db.run('INSERT INTO fruit (size) VALUES (5)');
  assert.equal(first.get(), 5);
  db.run('INSERT INTO fruit (size) VALUES (6)');
  assert.equal(first.get(), 5);
  db.run('DELETE FROM fruit WHERE size = 5');
  assert.equal(first.get(), 6);
  assert.equal(asked, 2);
});
