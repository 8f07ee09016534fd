import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Payment, Reservation, SessionEvent } from './events.ts';
import { apply, newSession, type Session } from './session.ts';
import { outcomeOf, stageOf } from './stage.ts';

const seats = { ticketsType: 'standing', ticketsQuantity: 2 };
const reservation: Reservation = {
  ...seats,
  reservationId: 'R1',
  amount: 247,
  currency: 'EUR',
  expiresAt: '2027-01-01T10:03:00.000Z',
};
const payment: Payment = { paymentId: 'P1', reservationId: 'R1', amount: 247 };
const joined: SessionEvent = { kind: 'joined' };
const turnCame: SessionEvent = { kind: 'turnCame', turnEndsAt: '2027-01-01T10:01:00.000Z' };
const wished: SessionEvent = { kind: 'wished', seats };
const reserved: SessionEvent = { kind: 'reserved', reservation };
const paymentOpened: SessionEvent = { kind: 'paymentOpened', payment };
const authorized: SessionEvent = { kind: 'paymentAuthorized', payment };
const reminded: SessionEvent = { kind: 'reminded', reservationId: 'R1', secondsLeft: 60 };
const refunded: SessionEvent = { kind: 'refunded', payment };
const issued: SessionEvent = {
  kind: 'issued',
  tickets: { ...seats, reservationId: 'R1', ticketCodes: ['A-1', 'A-2'] },
};
const purchase = [joined, turnCame, wished, reserved, paymentOpened, reminded, authorized, issued];
const reservationTimedOut: SessionEvent = { kind: 'reservationTimedOut', reservationId: 'R1' };
const ends: readonly SessionEvent[] = [
  { kind: 'notified', template: 'turnExpired' },
  { kind: 'notified', template: 'checkoutTimedOut' },
  { kind: 'notified', template: 'paymentRefused' },
  { kind: 'cleanedUp', outcome: 'soldOut' },
  { kind: 'cleanedUp', outcome: 'timedOut' },
  { kind: 'cleanedUp', outcome: 'refused' },
  { kind: 'cleanedUp', outcome: 'abandoned' },
  { kind: 'abandoned', reason: 'quit' },
  { kind: 'paymentRefused', payment, reason: 'declined' },
  { kind: 'paymentRefused', payment, reason: 'cancelled' },
  reservationTimedOut,
];
const wishRefused: SessionEvent = { kind: 'wishRefused', reason: 'soldOut', left: 1 };
const anything = fc.constantFrom(...purchase, ...ends, refunded, wishRefused);

function after(...events: readonly SessionEvent[]): Session {
  return events.reduce(apply, newSession('S1'));
}

function stageAfter(...events: readonly SessionEvent[]): string {
  return stageOf(after(...events)).stage;
}

describe('a purchase', () => {
  it('goes through all stages in order', () => {
    const stages = purchase.map((_event, index) => stageAfter(...purchase.slice(0, index + 1)));
    assert.deepEqual(stages, [
      'waiting',
      'turn',
      'requested',
      'reserved',
      'checkout',
      'checkout',
      'paid',
      'issued',
    ]);
  });

  it('is the same whatever the order in which its events come, and however often', () => {
    // The wish itself is made by the website, so it is there before anything that answers it.
    const outside = [turnCame, reserved, paymentOpened, reminded, authorized, issued];
    const orders = fc.shuffledSubarray([...outside, ...outside], { minLength: outside.length * 2 });
    const wanted = after(joined, ...purchase.slice(1).filter((event) => event !== wished));
    fc.assert(
      fc.property(orders, (order) => {
        assert.deepEqual(after(joined, ...order), wanted);
      }),
    );
  });

  it('holds a payment that is known before its reservation until the reservation comes', () => {
    assert.equal(stageAfter(joined, turnCame, wished, paymentOpened), 'requested');
    assert.equal(stageAfter(joined, turnCame, wished, paymentOpened, reserved), 'checkout');
  });

  it('lets no event after the end change the end, except that tickets were issued', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 12 }), anything, (before, event) => {
        const session = after(...before);
        const stage = stageOf(session);
        const settled = stage.stage === 'timedOut' || stage.stage === 'soldOut' || stage.stage === 'issued';
        if (!settled) return;
        const next = stageOf(apply(session, event));
        assert.ok(
          next.stage === 'issued' || next.stage === stage.stage,
          `${stage.stage} became ${next.stage}`,
        );
      }),
    );
  });

  it('never comes back from an end to a stage that goes on', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 16 }), (events) => {
        let session = newSession('S1');
        let over = false;
        for (const event of events) {
          session = apply(session, event);
          const now = outcomeOf(stageOf(session).stage) !== undefined;
          assert.ok(now || !over, `${event.kind} brought an ended purchase back`);
          over = now;
        }
      }),
    );
  });

  it('is not changed by the repetition of the event that came last', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 12 }), anything, (before, event) => {
        const once = after(...before, event);
        assert.deepEqual(apply(once, event), once);
      }),
    );
  });
});

describe('a refused wish', () => {
  it('leads back to the choice with the reason, and the next wish clears it', () => {
    const back = after(joined, turnCame, wished, wishRefused);
    assert.deepEqual(stageOf(back), {
      stage: 'turn',
      turnEndsAt: '2027-01-01T10:01:00.000Z',
      refusal: { reason: 'soldOut', left: 1 },
    });
    assert.equal(stageOf(apply(back, wished)).stage, 'requested');
    assert.equal(apply(back, wished).refusal, undefined);
  });

  it('tells one who still waits that all is sold', () => {
    assert.equal(stageAfter(joined, { kind: 'wishRefused', reason: 'soldOut', left: 0 }), 'soldOut');
  });

  it('has no effect once the seats are held', () => {
    assert.equal(stageAfter(joined, turnCame, wished, reserved, wishRefused), 'reserved');
  });
});

describe('an end', () => {
  it('keeps its cause when later events say it less exactly', () => {
    const session = after(
      joined,
      turnCame,
      { kind: 'notified', template: 'turnExpired' },
      { kind: 'cleanedUp', outcome: 'abandoned' },
    );
    assert.deepEqual(stageOf(session), { stage: 'timedOut', cause: 'turn' });
  });

  it('explains a cancelled payment, in either order', () => {
    const cancelled: SessionEvent = { kind: 'paymentRefused', payment, reason: 'cancelled' };
    const held = [joined, turnCame, wished, reserved, paymentOpened];
    const wanted = { stage: 'timedOut', cause: 'reservation' };
    assert.deepEqual(stageOf(after(...held, cancelled, reservationTimedOut)), wanted);
    assert.deepEqual(stageOf(after(...held, reservationTimedOut, cancelled)), wanted);
  });

  it('gets a notice by a refund and stays what it was', () => {
    const session = after(
      joined,
      turnCame,
      wished,
      reserved,
      paymentOpened,
      reservationTimedOut,
      authorized,
      refunded,
    );
    assert.equal(stageOf(session).stage, 'timedOut');
    assert.deepEqual(session.refund, { amount: 247 });
  });

  it('takes no notice of another reservation or payment', () => {
    const held = after(joined, turnCame, wished, reserved, paymentOpened);
    assert.equal(apply(held, { kind: 'reservationTimedOut', reservationId: 'R2' }), held);
    assert.equal(apply(held, { kind: 'paymentAuthorized', payment: { ...payment, paymentId: 'P2' } }), held);
  });
});

describe('reminders', () => {
  it('only count down', () => {
    const late: SessionEvent = { kind: 'reminded', reservationId: 'R1', secondsLeft: 90 };
    assert.deepEqual(after(joined, reserved, reminded, late).reminder, { secondsLeft: 60 });
  });
});
