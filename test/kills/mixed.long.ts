import { test } from 'node:test';
import { killUnderMixedLoad } from '../support/kill-mixed.ts';

for (let seed = 1; seed <= 4; seed++) {
  test(`what was answered outlives fifty kills under mixed load (seed ${seed})`, async (t) => {
    await killUnderMixedLoad(t, { kills: 50, seed });
  });
}
