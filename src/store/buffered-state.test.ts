import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('changes are told one row a transaction, and the tables are written to when enough have come together', () => {
  const db = openFile();
  const state = new BufferedState(db, { bufferChars: 300 });
  take(db, state, { key: 1, owner: 7 });
  take(db, state, { key: 2, owner: 7, document: new Map([['seat', '"12A"']]) });
  assert.deepEqual([inTable(db), told(db)], [[], 2]);
  assert.deepEqual(
    [...state.scan(ITEMS, 'byOwner', [7])].map(({ key }) => key),
    [1, 2],
  );
  take(db, state, { key: 3, owner: 7, document: new Map([['seat', '"12B"']]) });
  assert.deepEqual([inTable(db), told(db)], [[1, 2, 3], 0]);
  assert.deepEqual(state.get(ITEMS, 3)?.document, new Map([['seat', '"12B"']]));
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

test('rows of a table that nobody has described yet are kept through all writing', () => {
  const db = openFile();
  take(db, new BufferedState(db), { key: 1, owner: 7 });
  const stranger = new BufferedState(db);
  for (const key of [5, 6]) db.transaction(() => stranger.take([change(MODELS, { key, owner: 1 })]));
  assert.deepEqual([inTable(db), told(db)], [[], 1]);
  assert.deepEqual(new BufferedState(db).get(ITEMS, 1), { key: 1, owner: 7 });
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
