import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TableSpec } from '../engine/state/port.ts';
import { BufferedState } from './buffered-state.ts';
import { Database } from './database.ts';
import { migrate, readMigrations } from './migrate.ts';
import type { AnyTable } from './state-table.ts';

interface Item {
  readonly key: number;
  readonly owner: number;
  readonly document?: ReadonlyMap<string, string>;
}
const ITEMS: TableSpec<Item> = { name: 'items', key: 'key', indexes: { byOwner: ['owner'] } };
const MODELS: TableSpec<Item> = { ...ITEMS, name: 'models', stable: true };

function openFile(): Database {
  const db = new Database(':memory:');
  migrate(db, [readMigrations('store', new URL('./sql/', import.meta.url))]);
  return db;
}

function take(db: Database, state: BufferedState, ...rows: (Item | number)[]): void {
  db.transaction(() => state.take(rows.map((row) => change(ITEMS, row))));
}

function change(table: TableSpec<Item>, row: Item | number) {
  const spec = table as unknown as AnyTable;
  return typeof row === 'number'
    ? { table: spec, key: row, row: undefined }
    : { table: spec, key: row.key, row };
}

/** Keys of the rows that the table itself holds. */
function inTable(db: Database, name = 'items'): number[] {
  if (db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', `state_${name}`) === undefined) return [];
  return db.all<{ k: number }>(`SELECT k FROM state_${name} ORDER BY k`).map(({ k }) => k);
}

const told = (db: Database): number =>
  db.get<{ n: number }>('SELECT count(*) AS n FROM state_change')?.n ?? Number.NaN;

test('changes are told one row a transaction, and written to the tables when enough have come together twice', () => {
  const db = openFile();
  const state = new BufferedState(db, { bufferChars: 250 });
  const seat = (key: number, value: string) => ({
    key,
    owner: 7,
    document: new Map([['seat', `"${value}"`]]),
  });
  take(db, state, { key: 1, owner: 8 }, { key: 2, owner: 8 });
  take(db, state, seat(3, '3A'));
  take(db, state, seat(4, '4A'));
  assert.deepEqual([inTable(db), told(db)], [[], 3]);
  take(db, state, 1);
  take(db, state, seat(3, '3B'));
  assert.deepEqual([...state.scan(ITEMS, 'byOwner', [8])], [{ key: 2, owner: 8 }]);
  take(db, state, seat(5, '5A'));
  // The first is gone meanwhile, the third is another.
  assert.deepEqual([inTable(db), told(db)], [[2, 4], 3]);
  for (const each of [state, new BufferedState(db)])
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((key) => each.get(ITEMS, key)?.document?.get('seat')),
      [undefined, undefined, '"3B"', '"4A"', '"5A"'],
    );
});

test('what is old is written some with each commit, at the latest when what is young has become old', () => {
  const db = openFile();
  const state = new BufferedState(db, { bufferChars: 20_000 });
  let key = 0;
  const some = (count: number): void =>
    take(db, state, ...Array.from({ length: count }, () => ({ key: ++key, owner: key })));
  while (told(db) < 2) some(600);
  const before = key;
  const seen: number[] = [];
  for (let commits = 0; commits < 40; commits++) {
    some(100);
    if (inTable(db).length < before) seen.push(inTable(db).length);
  }
  assert.ok(new Set(seen).size > 3, `${seen}`);
  assert.ok(inTable(db).length >= before);
  const all = Array.from({ length: key }, (_, at) => at + 1);
  for (const each of [state, new BufferedState(db)])
    assert.deepEqual(
      [...each.scan(ITEMS, 'byOwner', [])].map((row) => row.key),
      all,
    );
});

test('what was written is let go of', async () => {
  const db = openFile();
  const state = new BufferedState(db, { bufferChars: 300, cacheBytes: 0 });
  const first = ((row: Item) => {
    take(db, state, row);
    return new WeakRef(row);
  })({ key: 1, owner: 7 });
  for (let key = 2; key < 40; key++) take(db, state, { key, owner: 7 });
  // Until then a weak reference holds what it was made of.
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  assert.equal(first.deref(), undefined);
  assert.deepEqual(state.get(ITEMS, 1), { key: 1, owner: 7 });
});

test('what came and went between two writings touches no table', () => {
  const db = openFile();
  const state = new BufferedState(db);
  take(db, state, { key: 1, owner: 7 });
  take(db, state, 1);
  db.transaction(() => state.writeOut());
  assert.equal(db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', 'state_items'), undefined);
  assert.equal(told(db), 0);
});

test('whoever opens the file after a crash finds all that was committed', () => {
  const db = openFile();
  const state = new BufferedState(db);
  take(db, state, { key: 1, owner: 7 }, { key: 2, owner: 7 });
  db.transaction(() => state.writeOut());
  take(db, state, { key: 1, owner: 8 }, 2, { key: 3, owner: 7 });
  const next = new BufferedState(db);
  assert.deepEqual([...next.scan(ITEMS, 'byOwner', [7])], [{ key: 3, owner: 7 }]);
  assert.deepEqual(next.get(ITEMS, 1), { key: 1, owner: 8 });
  assert.equal(next.get(ITEMS, 2), undefined);
  next.prepare([ITEMS as unknown as AnyTable]);
  assert.deepEqual([inTable(db), told(db)], [[1, 3], 0]);
});

test('a transaction that is undone leaves what was there before it', () => {
  const db = openFile();
  const state = new BufferedState(db, { bufferChars: 100 });
  take(db, state, { key: 1, owner: 7 });
  for (const row of [
    { key: 2, owner: 7 },
    { key: 2, owner: 7, document: new Map([['long', '9'.repeat(99)]]) },
  ]) {
    db.begin();
    state.take([change(ITEMS, row), change(ITEMS, 1)]);
    db.rollback();
    state.reset();
    assert.deepEqual([...state.scan(ITEMS, 'byOwner', [])], [{ key: 1, owner: 7 }]);
    assert.deepEqual([inTable(db), told(db)], [[], 1]);
  }
});

test('what deployments change is in its table at once, and all else with it', () => {
  const db = openFile();
  const state = new BufferedState(db);
  take(db, state, { key: 1, owner: 7 });
  db.transaction(() => state.take([change(MODELS, { key: 5, owner: 1 })]));
  assert.deepEqual([inTable(db, 'models'), inTable(db), told(db)], [[5], [1], 0]);
});

test('when all is written, what was old hides nothing', () => {
  const db = openFile();
  const state = new BufferedState(db, { bufferChars: 250 });
  for (const owner of [1, 2, 3]) take(db, state, { key: 1, owner }, { key: 2, owner });
  take(db, state, { key: 1, owner: 4 }, 2);
  db.transaction(() => state.writeOut());
  assert.deepEqual([...state.scan(ITEMS, 'byOwner', [])], [{ key: 1, owner: 4 }]);
  assert.equal(state.get(ITEMS, 2), undefined);
});

test('rows of a table that nobody has described yet are kept through all writing', () => {
  const db = openFile();
  take(db, new BufferedState(db), { key: 1, owner: 7 });
  const stranger = new BufferedState(db, { bufferChars: 300 });
  for (const key of [5, 6]) db.transaction(() => stranger.take([change(MODELS, { key, owner: 1 })]));
  assert.deepEqual([inTable(db), told(db)], [[], 1]);
  assert.deepEqual(new BufferedState(db).get(ITEMS, 1), { key: 1, owner: 7 });
  for (let key = 2; key <= 9; key++) take(db, stranger, { key, owner: 7 });
  assert.ok(inTable(db).includes(1));
  assert.deepEqual(
    [...new BufferedState(db).scan(ITEMS, 'byOwner', [7])].map(({ key }) => key),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('a row that its table could not take is refused at once, not when it is written out', () => {
  const db = openFile();
  const state = new BufferedState(db);
  const row = { key: 1, owner: true } as unknown as Item;
  assert.throws(
    () => take(db, state, row),
    /Column owner of items must be a number or a string, not boolean/,
  );
  const unstorable = { key: 1, owner: 7, due: Number.NaN } as unknown as Item;
  assert.throws(() => take(db, state, unstorable), /NaN is not a JSON number/);
});

test('a scan with a limit sees rows below those that are hidden', () => {
  const db = openFile();
  const state = new BufferedState(db);
  take(db, state, ...[1, 2, 3, 4].map((key) => ({ key, owner: 7 })));
  db.transaction(() => state.writeOut());
  take(db, state, 1, 2, { key: 3, owner: 8 }, { key: 9, owner: 7 });
  const first = (limit: number) => [...state.scan(ITEMS, 'byOwner', [], { limit })].map(({ key }) => key);
  assert.deepEqual([first(1), first(2), first(9)], [[4], [4, 9], [4, 9, 3]]);
});
