import { test } from 'node:test';
import { killUnderMixedLoad } from '../support/kill-mixed.ts';

test('what was answered outlives twenty kills under mixed load', async (t) => {
  await killUnderMixedLoad(t, { kills: 20, seed: 20_261_125 });
});
