import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goodCard, pay, post } from './payments/testing.ts';
import { dataOf, type World, withWorld } from './testing.ts';

const join = (world: World, sessionId: string) =>
  world.send('/queue', 'Tickets.CustomerQueueJoined', { sessionId });

/** Joins and holds two seats; answers the reservation. */
async function hold(
  world: World,
  sessionId: string,
): Promise<{ reservationId: string; sessionId: string; amount: number }> {
  await join(world, sessionId);
  await world.send('/requests', 'Tickets.Requested', {
    sessionId,
    ticketsType: 'standing',
    ticketsQuantity: 2,
  });
  const { reservations } = await world.ask(`/reservations?sessionId=${sessionId}`);
  const [first] = reservations as { reservationId: string; sessionId: string; amount: number }[];
  assert.ok(first);
  return first;
}

/** Has the payment of a hold opened; answers its id. */
async function checkout(
  world: World,
  reservation: { reservationId: string; sessionId: string },
): Promise<string> {
  assert.equal(await world.send('/checkout', 'Tickets.CheckedOut', { ...reservation }), 204);
  const event = await world.broker.until(
    () =>
      world.broker
        .ofType('Payments.RequestReceived')
        .find((received) => received.correlationKey === reservation.reservationId),
    'the payment',
  );
  return String(dataOf(event).paymentId);
}

describe('tickets and payments together', () => {
  it('a purchase: called, held, paid, issued', () =>
    withWorld({ tickets: { seats: 'standing=10' } }, async (world) => {
      const reservation = await hold(world, 'a');
      const paymentId = await checkout(world, reservation);
      await pay(world, paymentId);
      const [paid] = await world.told('Payments.Authorized', 1);
      assert.equal(await world.send('/tickets/emit', 'Tickets.Emitted', paid?.data), 204);
      await world.told('Tickets.Issued', 1);
      assert.deepEqual((await world.ask('/stats')).seats, { total: 10, held: 0, sold: 2, left: 8 });
      const types = [
        'Queue.CustomerExited',
        'Tickets.Reserved',
        'Payments.RequestReceived',
        'Payments.Authorized',
        'Tickets.Issued',
      ];
      assert.deepEqual(
        world.broker.taken.map((event) => event.type),
        types,
      );
      assert.equal(new Set(world.broker.taken.map((event) => event.id)).size, 5, 'R8: ids are unique');
      for (const event of world.broker.taken) assert.equal(event.subject, 'a');
    }));

  it('the same purchase by wiring alone: Reserved to /checkout, Authorized to /tickets/emit', () =>
    withWorld({ tickets: { seats: 'standing=10' } }, async (world) => {
      await hold(world, 'a');
      const [reserved] = await world.told('Tickets.Reserved', 1);
      await world.send('/checkout', 'Tickets.Reserved', reserved?.data);
      const [received] = await world.told('Payments.RequestReceived', 1);
      await pay(world, String(dataOf(received).paymentId));
      const [paid] = await world.told('Payments.Authorized', 1);
      await world.send('/tickets/emit', 'Payments.Authorized', paid?.data);
      await world.told('Tickets.Issued', 1);
    }));

  it('R12: issues nothing for another amount than that of the hold, and gives the payment back', () =>
    withWorld({ tickets: { seats: 'standing=10' } }, async (world) => {
      const reservation = await hold(world, 'a');
      await pay(world, await checkout(world, reservation));
      const [paid] = await world.told('Payments.Authorized', 1);
      await world.send('/tickets/emit', 'Payments.Authorized', { ...dataOf(paid), amount: 1 });
      await world.told('Payments.Refunded', 1);
      assert.equal(world.broker.ofType('Tickets.Issued').length, 0);
    }));

  it('R2: a time-out frees the seats and cancels the open payment', () =>
    withWorld({ tickets: { seats: 'standing=2' } }, async (world) => {
      const reservation = await hold(world, 'a');
      const paymentId = await checkout(world, reservation);
      await world.send('/timeouts', 'Tickets.ReservationTimedOut', reservation);
      const [refused] = await world.told('Payments.Refused', 1);
      assert.equal(dataOf(refused).reason, 'cancelled');
      const answer = await post(world, `/payments/${paymentId}/card`, goodCard);
      assert.deepEqual([answer.status, answer.body.code], [409, 'wrongStep']);
    }));

  it('a payment that is authorised after its hold was freed is refunded, not issued', () =>
    withWorld({ tickets: { seats: 'standing=2' } }, async (world) => {
      const reservation = await hold(world, 'a');
      const paymentId = await checkout(world, reservation);
      await pay(world, paymentId);
      await world.told('Payments.Authorized', 1);
      await world.send('/timeouts', 'Tickets.ReservationTimedOut', reservation);
      await world.send('/tickets/emit', 'Tickets.Emitted', reservation);
      await world.told('Payments.Refunded', 1);
      assert.equal(world.broker.ofType('Tickets.Issued').length, 0);
      assert.deepEqual((await world.ask('/stats')).seats, { total: 2, held: 0, sold: 0, left: 2 });
    }));

  it('R11: a checkout that is repeated, with the same id or another, opens one payment', () =>
    withWorld({}, async (world) => {
      const reservation = await hold(world, 'a');
      for (const id of ['x', 'x', 'y', 'z']) {
        await world.send('/checkout', 'Tickets.CheckedOut', { ...reservation }, { id });
      }
      await world.told('Payments.RequestReceived', 1);
      await hold(world, 'b');
      await world.broker.until(() => world.broker.ofType('Tickets.Reserved').length === 2, 'the second hold');
      assert.equal(world.broker.ofType('Payments.RequestReceived').length, 1);
    }));
});

describe('R4: after a kill and a new start', () => {
  for (const how of ['killed', 'closed'] as const) {
    it(`queue order, turns, holds and their dates are as before (${how})`, () =>
      withWorld({ tickets: { 'max-buying': 2, seats: 'standing=5' } }, async (world) => {
        const held = await hold(world, 'holder');
        for (const name of ['turn', 'w1', 'w2', 'w3']) await join(world, name);
        await world.send('/abandon', 'Queue.CustomerAbandoned', { sessionId: 'w2', reason: 'quit' });
        const questions = [
          '/queue?limit=10',
          '/queue/holder',
          '/queue/turn',
          '/queue/w3',
          '/stats',
          '/offer',
        ];
        const look = () =>
          Promise.all([...questions, `/reservations/${held.reservationId}`].map((path) => world.ask(path)));
        const earlier = await look();
        await world.restart('tickets', how);
        assert.deepEqual(await look(), earlier);
        assert.deepEqual((earlier[0] as { sessions: string[] }).sessions, ['w1', 'w3']);
        await join(world, 'w4');
        assert.equal((await world.ask('/queue/w4')).position, 2, 'new customers come after the old');
        await world.pass(60 + 300);
        assert.equal((await world.ask('/queue/turn')).state, 'left', 'dates of before the start are kept');
      }));

    it(`payments go on, also one whose answer is on its way (${how})`, () =>
      withWorld({ payments: { 'authorization-delay-ms': 10_000 } }, async (world) => {
        const first = await checkout(world, await hold(world, 'a'));
        const second = await checkout(world, await hold(world, 'b'));
        await pay(world, first);
        await post(world, `/payments/${second}/card`, goodCard);
        await post(world, `/payments/${second}/code`, { code: '999999' });
        await world.restart('payments', how);
        const shown = await world.ask(`/payments/${second}`, 'payments');
        assert.deepEqual([shown.status, shown.attemptsLeft], ['awaitingCode', 2]);
        await world.pass(10);
        const [paid] = await world.told('Payments.Authorized', 1);
        assert.equal(dataOf(paid).paymentId, first);
      }));
  }

  it('events that the broker did not take before the kill are sent after it, with the same ids', () =>
    withWorld({}, async (world) => {
      world.broker.answer(() => 503);
      await join(world, 'a');
      await world.broker.until(() => world.broker.attempts.length > 0, 'an attempt');
      await world.restart('tickets', 'killed');
      world.broker.answer(() => 202);
      const [called] = await world.told('Queue.CustomerExited', 1);
      assert.deepEqual(new Set(world.broker.attempts.map((event) => event.id)), new Set([called?.id]));
    }));

  it('a payment that could not be opened before the kill is opened after it, once', () =>
    withWorld({}, async (world) => {
      const reservation = await hold(world, 'a');
      await world.payments().close();
      await world.send('/checkout', 'Tickets.CheckedOut', { ...reservation });
      await world.restart('tickets', 'killed');
      await world.restart('payments', 'closed');
      await world.told('Payments.RequestReceived', 1);
      await world.untilAnswer(
        `/reservations/${reservation.reservationId}`,
        (shown) => shown.paymentId !== undefined,
      );
    }));

  it('telling the waiting that all is sold goes on where it stopped, each one told once', () =>
    withWorld({ tickets: { seats: 'standing=2', 'max-buying': 1 } }, async (world) => {
      const reservation = await hold(world, 'winner');
      const names = Array.from({ length: 700 }, (_, index) => `w${index}`);
      await Promise.all(names.map((name) => join(world, name)));
      world.broker.answer(() => 503);
      await world.send('/tickets/emit', 'Tickets.Emitted', reservation);
      await world.restart('tickets', 'killed');
      world.broker.answer(() => 202);
      const refused = await world.told('Tickets.Refused', 700);
      assert.equal(new Set(refused.map((event) => event.subject)).size, 700);
      assert.equal(new Set(refused.map((event) => event.id)).size, 700);
    }));
});
