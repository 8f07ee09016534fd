import type { StatePort, TableSpec } from './port.ts';

interface Sample {
  readonly id: number;
  readonly type: string | null;
  readonly due: number | null;
  readonly note?: ReadonlyMap<string, string>;
}

/** What the suite needs of a test runner; handed in, because this folder knows no Node types. */
export interface TestTools {
  readonly test: (title: string, body: () => void) => unknown;
  readonly assert: {
    equal(actual: unknown, expected: unknown): void;
    deepEqual(actual: unknown, expected: unknown): void;
  };
}

/** The table that the contract suite works on; a store that must know its tables beforehand adds it. */
export const SAMPLES: TableSpec<Sample> = {
  name: 'contract_samples',
  key: 'id',
  indexes: { byType: ['type'], byDue: ['due'], byTypeAndDue: ['type', 'due'] },
};

const row = (id: number, type: string | null, due: number | null = null): Sample => ({ id, type, due });
const ids = (rows: Iterable<Sample>): number[] => [...rows].map(({ id }) => id);

/**
 * What every implementation of the state port must do (invariants P1–P5).
 *
 * @param name of the implementation, for the titles
 * @param tools `test` of node:test and node:assert/strict, or the like
 * @param open makes an empty state; `close` leaves nothing behind
 */
export function stateContract(
  name: string,
  { test, assert }: TestTools,
  open: () => { state: StatePort; close?: () => void },
): void {
  const check = (title: string, body: (state: StatePort) => void) =>
    test(`${name}: ${title}`, () => {
      const { state, close } = open();
      try {
        body(state);
      } finally {
        close?.();
      }
    });

  check('a row is found by its key until it is deleted', (state) => {
    assert.equal(state.get(SAMPLES, 1), undefined);
    state.put(SAMPLES, row(1, 'a'));
    assert.deepEqual(state.get(SAMPLES, 1), row(1, 'a'));
    state.put(SAMPLES, row(1, 'b', 5));
    assert.deepEqual(state.get(SAMPLES, 1), row(1, 'b', 5));
    state.delete(SAMPLES, 1);
    assert.equal(state.get(SAMPLES, 1), undefined);
    state.delete(SAMPLES, 1);
  });

  check('a map in a row comes back as it was put', (state) => {
    const note = new Map([
      ['b', '{"x":1.0}'],
      ['__proto__', '2'],
      ['a', '"ä"'],
    ]);
    state.put(SAMPLES, { ...row(1, 'a'), note });
    assert.deepEqual(state.get(SAMPLES, 1)?.note, note);
  });

  check('a scan yields rows by index columns, then by key', (state) => {
    for (const sample of [row(3, 'a', 10), row(1, 'a', 20), row(2, 'b', 10), row(4, 'a', 10)])
      state.put(SAMPLES, sample);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byTypeAndDue', [])), [3, 4, 1, 2]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byTypeAndDue', ['a'])), [3, 4, 1]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byTypeAndDue', ['a', 10])), [3, 4]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byType', ['b'])), [2]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byType', ['c'])), []);
  });

  check('a row without an index column is not in that index', (state) => {
    state.put(SAMPLES, row(1, null, 5));
    state.put(SAMPLES, row(2, 'a', null));
    assert.deepEqual(ids(state.scan(SAMPLES, 'byType', [])), [2]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [])), [1]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byTypeAndDue', [])), []);
    state.put(SAMPLES, row(2, null, null));
    assert.deepEqual(ids(state.scan(SAMPLES, 'byType', [])), []);
  });

  check('a scan ends at its bound and at its limit', (state) => {
    for (const due of [10, 20, 30, 40]) state.put(SAMPLES, row(due, 'a', due));
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [], { upTo: 30 })), [10, 20, 30]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [], { upTo: 30, limit: 2 })), [10, 20]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byTypeAndDue', ['a'], { upTo: 15 })), [10]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [], { limit: 0 })), []);
  });

  check('a row that changes moves in the indexes', (state) => {
    state.put(SAMPLES, row(1, 'a', 10));
    state.put(SAMPLES, row(2, 'a', 20));
    state.put(SAMPLES, row(1, 'a', 30));
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [])), [2, 1]);
    state.delete(SAMPLES, 2);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [])), [1]);
  });

  check('changes made while a scan is read do not disturb it', (state) => {
    for (const id of [1, 2, 3, 4]) state.put(SAMPLES, row(id, 'a', id * 10));
    const seen: number[] = [];
    for (const { id } of state.scan(SAMPLES, 'byDue', [])) {
      seen.push(id);
      state.delete(SAMPLES, id);
      state.put(SAMPLES, row(id + 10, 'a', 1000 + id));
      if (id === 1) state.delete(SAMPLES, 4);
    }
    assert.deepEqual(seen, [1, 2, 3, 4]);
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [])), [11, 12, 13, 14]);
  });

  check('numbers and texts with many digits keep their order', (state) => {
    const large = 2_251_799_813_685_249;
    for (const due of [large + 2, 9, large, 100]) state.put(SAMPLES, row(due, 'a', due));
    assert.deepEqual(ids(state.scan(SAMPLES, 'byDue', [])), [9, 100, large, large + 2]);
  });
}
