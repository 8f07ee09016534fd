import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { Shopper } from '../support/shopper.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { eventsOf, get, purchaseOf } from '../support/tutti-api.ts';
import { until } from '../support/until.ts';

/** Real processes, a real browser; time passes only when a test moves it. */
describe('a customer at a browser', () => {
  let browser: Browser;
  let stack: Stack;
  const cleaning: (() => unknown)[] = [];
  before(async () => {
    browser = await openBrowser();
    stack = await startStack({ after: (clean) => cleaning.push(clean) }, { clock: 'controllable' });
  });
  after(async () => {
    await browser?.close();
    for (const clean of cleaning.reverse()) await clean();
  });

  const enter = (): Promise<Shopper> => Shopper.enter(browser, stack.addresses);
  const sessionOf = async (shopper: Shopper): Promise<string> => {
    const state = await shopper.page.evaluate(async () => (await fetch('/api/session')).text());
    return String(JSON.parse(state).sessionId);
  };
  const endsAs = async (shopper: Shopper, end: string): Promise<string> => {
    const session = await sessionOf(shopper);
    const found = await until(`the instance of ${session} has ended`, async () => {
      const purchase = await purchaseOf(stack.addresses.tutti, session);
      return purchase?.state === 'COMPLETED' ? purchase : undefined;
    });
    assert.ok(found.ends.includes(end), `reached ${found.ends.join(', ')}, not ${end}`);
    return session;
  };

  test('buys two tickets, from the queue to the e-tickets', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.wishesFor('balcony 1', 2);
    await shopper.sees('checkout');
    assert.match((await shopper.page.locator('#hold-countdown').textContent()) ?? '', /\d/);
    await shopper.sendsCard();
    await shopper.confirms('123456');
    await shopper.returns();
    const codes = await shopper.ticketCodes();
    assert.equal(new Set(codes).size, 2);
    await shopper.page.reload();
    assert.deepEqual(await shopper.ticketCodes(), codes);
    for (const code of codes) {
      const ticket = await get<{ ticketsType: string }>(`${stack.addresses.tickets}/tickets/${code}`);
      assert.equal(ticket.ticketsType, 'balcony 1');
    }
    await endsAs(shopper, 'purchased');
    await shopper.leaves();
  });

  test('may buy again, as a new purchase', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.sees('turn');
    const first = await sessionOf(shopper);
    await shopper.page.locator('#quit').click();
    await shopper.page.locator('#quit-confirm').click();
    await shopper.sees('abandoned');
    await endsAs(shopper, 'abandoned');
    await shopper.page.locator('#start-again').click();
    await shopper.sees('new');
    await shopper.joins();
    await shopper.sees('turn');
    assert.notEqual(await sessionOf(shopper), first);
    await shopper.leaves();
  });

  test('chooses nothing and is told that the turn has passed', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.sees('turn');
    await stack.advance(61_000);
    await shopper.sees('timedOut');
    assert.match(await shopper.endWords(), /no money|nothing was charged|not charged/i);
    const session = await endsAs(shopper, 'timedOut');
    assert.equal(await eventsOf(stack.addresses.tutti, 'Session.CleanUp', session), 1);
    await shopper.leaves();
  });

  test('does not pay, is reminded, and loses the seats when the hold ends', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.wishesFor('balcony 2', 3);
    await shopper.sees('checkout');
    const heldBefore = await seatsHeld();
    assert.equal(heldBefore, 3);
    await stack.advance(61_000);
    await shopper.page.locator('#toast').getByText(/\d/).waitFor();
    const session = await sessionOf(shopper);
    assert.ok((await eventsOf(stack.addresses.tutti, 'Tickets.ReservationReminder', session)) >= 1);
    await stack.advance(60_000);
    await shopper.sees('timedOut');
    await endsAs(shopper, 'timedOut');
    await until('the seats are free', async () => ((await seatsHeld()) === 0 ? true : undefined));
    await shopper.leaves();
  });

  test('sends the card, never types the code, and the payment is cancelled when the hold ends', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.wishesFor('standing', 1);
    await shopper.sendsCard();
    await stack.advance(121_000);
    await shopper.returns();
    await shopper.sees('timedOut');
    const session = await endsAs(shopper, 'timedOut');
    await until('the payment is refused once', async () =>
      (await eventsOf(stack.addresses.tutti, 'Payments.Refused', session)) === 1 ? true : undefined,
    );
    await shopper.leaves();
  });

  test('types a wrong code three times and is refused', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.wishesFor('standing', 1);
    await shopper.sendsCard();
    await shopper.confirms('000000');
    await shopper.page.getByText('2 attempts are left').waitFor();
    await shopper.confirms('000001');
    await shopper.page.getByText('one attempt is left').waitFor();
    await shopper.confirms('000002');
    await shopper.page.locator('#code').waitFor({ state: 'detached' });
    await shopper.returns();
    await shopper.sees('refused');
    await endsAs(shopper, 'refused');
    await shopper.leaves();
  });

  test('has a card that the bank declines and is refused', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.wishesFor('standing', 1);
    await shopper.sendsCard('4000 0000 0000 0002');
    await shopper.confirms('123456');
    await shopper.page.locator('#code').waitFor({ state: 'detached' });
    await shopper.returns();
    await shopper.sees('refused');
    await endsAs(shopper, 'refused');
    await shopper.leaves();
  });

  test('mistypes the card number and is told at the field', async () => {
    const shopper = await enter();
    await shopper.joins();
    await shopper.wishesFor('standing', 1);
    await shopper.sees('checkout');
    await shopper.page.locator('#card-name').fill('Kim Test');
    await shopper.page.locator('#card-number').fill('4242 4242 4242 4241');
    await shopper.page.locator('#card-expiry').fill('12/49');
    await shopper.page.locator('#card-cvc').fill('123');
    await shopper.page.locator('#pay').click();
    await shopper.page
      .locator('#card-number-error')
      .getByText(/typing error/)
      .waitFor();
    await shopper.leaves();
  });

  async function seatsHeld(): Promise<number> {
    const { seats } = await get<{ seats: { held: number } }>(`${stack.addresses.tickets}/stats`);
    return seats.held;
  }
});
