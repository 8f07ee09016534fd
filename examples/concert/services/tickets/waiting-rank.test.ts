import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { WaitingRank } from './waiting-rank.ts';

it('counts as a plain set does, whatever is added and removed', () => {
  const step = fc.record({ add: fc.boolean(), number: fc.integer({ min: 1, max: 5_000 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 6_000 }), (steps, asked) => {
      const rank = new WaitingRank();
      const plain = new Set<number>();
      for (const { add, number } of steps) {
        if (add) rank.add(number);
        else rank.remove(number);
        if (add) plain.add(number);
        else plain.delete(number);
      }
      assert.equal(rank.size, plain.size);
      assert.equal(rank.before(asked), [...plain].filter((number) => number < asked).length);
    }),
    { numRuns: 200 },
  );
});

it('is empty after it was cleared, and counts anew', () => {
  const rank = new WaitingRank();
  for (let number = 1; number <= 3_000; number += 1) rank.add(number);
  assert.equal(rank.before(3_000), 2_999);
  rank.clear();
  rank.add(2_000);
  assert.equal(rank.before(3_000), 1);
});
