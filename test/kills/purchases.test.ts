import { test } from 'node:test';
import { killDuringPurchases } from '../support/kill-purchases.ts';

test('R4: fifty purchases come to their right ends while Tutti and the services are killed', async (t) => {
  await killDuringPurchases(t, { customers: 50, kills: 8, seed: 20_261_125 });
});
