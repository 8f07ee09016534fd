import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { TableSpec } from '../engine/state/port.ts';
import { decode, encode } from './codec.ts';
import { Database } from './database.ts';
import { DiskFailedError, FolderLockedError, FolderTooNewError, MigrationsBrokenError } from './errors.ts';
import { DataFolder } from './folder.ts';
import type { JournalRecord } from './journal.ts';
import { migrate } from './migrate.ts';
import { RowCache } from './row-cache.ts';
import { SqliteState } from './sqlite-state.ts';
import type { AnyTable } from './state-table.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tutti-store-'));
});
afterEach(() => rmSync(data, { recursive: true }));

interface Item {
  readonly key: number;
  readonly owner?: number | null;
  readonly name?: string;
  readonly rank?: number;
  readonly document?: ReadonlyMap<string, string>;
}
const ITEMS: TableSpec<Item> = {
  name: 'items',
  key: 'key',
  indexes: { byOwner: ['owner'], byName: ['name', 'rank'] },
};
const ANY = ITEMS as unknown as AnyTable;

function withFolder<T>(work: (folder: DataFolder) => T): T {
  const folder = DataFolder.open(data);
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}

/** The tables of the state without the buffer above them. */
function withTables<T>(work: (tables: { readonly db: Database; readonly state: SqliteState }) => T): T {
  return withFolder(({ db }) => work({ db, state: new SqliteState(db) }));
}

function record(key: number): JournalRecord {
  return { recordType: 'EVENT', valueType: 'JOB', intent: 'CREATED', key, timestamp: 1, value: {} };
}

describe('rows as text', () => {
  test('keep documents as maps, in order and with their exact texts', () => {
    const row = {
      a: new Map([
        ['z', '1.0'],
        ['a', '12345678901234567890'],
      ]),
      list: [new Map([['x', 'null']])],
      n: null,
    };
    assert.deepEqual(decode(encode(row)), row);
    assert.deepEqual([...decode<typeof row>(encode(row)).a.keys()], ['z', 'a']);
  });

  test('keep plain objects that look like a marked map', () => {
    const row = { headers: { $map: 'x', other: 'y' }, more: { $obj: [1] }, text: '{"$map":[]}' };
    assert.deepEqual(decode(encode(row)), row);
  });

  test('are read as older folders have them', () => {
    const old = '{"a":{"$map":[["z","1.0"],["a","{\\"b\\":1}"]]},"none":{"$map":[]}}';
    const read = decode<{ a: Map<string, string>; none: Map<string, string> }>(old);
    assert.deepEqual(
      [...read.a],
      [
        ['z', '1.0'],
        ['a', '{"b":1}'],
      ],
    );
    assert.deepEqual(read.none, new Map());
  });

  test('do not change the value that is written', () => {
    const inner = new Map([['a', '1']]);
    const row = Object.freeze({ list: Object.freeze([inner]), inner });
    encode(row);
    assert.equal(row.list[0], inner);
  });

  test('refuse what JSON cannot say', () => {
    assert.throws(() => encode({ n: Number.NaN }), /NaN is not a JSON number/);
    assert.throws(() => encode({ n: 1n }), TypeError);
    assert.throws(() => encode({ n: new Set() }), /Set cannot be stored/);
  });
});

describe('the cache of rows', () => {
  test('stays within its bytes and drops what was used longest ago', () => {
    const cache = new RowCache(3000);
    const rows = cache.table();
    for (let key = 0; key < 3; key++) cache.set(rows, key, { key }, 200);
    cache.get(rows, 0);
    cache.set(rows, 3, { key: 3 }, 200);
    assert.equal(cache.get(rows, 1), undefined);
    assert.deepEqual(cache.get(rows, 0)?.row, { key: 0 });
    assert.ok(cache.bytes <= 3000);
    cache.set(rows, 0, { key: 0 }, 5000);
    assert.equal(cache.get(rows, 0), undefined, 'a row larger than the cache is not kept');
    assert.equal(cache.bytes, 0);
  });

  test('knows nothing when it was cleared, and stays within its bytes afterwards', () => {
    const cache = new RowCache(3000);
    const rows = cache.table();
    for (let key = 0; key < 3; key++) cache.set(rows, key, { key }, 200);
    cache.clear();
    assert.equal(cache.get(rows, 0), undefined);
    for (let key = 0; key < 9; key++) cache.set(rows, key, { key }, 200);
    assert.ok(cache.bytes > 0 && cache.bytes <= 3000);
    assert.equal(rows.size, 3);
  });
});

describe('state in SQLite', () => {
  test('is the same after the folder was closed and opened', () => {
    const row: Item = { key: 2 ** 51 + 1, owner: 7, document: new Map([['seat', '"12A"']]) };
    withTables(({ db, state }) => db.transaction(() => state.put(ITEMS, row)));
    withTables(({ state }) => {
      assert.deepEqual(state.get(ITEMS, row.key), row);
      assert.deepEqual([...state.scan(ITEMS, 'byOwner', [7])], [row]);
    });
  });

  test('leaves rows with an empty index column out of that index only', () => {
    withTables(({ state }) => {
      state.put(ITEMS, { key: 1, owner: null, name: 'a', rank: 1 });
      state.put(ITEMS, { key: 2, name: 'a' });
      assert.deepEqual([...state.scan(ITEMS, 'byOwner', [])], []);
      assert.deepEqual(
        [...state.scan(ITEMS, 'byName', ['a'])].map(({ key }) => key),
        [1],
      );
    });
  });

  test('yields long scans in order over all pages, undisturbed by changes made meanwhile', () => {
    withTables(({ db, state }) => {
      db.transaction(() => {
        for (let key = 1; key <= 1500; key++)
          state.put(ITEMS, { key, owner: 5, name: 'n', rank: 1500 - key });
      });
      const seen: number[] = [];
      for (const { key, rank } of state.scan(ITEMS, 'byName', ['n'])) {
        seen.push(key);
        if (key === 1490) db.transaction(() => state.delete(ITEMS, 3));
        state.put(ITEMS, { key: 10_000 + key, owner: 5, name: 'n', rank: rank ?? 0 });
        if (seen.length > 2000) break;
      }
      assert.deepEqual(
        seen,
        Array.from({ length: 1500 }, (_, at) => 1500 - at),
      );
      assert.equal([...state.scan(ITEMS, 'byOwner', [5])].length, 2999);
    });
  });

  test('finds the same by a cache of no bytes', () => {
    withTables(({ db }) => {
      const state = new SqliteState(db, { cacheBytes: 0 });
      state.put(ITEMS, { key: 1, owner: 1, name: 'a', rank: 1 });
      state.put(ITEMS, { key: 1, owner: 2, name: 'a', rank: 2 });
      assert.deepEqual([...state.scan(ITEMS, 'byOwner', [1])], []);
      assert.equal(state.get(ITEMS, 1)?.rank, 2);
      state.delete(ITEMS, 1);
      assert.equal(state.get(ITEMS, 1), undefined);
    });
  });

  test('writes the last value of a batch, and nothing for a row that came and went', () => {
    withTables(({ db, state }) => {
      db.transaction(() => {
        state.flush([
          { table: ANY, key: 1, row: undefined },
          { table: ANY, key: 2, row: { key: 2, owner: 1 } },
        ]);
      });
      const tables =
        "SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'state_items%' AND type = 'table'";
      assert.equal(db.get<{ n: number }>(tables)?.n, 1);
      const before = changes(db);
      db.transaction(() => state.flush([{ table: ANY, key: 3, row: undefined }]));
      assert.equal(changes(db), before);
      db.transaction(() => state.flush([{ table: ANY, key: 2, row: { key: 2, owner: 3 } }]));
      assert.equal(changes(db), before + 1);
      assert.deepEqual([...state.scan(ITEMS, 'byOwner', [3])], [{ key: 2, owner: 3 }]);
    });
  });

  test('writes nothing for a row that ends a batch as it began it', () =>
    withTables(({ db, state }) => {
      const row = { key: 1, owner: 7, name: 'a', rank: 1, document: new Map([['x', '1']]) };
      db.transaction(() => state.flush([{ table: ANY, key: 1, row }]));
      let writes = 0;
      db.beforeWrite = () => {
        writes += 1;
      };
      db.transaction(() => {
        state.flush([{ table: ANY, key: 1, row: { ...row } }]);
        assert.equal(writes, 0);
        const { rank: _rank, ...shorter } = row;
        state.flush([{ table: ANY, key: 1, row: shorter }]);
        state.flush([{ table: ANY, key: 1, row: { ...shorter, document: new Map([['x', '2']]) } }]);
        assert.equal(writes, 2);
      });
      state.reset();
      const { rank: _rank, ...last } = { ...row, document: new Map([['x', '2']]) };
      assert.deepEqual(state.get(ITEMS, 1), last);
    }));

  test('forgets what was rolled back', () => {
    withTables(({ db, state }) => {
      db.begin();
      state.put(ITEMS, { key: 1, owner: 1 });
      db.rollback();
      state.reset();
      assert.equal(state.get(ITEMS, 1), undefined);
      state.put(ITEMS, { key: 1, owner: 2 });
      assert.deepEqual([...state.scan(ITEMS, 'byOwner', [])], [{ key: 1, owner: 2 }]);
    });
  });

  test('lays a table out anew when its description gets another index', () => {
    withTables(({ state }) => {
      for (let key = 1; key <= 200; key++) state.put(ITEMS, { key, owner: 1, rank: key % 2 });
    });
    const spec: TableSpec<Item> = { ...ITEMS, indexes: { byRank: ['rank'], byOwner: ['owner'] } };
    const folder = DataFolder.open(data, { tables: [spec as unknown as AnyTable] });
    assert.equal([...folder.state.scan(spec, 'byRank', [1])].length, 100);
    assert.equal([...folder.state.scan(spec, 'byOwner', [1], { limit: 3 })].length, 3);
    assert.equal(folder.state.get(spec, 200)?.rank, 0);
    folder.close();
  });

  test('derives a table that a folder of before has not got from those that it has, once', () => {
    withTables(({ state }) => {
      for (let key = 1; key <= 3; key++) state.put(ITEMS, { key, owner: 1 });
    });
    let derived = 0;
    const counts: TableSpec<{ readonly owner: number; readonly count: number }> = {
      name: 'counts',
      key: 'owner',
      indexes: {},
      derive: (state) => {
        derived += 1;
        return [{ owner: 1, count: [...state.scan(ITEMS, 'byOwner', [1])].length }];
      },
    };
    for (let start = 0; start < 2; start++) {
      const tables = [ITEMS, counts] as unknown as AnyTable[];
      const folder = DataFolder.open(data, { tables });
      assert.deepEqual(folder.state.get(counts, 1), { owner: 1, count: 3 });
      folder.close();
    }
    assert.equal(derived, 1);
  });

  test('names the table and column of a value that cannot be indexed', () => {
    withTables(({ state }) => {
      const row = { key: 1, owner: true } as unknown as Item;
      assert.throws(
        () => state.put(ITEMS, row),
        /Column owner of items must be a number or a string, not boolean/,
      );
      assert.throws(() => [...state.scan(ITEMS, 'missing', [])], /no index missing/);
    });
  });
});

describe('the journal', () => {
  test('is read by position, across transactions, from the middle of one', () => {
    withFolder(({ journal, db }) => {
      db.transaction(() => journal.append(1, [record(1), record(2), record(3)], 10));
      db.transaction(() => journal.append(4, [record(4)], 11));
      db.transaction(() => journal.append(5, [record(5), record(6)], 12));
      const keys = (after: number, limit?: number) =>
        journal.read(after, limit).map(({ position, record: { key } }) => {
          assert.equal(position, key);
          return key;
        });
      assert.deepEqual(keys(0), [1, 2, 3, 4, 5, 6]);
      assert.deepEqual(keys(2, 3), [3, 4, 5]);
      assert.deepEqual(keys(6), []);
      assert.deepEqual(
        Array.from(journal.batches(1, 3), ({ first, records }) => [first, records.length]),
        [
          [2, 2],
          [4, 1],
        ],
      );
      assert.equal(journal.newest(), 6);
    });
  });

  test('is followed by a reader of its own while the writer goes on', () => {
    withFolder(({ journal, db }) => {
      db.transaction(() => journal.append(1, [record(1)], 10));
      const reader = DataFolder.readJournal(data);
      assert.deepEqual(reader.read(0).length, 1);
      db.begin();
      journal.append(2, [record(2)], 11);
      assert.equal(reader.read(1).length, 0, 'what is not committed is not seen');
      db.commit();
      assert.equal(reader.read(1).length, 1);
      assert.throws(() => reader.db.run('DELETE FROM journal'), DiskFailedError);
      reader.db.close();
    });
  });

  test('keeps a large transaction compressed, counts what lies on disk, and gives it back to the letter', () => {
    withFolder(({ journal, db }) => {
      const records = Array.from({ length: 100 }, (_, key) => ({
        ...record(key),
        value: { text: `\u0000 ä \ud83c\udfab ${key}`, variables: new Map([['x', '1.0']]) },
      }));
      db.transaction(() => journal.append(1, records, 10));
      const text = JSON.stringify(records).length;
      assert.ok(journal.size() < text / 5, `${journal.size()} bytes of ${text}`);
      const stored = db.get<{ bytes: number }>('SELECT length(records) AS bytes FROM journal');
      assert.equal(journal.size(), stored?.bytes);
      assert.deepEqual(
        journal.read(0).map((one) => one.record),
        records,
      );
    });
  });

  test('is pruned in small steps and whole transactions, and knows its oldest position', () => {
    withFolder(({ journal, db }) => {
      for (let first = 1; first < 20; first += 2)
        db.transaction(() => journal.append(first, [record(1), record(2)], 1));
      assert.equal(journal.prune(8, 3), 3);
      assert.equal(journal.prune(8, 3), 1);
      assert.equal(journal.prune(8, 3), 0);
      assert.equal(journal.oldest(), 9);
      assert.equal(journal.read(0, 1)[0]?.position, 9);
    });
  });
});

describe('a data folder', () => {
  test('is held by one process, and the refusal names folder and holder', () => {
    withFolder(() => {
      const code = `import { DataFolder } from ${JSON.stringify(new URL('./folder.ts', import.meta.url).href)};
        try { DataFolder.open(process.argv[1]); } catch (error) { console.log(error.name + ': ' + error.message); }`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code, data], {
        encoding: 'utf8',
      });
      assert.match(stdout, /^FolderLockedError: /);
      assert.ok(stdout.includes(data) && stdout.includes(`process ${process.pid} on `), stdout);
      assert.match(stdout, /started \d{4}-\d\d-\d\dT/);
      assert.throws(() => DataFolder.open(data), FolderLockedError);
    });
    withFolder(() => undefined);
  });

  test('that a newer version has written is refused by this one, with what it holds', () => {
    withFolder(({ db }) =>
      db.run("INSERT INTO migration (module, number, name) VALUES ('store', 99, 'future')"),
    );
    assert.throws(
      () => DataFolder.open(data),
      (error: unknown) => {
        assert.ok(error instanceof FolderTooNewError);
        assert.match(error.message, /migration 99 \(future\) of store/);
        return true;
      },
    );
    const db = new Database(join(data, 'tutti.db'));
    db.run('DELETE FROM migration WHERE number = 99');
    db.run("UPDATE meta SET value = 1000 WHERE name = 'format'");
    db.close();
    assert.throws(() => DataFolder.open(data), FolderTooNewError);
  });

  test('takes the tables of further modules, each with numbers of its own', () => {
    const first = { number: 1, name: 'one', sql: 'CREATE TABLE extra (a)' };
    const second = { number: 2, name: 'two', sql: 'ALTER TABLE extra ADD COLUMN b' };
    DataFolder.open(data, { migrations: [{ module: 'extra', migrations: [first] }] }).close();
    const folder = DataFolder.open(data, { migrations: [{ module: 'extra', migrations: [first, second] }] });
    folder.db.run('INSERT INTO extra (a, b) VALUES (1, 2)');
    folder.close();
    assert.throws(() => DataFolder.open(data), FolderTooNewError);
    const renamed = { module: 'extra', migrations: [{ ...first, name: 'other' }, second] };
    assert.throws(() => DataFolder.open(data, { migrations: [renamed] }), MigrationsBrokenError);
  });

  test('stays as it was when a migration fails', () => {
    const db = new Database(join(data, 'own.db'));
    const good = { number: 1, name: 'good', sql: 'CREATE TABLE good (a)' };
    const bad = { number: 2, name: 'bad', sql: 'CREATE TABLE bad (a); SELECT nonsense' };
    assert.throws(() => migrate(db, [{ module: 'm', migrations: [good, bad] }]), /nonsense/);
    assert.equal(db.get("SELECT 1 FROM sqlite_schema WHERE name IN ('good', 'bad')"), undefined);
    db.close();
  });

  test('that is full says so as a failure of the disk, and can be written again when there is room', () => {
    withFolder(({ db, kv }) => {
      const pages = db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
      db.exec(`PRAGMA max_page_count = ${pages + 2}`);
      const write = (): void => db.transaction(() => kv.set('large', 'x'.repeat(100_000)));
      assert.throws(write, (error: unknown) => error instanceof DiskFailedError && error.sqliteCode === 13);
      assert.equal(db.inTransaction, false);
      assert.equal(kv.text('large'), undefined);
      db.exec('PRAGMA max_page_count = 10000');
      write();
      assert.equal(kv.text('large')?.length, 100_000);
    });
  });

  test('writes its log back when it has grown, and not before', () => {
    const folder = DataFolder.open(data, { checkpoints: { pages: 50, everyCommits: 1 } });
    const commit = (_: unknown, round: number): boolean => {
      folder.db.transaction(() => folder.kv.set('large', String(round % 10).repeat(4096 * 20)));
      return folder.checkpoints.afterCommit();
    };
    const wrote = Array.from({ length: 20 }, commit);
    assert.equal(wrote[0], false);
    assert.ok(wrote.includes(true));
    assert.ok(folder.db.walFrames().frames < 20 * 20, 'the log started over');
    folder.close();
  });
});

function changes(db: Database): number {
  return db.get<{ n: number }>('SELECT total_changes() AS n')?.n ?? 0;
}
