import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Fixture, startFixture } from './testing/fixture.ts';

let site: Fixture;
before(async () => {
  site = await startFixture();
});
after(async () => {
  await site.close();
});

interface Office {
  readonly stages: Record<string, number>;
  readonly outcomes: Record<string, number>;
  readonly seats?: Record<string, number>;
  readonly queue?: { sessionId: string; here: boolean }[];
  readonly ticketsUp: boolean;
}

const office = async () => (await site.browser().call('GET', '/api/backoffice')).body as unknown as Office;

describe('the back office', () => {
  it('counts every purchase under exactly one outcome (R17)', async () => {
    const payment = (sessionId: string) => ({
      sessionId,
      reservationId: `R${sessionId}`,
      paymentId: `P${sessionId}`,
      amount: 1,
    });
    const seats = { ticketsType: 'standing', ticketsQuantity: 1 };
    const endings: [string, (sessionId: string) => object][] = [
      ['Tickets.Issued', (id) => ({ ...payment(id), ...seats, ticketCodes: ['X'] })],
      ['Notifications.Requested', (sessionId) => ({ sessionId, template: 'paymentTimedOut' })],
      ['Tickets.ReservationTimedOut', (id) => payment(id)],
      ['Queue.CustomerAbandoned', (sessionId) => ({ sessionId, reason: 'quit' })],
      ['Payments.Refused', (id) => ({ ...payment(id), reason: 'wrongCode' })],
      ['Session.CleanUp', (sessionId) => ({ sessionId, outcome: 'soldOut' })],
    ];
    for (const [type, data] of endings) {
      const browser = site.browser();
      const { sessionId } = await browser.begin();
      await browser.call('POST', '/api/join');
      await site.tell(type, data(sessionId));
      // What follows an end says it again, perhaps in other words.
      await site.tell('Session.CleanUp', { sessionId, outcome: 'timedOut' });
    }
    const { outcomes, stages } = await office();
    assert.deepEqual(outcomes, { purchased: 1, timedOut: 2, abandoned: 1, refused: 1, soldOut: 1 });
    assert.equal(stages.waiting, 0);
  });

  it('shows seats and the first in line, and whose page is open', async () => {
    const browser = site.browser();
    const { sessionId } = await browser.begin();
    await browser.call('POST', '/api/join');
    const page = await browser.live();
    await page.until(() => true);
    site.desk.waiting = [sessionId, 'somebody-else'];
    const shown = await office();
    assert.deepEqual(shown.seats, site.desk.seats);
    assert.deepEqual(shown.queue, [
      { sessionId, here: true },
      { sessionId: 'somebody-else', here: false },
    ]);
    page.close();
  });

  it('removes a customer, who is told so', async () => {
    const browser = site.browser();
    const { sessionId } = await browser.begin();
    await browser.call('POST', '/api/join');
    const answer = await site.browser().call('POST', '/api/backoffice/remove', { sessionId });
    assert.equal(answer.status, 200);
    assert.deepEqual((await site.sentEvent('Queue.CustomerAbandoned', sessionId)).data, {
      sessionId,
      reason: 'removed',
    });
    const { body } = await browser.call('GET', '/api/session');
    assert.equal(body.stage, 'abandoned');
    assert.equal(body.cause, 'removed');
    const again = await site.browser().call('POST', '/api/backoffice/remove', { sessionId });
    assert.equal(again.status, 409);
  });

  it('removes a customer who did not come by this shop', async () => {
    const answer = await site.browser().call('POST', '/api/backoffice/remove', { sessionId: 'mock-1' });
    assert.equal(answer.status, 200);
    assert.equal((await site.sentEvent('Queue.CustomerAbandoned', 'mock-1')).data.reason, 'removed');
  });

  it('accepts a money transfer for seats that are held, and shows who has not paid', async () => {
    const browser = site.browser();
    const { sessionId } = await browser.begin();
    await browser.call('POST', '/api/join');
    const early = await site.browser().call('POST', '/api/backoffice/transfer', { sessionId });
    assert.equal(early.status, 409);
    const reservation = {
      ...{ reservationId: 'R-transfer', ticketsType: 'standing', ticketsQuantity: 12 },
      ...{ amount: 1482, currency: 'EUR', expiresAt: '2040-01-01T00:00:00.000Z' },
    };
    await site.tell('Tickets.Reserved', { sessionId, ...reservation });
    const { body } = await site.browser().call('GET', '/api/backoffice');
    const unpaid = body.unpaid as { sessionId: string }[];
    assert.deepEqual(
      unpaid.filter((one) => one.sessionId === sessionId),
      [{ sessionId, reservation }],
    );
    const answer = await site.browser().call('POST', '/api/backoffice/transfer', { sessionId });
    assert.equal(answer.status, 200);
    assert.deepEqual((await site.sentEvent('MoneyTransfer.Accepted', sessionId)).data, {
      ...{ sessionId, reservationId: 'R-transfer', amount: 1482 },
    });
  });

  it('is open to this machine only (R25)', async () => {
    for (const path of ['/backoffice', '/api/backoffice']) {
      const answer = await site.browser().call('GET', path, undefined, { 'x-forwarded-for': '203.0.113.9' });
      assert.equal(answer.status, 403, path);
    }
  });

  it('shows its own figures while the tickets service does not answer', async () => {
    await site.closeDesk();
    const shown = await office();
    assert.equal(shown.ticketsUp, false);
    assert.equal(shown.seats, undefined);
    assert.ok(shown.outcomes.purchased !== undefined);
    await site.openDesk();
  });
});
