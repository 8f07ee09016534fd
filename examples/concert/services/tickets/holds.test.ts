import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataOf, saleOpens, type World, withWorld } from '../testing.ts';

const join = (world: World, sessionId: string) =>
  world.send('/queue', 'Tickets.CustomerQueueJoined', { sessionId });

const wish = (
  world: World,
  sessionId: string,
  ticketsQuantity: unknown = 1,
  ticketsType: unknown = 'standing',
) => world.send('/requests', 'Tickets.Requested', { sessionId, ticketsType, ticketsQuantity });

/** Joins and holds; answers the data of Tickets.Reserved. */
async function hold(
  world: World,
  sessionId: string,
  quantity: unknown = 1,
): Promise<Record<string, unknown>> {
  await join(world, sessionId);
  await wish(world, sessionId, quantity);
  const event = await world.broker.until(
    () => world.broker.ofType('Tickets.Reserved').find((reserved) => reserved.subject === sessionId),
    `a hold of ${sessionId}`,
  );
  return dataOf(event);
}

async function seats(world: World): Promise<unknown> {
  return (await world.ask('/stats')).seats;
}

describe('holds', () => {
  it('R3: answers a wish by a fact with amount and end, and keeps the seats', () =>
    withWorld({ tickets: { seats: 'standing=10', prices: 'standing=123.5' } }, async (world) => {
      const reserved = await hold(world, 'a', '2');
      assert.deepEqual(reserved, {
        sessionId: 'a',
        reservationId: reserved.reservationId,
        ticketsType: 'standing',
        ticketsQuantity: 2,
        amount: 247,
        currency: 'EUR',
        expiresAt: new Date(saleOpens + 120_000).toISOString(),
      });
      assert.deepEqual(await seats(world), { total: 10, held: 2, sold: 0, left: 8 });
      assert.equal((await world.ask('/queue/a')).state, 'holding');
    }));

  it('R3: ignores Tickets.Reserved at /requests and /events: a browser cannot announce a hold', () =>
    withWorld({ tickets: { seats: 'standing=10' } }, async (world) => {
      await join(world, 'a');
      const forged = { sessionId: 'a', reservationId: 'forged', ticketsType: 'standing', ticketsQuantity: 1 };
      for (const path of ['/requests', '/events', '/checkout'])
        await world.send(path, 'Tickets.Reserved', forged);
      assert.deepEqual(await seats(world), { total: 10, held: 0, sold: 0, left: 10 });
      assert.equal((await fetch(`${world.tickets().url}/reservations/forged`)).status, 404);
    }));

  it('refuses a wish out of turn: before it, after it, and of a stranger', () =>
    withWorld({ tickets: { 'max-buying': 1, 'turn-seconds': 60 } }, async (world) => {
      await join(world, 'a');
      await join(world, 'b');
      await wish(world, 'b');
      await wish(world, 'stranger');
      await world.pass(61);
      await wish(world, 'a');
      const refused = await world.told('Tickets.Refused', 3);
      assert.deepEqual(
        refused.map((event) => event.data),
        ['b', 'stranger', 'a'].map((sessionId) => ({ sessionId, reason: 'notYourTurn' })),
      );
      assert.equal((await world.ask('/queue/b')).state, 'waiting', 'b keeps its place');
    }));

  it('accepts a wish that was made within the turn and arrives a little later', () =>
    withWorld({ tickets: { 'turn-seconds': 60 } }, async (world) => {
      await join(world, 'a');
      await world.pass(62);
      const time = new Date(saleOpens + 59_000).toISOString();
      const data = { sessionId: 'a', ticketsType: 'standing', ticketsQuantity: 1 };
      await world.send('/requests', 'Tickets.Requested', data, { time });
      await world.told('Tickets.Reserved', 1);
    }));

  it('R18: refuses what is no whole number from 1 to the maximum, and lets the customer ask again', () =>
    withWorld({ tickets: { seats: 'standing=100', 'max-per-purchase': 10 } }, async (world) => {
      await join(world, 'a');
      const wrong = [0, -1, 11, 1.5, '', '0', 'two', '1e1', ' ', null, true, [1], {}, '99999999999'];
      for (const quantity of wrong) await wish(world, 'a', quantity);
      await wish(world, 'a', 1, 'on the roof');
      await world.send('/requests', 'Tickets.Requested', { sessionId: 'a' });
      const refused = await world.told('Tickets.Refused', wrong.length + 2);
      for (const event of refused) assert.deepEqual(event.data, { sessionId: 'a', reason: 'invalid' });
      await wish(world, 'a', ' 10 ');
      const [reserved] = await world.told('Tickets.Reserved', 1);
      assert.equal(dataOf(reserved).ticketsQuantity, 10);
    }));

  it('R1: refuses more than is left of the type, says how many are, and lets the customer ask again', () =>
    withWorld({ tickets: { seats: 'standing=3,far away=9' } }, async (world) => {
      await join(world, 'a');
      await wish(world, 'a', 4);
      const [refused] = await world.told('Tickets.Refused', 1);
      assert.deepEqual(refused?.data, { sessionId: 'a', reason: 'soldOut', left: 3, leftInAll: 12 });
      await wish(world, 'a', 3);
      await world.told('Tickets.Reserved', 1);
      assert.deepEqual(await seats(world), { total: 12, held: 3, sold: 0, left: 9 });
    }));

  it('gives one hold for a wish that is sent twice with different ids', () =>
    withWorld({}, async (world) => {
      await hold(world, 'a');
      await wish(world, 'a', 5);
      await join(world, 'z');
      await world.broker.until(
        () => world.broker.ofType('Queue.CustomerExited').some((event) => event.subject === 'z'),
        'a later event',
      );
      assert.equal(world.broker.ofType('Tickets.Reserved').length, 1);
      assert.equal(world.broker.ofType('Tickets.Refused').length, 0);
    }));

  const endings: readonly [string, (world: World, data: Record<string, unknown>) => Promise<unknown>][] = [
    ['time-out', (world, data) => world.send('/timeouts', 'Tickets.ReservationTimedOut', data)],
    [
      'abandon',
      (world, data) => world.send('/abandon', 'Queue.CustomerAbandoned', { ...data, reason: 'quit' }),
    ],
    [
      'removal',
      (world, data) => world.send('/events', 'Queue.CustomerAbandoned', { ...data, reason: 'removed' }),
    ],
    ['refusal', (world, data) => world.send('/cleanup', 'Session.CleanUp', { ...data, outcome: 'refused' })],
    ['the safety net', (world) => world.pass(120 + 300)],
  ];
  for (const [name, end] of endings) {
    it(`R2: gives the seats back exactly once on ${name}, and the next customer gets them`, () =>
      withWorld({ tickets: { seats: 'standing=2', 'max-buying': 5 } }, async (world) => {
        const reserved = await hold(world, 'a', 2);
        const data = { sessionId: 'a', reservationId: reserved.reservationId };
        await join(world, 'b');
        assert.equal((await world.ask('/queue/b')).state, 'waiting');
        await end(world, data);
        for (const [, again] of endings.slice(0, 4)) await again(world, data);
        assert.deepEqual(await seats(world), { total: 2, held: 0, sold: 0, left: 2 });
        assert.equal((await world.ask(`/reservations/${reserved.reservationId}`)).state, 'released');
        assert.equal((await world.ask('/queue/b')).state, 'turn');
        await wish(world, 'b', 2);
        await world.told('Tickets.Reserved', 2);
        assert.deepEqual(await seats(world), { total: 2, held: 2, sold: 0, left: 0 });
      }));
  }

  it('R2: does not free a hold by itself before safetySeconds after its end', () =>
    withWorld({ tickets: { 'reservation-seconds': 120, 'safety-seconds': 300 } }, async (world) => {
      await hold(world, 'a');
      await world.pass(419);
      assert.equal((await world.ask('/queue/a')).state, 'holding');
      await world.pass(1);
      assert.equal((await world.ask('/queue/a')).state, 'left');
      const [gone] = await world.told('Queue.CustomerAbandoned', 1);
      assert.deepEqual(gone?.data, { sessionId: 'a', reason: 'timeout' });
    }));

  it('R21: the end of a hold is the one date that all are given, also for a large order of days', () =>
    withWorld({ tickets: { 'large-order-from': 10, 'large-order-seconds': 40 * 86_400 } }, async (world) => {
      const reserved = await hold(world, 'a', 10);
      const expiresAt = new Date(saleOpens + 40 * 86_400_000).toISOString();
      assert.equal(reserved.expiresAt, expiresAt);
      await world.pass(30 * 86_400);
      const shown = await world.ask(`/reservations/${reserved.reservationId}`);
      assert.deepEqual([shown.state, shown.expiresAt], ['held', expiresAt]);
    }));
});

describe('tickets', () => {
  it('R22: makes the codes once, unguessable, kept and verifiable', () =>
    withWorld({ tickets: { seats: 'standing=10' } }, async (world) => {
      const reserved = await hold(world, 'a', 3);
      const data = { sessionId: 'a', reservationId: reserved.reservationId };
      for (let time = 0; time < 3; time += 1) await world.send('/tickets/emit', 'Tickets.Emitted', data);
      await world.send('/events', 'Tickets.Emitted', data);
      await world.restart('tickets', 'killed');
      await world.send('/tickets/emit', 'Tickets.Emitted', data);
      await world.send('/tickets/emit', 'Payments.Authorized', {
        ...data,
        paymentId: 'p',
        amount: reserved.amount,
      });
      const [issued] = await world.told('Tickets.Issued', 1);
      const { ticketCodes } = dataOf(issued) as { ticketCodes: string[] };
      assert.equal(new Set(ticketCodes).size, 3);
      for (const code of ticketCodes) {
        assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/, '80 bits');
        assert.deepEqual(await world.ask(`/tickets/${code}`), { code, ticketsType: 'standing', valid: true });
      }
      const typed = (ticketCodes[0] ?? '').toLowerCase().replaceAll('-', ' ');
      assert.equal((await world.ask(`/tickets/${encodeURIComponent(typed)}`)).code, ticketCodes[0]);
      assert.equal((await fetch(`${world.tickets().url}/tickets/0000-0000-0000-0000`)).status, 404);
      assert.equal(new Set(world.broker.ofType('Tickets.Issued').map((event) => event.id)).size, 1);
      assert.deepEqual(await seats(world), { total: 10, held: 0, sold: 3, left: 7 });
      assert.equal((await world.ask('/queue/a')).state, 'issued');
    }));

  it('late and repeated farewells leave sold tickets alone', () =>
    withWorld({ tickets: { seats: 'standing=10' } }, async (world) => {
      const { reservationId } = await hold(world, 'a', 3);
      const data = { sessionId: 'a', reservationId };
      await world.send('/tickets/emit', 'Tickets.Emitted', data);
      await world.send('/timeouts', 'Tickets.ReservationTimedOut', data);
      await world.send('/abandon', 'Queue.CustomerAbandoned', { sessionId: 'a', reason: 'quit' });
      await world.send('/cleanup', 'Session.CleanUp', { sessionId: 'a', outcome: 'timedOut' });
      await world.pass(10_000);
      assert.deepEqual(await seats(world), { total: 10, held: 0, sold: 3, left: 7 });
      assert.equal((await world.ask('/queue/a')).state, 'issued');
    }));

  it('tells everybody who waits once when all is sold, and not while seats are merely held', () =>
    withWorld({ tickets: { seats: 'standing=1', 'max-buying': 1 } }, async (world) => {
      const { reservationId } = await hold(world, 'winner');
      const waiting = Array.from({ length: 1_200 }, (_, index) => `w${index}`);
      await Promise.all(waiting.map((name) => join(world, name)));
      assert.equal(world.broker.ofType('Tickets.Refused').length, 0);
      await world.send('/tickets/emit', 'Tickets.Emitted', { sessionId: 'winner', reservationId });
      await world.untilAnswer('/stats', (stats) => stats.waiting === 0);
      const refused = await world.told('Tickets.Refused', 1_200);
      assert.deepEqual(new Set(refused.map((event) => event.subject)), new Set(waiting));
      assert.equal(refused.length, 1_200);
      for (const event of refused) {
        assert.deepEqual(event.data, { sessionId: event.subject, reason: 'soldOut', left: 0, leftInAll: 0 });
      }
      await join(world, 'tooLate');
      await world.told('Tickets.Refused', 1_201);
      assert.equal((await world.ask('/queue/tooLate')).state, 'left');
    }));

  it('shows the offer with price and seats left of each type', () =>
    withWorld({ tickets: { seats: 'standing=10,balcony 1=5', prices: 'standing=99.9' } }, async (world) => {
      await hold(world, 'a', 3);
      assert.deepEqual(await world.ask('/offer'), {
        currency: 'EUR',
        maxPerPurchase: 10,
        types: [
          { ticketsType: 'standing', label: 'Standing', price: 99.9, total: 10, left: 7 },
          { ticketsType: 'balcony 1', label: 'Left balcony', price: 123.5, total: 5, left: 5 },
        ],
      });
    }));
});
