import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, createBrowser, type LivePage } from './testing/browser.ts';
import { type Concert, startConcert } from './testing/concert.ts';

let concert: Concert;
before(async () => {
  concert = await startConcert('standing=2,balcony 1=1');
});
after(async () => {
  await concert.close();
});

/** A customer who was called, with the page open. */
async function called(): Promise<{ browser: Browser; page: LivePage }> {
  const browser = createBrowser(() => concert.url);
  await browser.begin();
  const page = await browser.live();
  assert.equal((await browser.call('POST', '/api/join')).status, 200);
  return { browser, page };
}

async function pay(page: LivePage, number: string): Promise<void> {
  const { payment } = await page.until((view) => view.stage === 'checkout');
  const card = new URLSearchParams({ name: 'Ada Tide', number, expiry: '12/39', cvc: '123' });
  const answer = await fetch(payment?.cardUrl ?? '', {
    method: 'POST',
    body: card,
    headers: { origin: concert.url },
    redirect: 'manual',
  });
  await answer.arrayBuffer();
  assert.equal(answer.status, 303, 'the card form is accepted from the page of the shop');
  const code = await fetch(payment?.cardUrl.replace(/card$/, 'code') ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ code: '123456' }),
  });
  await code.arrayBuffer();
}

describe('the shop with the real services', () => {
  it('sells until nothing is left, tells the one who waits, and shows tickets only to who paid', async () => {
    const buyer = await called();
    await buyer.page.until((view) => view.stage === 'turn' && view.offer !== undefined);
    await buyer.browser.call('POST', '/api/request', { ticketsType: 'standing', ticketsQuantity: 2 });
    await pay(buyer.page, '4242424242424242');
    const { tickets } = await buyer.page.until((view) => view.stage === 'issued');
    assert.equal(tickets?.ticketCodes.length, 2);

    const last = await called();
    await last.page.until((view) => view.stage === 'turn');
    await last.browser.call('POST', '/api/request', { ticketsType: 'standing', ticketsQuantity: 1 });
    const refused = await last.page.until((view) => view.notice?.kind === 'wishRefused');
    assert.equal(refused.stage, 'turn');
    await last.browser.call('POST', '/api/request', { ticketsType: 'balcony 1', ticketsQuantity: 1 });
    const late = await called();
    await late.page.until((view) => view.stage === 'waiting');
    await pay(last.page, '4242424242424242');
    await last.page.until((view) => view.stage === 'issued');
    await late.page.until((view) => view.stage === 'soldOut');
    for (const { page } of [buyer, last, late]) page.close();
  });
});
