import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SAMPLES, stateContract } from './contract.test-helper.ts';
import { MemoryState } from './memory.ts';
import { Overlay } from './overlay.ts';
import type { KeyPart, StatePort } from './port.ts';

stateContract('memory', { test, assert }, () => ({ state: new MemoryState() }));
stateContract('overlay on memory', { test, assert }, () => ({ state: new Overlay(new MemoryState()) }));
stateContract('overlay on overlay', { test, assert }, () => ({
  state: new Overlay(new Overlay(new MemoryState())),
}));

const sample = (id: number, type: string) => ({ id, type, due: id });

test('an overlay shows its changes over the state below and leaves that as it is', () => {
  const below = new MemoryState();
  for (const id of [1, 2, 3]) below.put(SAMPLES, sample(id, 'a'));
  const overlay = new Overlay(below);
  overlay.put(SAMPLES, sample(2, 'b'));
  overlay.delete(SAMPLES, 3);
  overlay.put(SAMPLES, sample(4, 'a'));
  assert.deepEqual(
    [...overlay.scan(SAMPLES, 'byType', ['a'])].map(({ id }) => id),
    [1, 4],
  );
  assert.deepEqual(
    [...below.scan(SAMPLES, 'byType', ['a'])].map(({ id }) => id),
    [1, 2, 3],
  );
});

test('merging an overlay gives the state below all its changes', () => {
  const below = new MemoryState();
  below.put(SAMPLES, sample(1, 'a'));
  const overlay = new Overlay(below);
  overlay.delete(SAMPLES, 1);
  overlay.put(SAMPLES, sample(2, 'b'));
  overlay.mergeInto(below);
  assert.equal(below.get(SAMPLES, 1), undefined);
  assert.deepEqual(below.get(SAMPLES, 2), sample(2, 'b'));
});

test('a limited scan of an overlay takes rows from both sides in order', () => {
  const below = new MemoryState();
  for (const id of [1, 3, 5, 7]) below.put(SAMPLES, sample(id, 'a'));
  const overlay = new Overlay(below);
  for (const id of [2, 4]) overlay.put(SAMPLES, sample(id, 'a'));
  overlay.delete(SAMPLES, 1);
  const found = [...overlay.scan(SAMPLES, 'byDue', [], { limit: 3 })].map(({ id }) => id);
  assert.deepEqual(found, [2, 3, 4]);
});

test('changes since a mark are taken back as if they had been made on an overlay of their own that was dropped', () => {
  const id = fc.integer({ min: 1, max: 6 });
  const step = fc.oneof(
    fc.record({ what: fc.constant('put' as const), id, type: fc.constantFrom('a', 'b') }),
    fc.record({ what: fc.constant('delete' as const), id }),
    fc.record({ what: fc.constantFrom('mark' as const, 'keep' as const, 'undo' as const, 'read' as const) }),
  );
  const ids = (state: StatePort, index: string, prefix: readonly KeyPart[]) =>
    [...state.scan(SAMPLES, index, prefix)].map((row) => [row.id, row.type]);
  const seen = (state: StatePort) => [
    ids(state, 'byDue', []),
    ids(state, 'byType', ['a']),
    [1, 2, 3, 4, 5, 6].map((key) => state.get(SAMPLES, key)),
  ];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const below = new MemoryState();
      for (const key of [1, 2, 3]) below.put(SAMPLES, sample(key, 'a'));
      const overlay = new Overlay(below);
      const marks: number[] = [];
      const stack = [new Overlay(below)];
      for (const one of steps) {
        const top = stack.at(-1) as Overlay;
        if (one.what === 'put')
          for (const state of [overlay, top]) state.put(SAMPLES, sample(one.id, one.type));
        else if (one.what === 'delete') for (const state of [overlay, top]) state.delete(SAMPLES, one.id);
        else if (one.what === 'mark') {
          marks.push(overlay.mark());
          stack.push(new Overlay(top));
        } else if (one.what === 'read') assert.deepEqual(seen(overlay), seen(top));
        else {
          const mark = marks.pop();
          if (mark === undefined) continue;
          stack.pop();
          if (one.what === 'undo') overlay.undo(mark);
          else {
            overlay.keep();
            top.mergeInto(stack.at(-1) as Overlay);
          }
        }
      }
      assert.deepEqual(seen(overlay), seen(stack.at(-1) as Overlay));
    }),
  );
});
