import { test } from 'node:test';
import { killDuringPurchases } from '../support/kill-purchases.ts';

for (let seed = 1; seed <= 10; seed++) {
  test(`fifty purchases come to their right ends through twenty kills (seed ${seed})`, async (t) => {
    await killDuringPurchases(t, { customers: 50, kills: 20, seed });
  });
}
