import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { Shopper } from '../support/shopper.ts';
import { startStack } from '../support/stack.ts';
import { get } from '../support/tutti-api.ts';

test('two customers, one ticket left: one buys it, the other is told that it is gone', async (t) => {
  const browser = await openBrowser();
  t.after(() => browser.close());
  const stack = await startStack(t, {
    clock: 'controllable',
    settings: { tickets: ['--seats', 'standing=1', '--max-buying', '2'] },
  });
  const [one, other] = await Promise.all([
    Shopper.enter(browser, stack.addresses),
    Shopper.enter(browser, stack.addresses),
  ]);
  await one.joins();
  await one.wishesFor('standing', 1);
  await one.sees('checkout');
  await other.joins();
  await one.sendsCard();
  await one.confirms('123456');
  await one.returns();
  assert.equal((await one.ticketCodes()).length, 1);
  await other.sees('soldOut');
  const { seats } = await get<{ seats: { sold: number; held: number; left: number } }>(
    `${stack.addresses.tickets}/stats`,
  );
  assert.deepEqual(seats, { ...seats, sold: 1, held: 0, left: 0 });
});
