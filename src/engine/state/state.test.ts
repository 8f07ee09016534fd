import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAMPLES, stateContract } from './contract.test-helper.ts';
import { MemoryState } from './memory.ts';
import { Overlay } from './overlay.ts';

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
