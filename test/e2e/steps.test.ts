import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { Shopper } from '../support/shopper.ts';
import { type Stack, startStack } from '../support/stack.ts';

describe('a customer at a browser, in other steps than orchestrate', () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  const enter = async (t: { after(clean: () => unknown): void }, stack: Stack): Promise<Shopper> => {
    const shopper = await Shopper.enter(browser, stack.addresses);
    t.after(() => shopper.leaves());
    await shopper.joins();
    return shopper;
  };

  test('see: buys tickets from services that nobody coordinates', async (t) => {
    const shopper = await enter(t, await startStack(t, { step: 'see' }));
    await shopper.wishesFor('standing', 2);
    await shopper.sendsCard();
    await shopper.confirms('123456');
    await shopper.returns();
    assert.equal((await shopper.ticketCodes()).length, 2);
  });

  test('decide: gets twelve tickets when the back office presses the button for the transfer', async (t) => {
    const stack = await startStack(t, { step: 'decide' });
    const shopper = await enter(t, stack);
    await shopper.wishesFor('standing', 12);
    await shopper.sees('reserved');
    const office = await browser.newPage();
    t.after(() => office.close());
    await office.goto(`${stack.addresses.website}/backoffice`);
    await office
      .locator('#unpaid tr')
      .getByRole('button', { name: /Accept/ })
      .click();
    assert.equal((await shopper.ticketCodes()).length, 12);
  });
});
