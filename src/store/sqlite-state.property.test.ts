import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryState } from '../engine/state/memory.ts';
import { Overlay } from '../engine/state/overlay.ts';
import type { KeyPart, StatePort, TableSpec } from '../engine/state/port.ts';
import { BufferedState } from './buffered-state.ts';
import { DataFolder } from './folder.ts';

interface Row {
  readonly key: number;
  readonly owner: number | null;
  readonly name: string | undefined;
  readonly rank: number;
}
const TABLE: TableSpec<Row> = {
  name: 'rows',
  key: 'key',
  indexes: { byOwner: ['owner'], byName: ['name', 'rank'], all: [], byRank: ['rank', 'key'] },
};
interface Named {
  readonly id: string;
  readonly lane: string;
}
const NAMED: TableSpec<Named> = { name: 'named', key: 'id', indexes: { byLane: ['lane'] } };

type Step =
  | { readonly do: 'put'; readonly row: Row }
  | { readonly do: 'delete'; readonly key: number }
  | { readonly do: 'name'; readonly row: Named }
  | { readonly do: 'unname'; readonly id: string }
  | { readonly do: 'commit' | 'rollback' | 'reopen' | 'writeOut' };

const key = fc.integer({ min: 1, max: 40 });
const rank = fc.integer({ min: -2, max: 5 });
const word = fc.constantFrom('', 'a', 'ab', 'ä', '\u{1F600}', 'a\u0000b', '$map', "o'clock");
const row: fc.Arbitrary<Row> = fc.record({
  key,
  owner: fc.oneof(rank, fc.constant(null)),
  name: fc.oneof(word, fc.constant(undefined)),
  rank,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('put' as const), row }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('name' as const), row: fc.record({ id: word, lane: word }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unname' as const), id: word }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('commit' as const, 'rollback' as const, 'reopen' as const, 'writeOut' as const),
    }),
  },
);

/** All that can be asked of the small key space. */
function picture(state: StatePort): unknown {
  const prefixes: readonly [string, readonly KeyPart[], number | undefined][] = [
    ['byOwner', [], undefined],
    ['byOwner', [], 2],
    ['byOwner', [3], undefined],
    ['byName', ['a'], 3],
    ['byName', [''], undefined],
    ['byName', [], undefined],
    ['all', [], undefined],
    ['byRank', [1], 20],
    ['byRank', [4], undefined],
  ];
  const plain = (found: Row | undefined) => found && { ...found, name: found.name ?? null };
  return {
    gets: Array.from({ length: 41 }, (_, at) => plain(state.get(TABLE, at))),
    scans: prefixes.map(([index, prefix, upTo]) =>
      [...state.scan(TABLE, index, prefix, upTo === undefined ? {} : { upTo })].map(plain),
    ),
    first: [...state.scan(TABLE, 'byName', ['a'], { limit: 2 })].map(plain),
    lanes: ['', 'a', '$map'].map((lane) => [...state.scan(NAMED, 'byLane', [lane])].map(({ id }) => id)),
  };
}

test('state in SQLite tells the same as state in memory, whatever is done in whatever batches', () => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-state-'));
  const folder = DataFolder.open(data);
  try {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(0, 1500, 1 << 20),
        fc.constantFrom(0, 300, 1 << 20),
        (steps, cacheBytes, bufferChars) => {
          folder.db.exec(
            "DROP TABLE IF EXISTS state_rows; DROP TABLE IF EXISTS state_named; DELETE FROM state_table WHERE name IN ('rows', 'named'); DELETE FROM state_change",
          );
          let sqlite = new BufferedState(folder.db, { cacheBytes, bufferChars });
          const memory = new MemoryState();
          let batches = { sqlite: new Overlay(sqlite), memory: new Overlay(memory) };
          for (const each of steps) {
            for (const state of [batches.sqlite, batches.memory]) {
              if (each.do === 'put') state.put(TABLE, each.row);
              else if (each.do === 'delete') state.delete(TABLE, each.key);
              else if (each.do === 'name') state.put(NAMED, each.row);
              else if (each.do === 'unname') state.delete(NAMED, each.id);
            }
            if (each.do === 'commit' || each.do === 'reopen' || each.do === 'writeOut') {
              const changes = batches.sqlite.changes();
              folder.db.transaction(() => sqlite.take(changes));
              batches.memory.mergeInto(memory);
            } else if (each.do === 'rollback') {
              folder.db.begin();
              sqlite.take(batches.sqlite.changes());
              folder.db.rollback();
              sqlite.reset();
            } else continue;
            if (each.do === 'writeOut') folder.db.transaction(() => sqlite.writeOut());
            if (each.do === 'reopen') sqlite = new BufferedState(folder.db, { cacheBytes, bufferChars });
            assert.deepEqual(picture(sqlite), picture(memory));
            batches = { sqlite: new Overlay(sqlite), memory: new Overlay(memory) };
          }
          assert.deepEqual(picture(batches.sqlite), picture(batches.memory));
        },
      ),
      { seed: 20_260, numRuns: 150 },
    );
  } finally {
    folder.close();
    rmSync(data, { recursive: true });
  }
});
