import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { dataOf, filesOf, type World, withWorld } from '../testing.ts';
import { declinedCard, goodCard, opened, order, pay, post, postForm, silentCard } from './testing.ts';

const statusOf = async (world: World, paymentId: string) =>
  (await world.ask(`/payments/${paymentId}`, 'payments')).status;

describe('opening a payment', () => {
  it('R11: makes one payment per reservation, with an id of its own, told once', () =>
    withWorld({}, async (world) => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => post(world, '/payments', order('r1'))),
      );
      assert.deepEqual(
        answers.map((answer) => answer.status).sort(),
        [200, 200, 200, 200, 200, 200, 200, 201],
      );
      const ids = new Set(answers.map((answer) => answer.body.paymentId));
      assert.equal(ids.size, 1);
      const other = await opened(world, 'r2');
      assert.ok(!ids.has(other));
      const told = await world.told('Payments.RequestReceived', 2);
      assert.deepEqual(
        told.map((event) => event.correlationKey),
        ['r1', 'r2'],
      );
      assert.deepEqual(told[0]?.data, {
        paymentId: [...ids][0],
        reservationId: 'r1',
        sessionId: 'session of r1',
        amount: 247,
        currency: 'EUR',
      });
      assert.equal(told[0]?.subject, 'session of r1');
    }));

  it('R12: refuses another amount for the same reservation with 409, and keeps the first', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      const answer = await post(world, '/payments', order('r1', { amount: 1 }));
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'amountMismatch');
      assert.equal((await world.ask(`/payments/${paymentId}`, 'payments')).amount, 247);
    }));

  const wrong: readonly [string, Record<string, unknown>][] = [
    ['amount', { amount: 0 }],
    ['amount', { amount: '247' }],
    ['amount', { amount: 1.234 }],
    ['currency', { currency: 'euro' }],
    ['expiresAt', { expiresAt: 'soon' }],
    ['sessionId', { sessionId: '' }],
    ['reservationId', { reservationId: 7 }],
  ];
  it('refuses a wrong order with 400 and names the field', () =>
    withWorld({}, async (world) => {
      for (const [field, change] of wrong) {
        const answer = await post(world, '/payments', order('r1', change));
        assert.equal(answer.status, 400, JSON.stringify(change));
        assert.match(String(answer.body.detail), new RegExp(`^${field} `));
      }
      assert.equal(world.broker.taken.length, 0);
    }));
});

describe('paying', () => {
  it('R12: authorises the good card, once', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      const card = await post(world, `/payments/${paymentId}/card`, goodCard);
      assert.deepEqual([card.status, card.body.status, card.body.attemptsLeft], [200, 'awaitingCode', 3]);
      const codes = await Promise.all(
        [1, 2, 3].map(() => post(world, `/payments/${paymentId}/code`, { code: '123456' })),
      );
      assert.deepEqual(codes.map((answer) => answer.status).sort(), [200, 409, 409]);
      const [event] = await world.told('Payments.Authorized', 1);
      assert.equal(event?.correlationKey, paymentId);
      assert.deepEqual(event?.data, {
        paymentId,
        reservationId: 'r1',
        sessionId: 'session of r1',
        amount: 247,
      });
      assert.equal(await statusOf(world, paymentId), 'authorized');
      assert.equal(
        (await post(world, '/payments', order('r1'))).body.status,
        'authorized',
        'no second charge',
      );
    }));

  it('R12: refuses the declined card, and says so', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      const answer = await pay(world, paymentId, declinedCard);
      assert.deepEqual([answer.body.status, answer.body.reason], ['refused', 'declined']);
      const [event] = await world.told('Payments.Refused', 1);
      assert.deepEqual(event?.data, {
        paymentId,
        reservationId: 'r1',
        sessionId: 'session of r1',
        amount: 247,
        reason: 'declined',
      });
    }));

  it('R12: never gets an answer for the silent card, until the payment is cancelled', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      assert.equal((await pay(world, paymentId, silentCard)).body.status, 'processing');
      await world.pass(1_000_000);
      assert.equal(await statusOf(world, paymentId), 'processing');
      assert.equal(
        (await post(world, `/payments/${paymentId}/cancel`, { reason: 'timedOut' })).body.status,
        'cancelled',
      );
      const [event] = await world.told('Payments.Refused', 1);
      assert.equal(dataOf(event).reason, 'cancelled');
    }));

  it('refuses after the third wrong code, not before, and takes no more', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      await post(world, `/payments/${paymentId}/card`, goodCard);
      for (const left of [2, 1, 0]) {
        const answer = await post(world, `/payments/${paymentId}/code`, { code: '000000' });
        assert.equal(answer.status, 422);
        assert.equal((answer.body.payment as Record<string, unknown>).attemptsLeft, left);
        assert.equal(await statusOf(world, paymentId), left === 0 ? 'refused' : 'awaitingCode');
      }
      assert.equal((await post(world, `/payments/${paymentId}/code`, { code: '123456' })).status, 409);
      const [event] = await world.told('Payments.Refused', 1);
      assert.equal(dataOf(event).reason, 'wrongCode');
    }));

  it('R12: refuses if the customer was shown another amount', () =>
    withWorld({}, async (world) => {
      const right = await opened(world, 'r1');
      assert.equal(
        (await post(world, `/payments/${right}/card`, { ...goodCard, amount: '247' })).body.status,
        'awaitingCode',
      );
      const wrong = await opened(world, 'r2');
      const answer = await post(world, `/payments/${wrong}/card`, { ...goodCard, amount: 1 });
      assert.deepEqual([answer.body.status, answer.body.reason], ['refused', 'amountMismatch']);
    }));

  it('refuses a card of wrong form with 422, naming the fields, and the payment stays open', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      const answer = await post(world, `/payments/${paymentId}/card`, {
        ...goodCard,
        number: '4242424242424241',
        cvc: 'x',
      });
      assert.equal(answer.status, 422);
      assert.deepEqual(Object.keys(answer.body.fields as object), ['number', 'cvc']);
      assert.doesNotMatch(JSON.stringify(answer.body), /42424/);
      assert.equal(await statusOf(world, paymentId), 'open');
    }));

  it('R21: takes neither card nor code after expiresAt, and says so', () =>
    withWorld({}, async (world) => {
      const early = await opened(world, 'r1');
      const late = await opened(world, 'r2');
      await post(world, `/payments/${late}/card`, goodCard);
      await world.pass(120);
      assert.equal(
        (await post(world, `/payments/${early}/card`, goodCard)).status,
        200,
        'the last moment counts',
      );
      await world.pass(1);
      for (const path of [`/payments/${late}/code`, `/payments/${early}/code`]) {
        const answer = await post(world, path, { code: '123456' });
        assert.deepEqual([answer.status, answer.body.code], [409, 'expired']);
      }
      const page = await (await fetch(`${world.payments().url}/bank/${late}`)).text();
      assert.match(page, /time to pay is over/);
    }));

  it('R13: an answer of the bank that takes long holds nobody else up', () =>
    withWorld({ payments: { 'authorization-delay-ms': 30_000 } }, async (world) => {
      const slow = await opened(world, 'r1');
      await pay(world, slow, silentCard);
      const first = await opened(world, 'r2');
      const second = await opened(world, 'r3');
      assert.equal((await pay(world, first)).body.status, 'processing');
      await world.pass(10);
      await pay(world, second);
      await world.pass(20);
      await world.told('Payments.Authorized', 1);
      assert.deepEqual(
        [await statusOf(world, first), await statusOf(world, second)],
        ['authorized', 'processing'],
      );
      await world.pass(10);
      await world.told('Payments.Authorized', 2);
      assert.equal(await statusOf(world, slow), 'processing');
    }));
});

describe('giving back', () => {
  it('refunds an authorised payment that is cancelled, once', () =>
    withWorld({}, async (world) => {
      const paymentId = await opened(world, 'r1');
      await pay(world, paymentId);
      for (let time = 0; time < 3; time += 1)
        await post(world, `/payments/${paymentId}/cancel`, { reason: 'timedOut' });
      const [event] = await world.told('Payments.Refunded', 1);
      assert.deepEqual(event?.data, {
        paymentId,
        reservationId: 'r1',
        sessionId: 'session of r1',
        amount: 247,
        reason: 'timedOut',
      });
      await opened(world, 'r2');
      await world.told('Payments.RequestReceived', 2);
      assert.equal(world.broker.ofType('Payments.Refunded').length, 1);
      assert.equal(await statusOf(world, paymentId), 'refunded');
    }));

  it('refunds an authorisation that arrives after the time to pay', () =>
    withWorld({ payments: { 'authorization-delay-ms': 60_000 } }, async (world) => {
      const paymentId = await opened(world, 'r1');
      await world.pass(100);
      await pay(world, paymentId);
      await world.pass(60);
      const [event] = await world.told('Payments.Refunded', 1);
      assert.equal(dataOf(event).reason, 'tooLate');
      assert.equal(world.broker.ofType('Payments.Authorized').length, 0);
    }));

  it('refunds an authorisation that arrives after the payment was cancelled', () =>
    withWorld({ payments: { 'authorization-delay-ms': 60_000 } }, async (world) => {
      const paymentId = await opened(world, 'r1');
      await pay(world, paymentId);
      await post(world, `/payments/${paymentId}/cancel`, { reason: 'quit' });
      await world.told('Payments.Refused', 1);
      await world.pass(60);
      await world.told('Payments.Refunded', 1);
      assert.equal(await statusOf(world, paymentId), 'refunded');
    }));
});

describe('card data', () => {
  it('R20: is in no file, no event and no line of the log', () =>
    withWorld({ payments: { 'log-level': 'debug' } }, async (world) => {
      const odd = { name: 'Grace Unlikely-Name', number: '5105105105105100', expiry: '07/31', cvc: '9173' };
      const paymentId = await opened(world, 'r1');
      await post(world, `/payments/${paymentId}/card`, { ...odd, cvc: '91' });
      await postForm(world, `/payments/${paymentId}/card`, { ...odd, expiry: '99/99' });
      await fetch(`${world.payments().url}/payments/${paymentId}/card`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(odd).slice(0, -1),
      });
      await pay(world, paymentId, odd);
      await world.told('Payments.Authorized', 1);
      const everything = [
        world.logged(),
        JSON.stringify(world.broker.attempts),
        ...filesOf(world).map((file) => readFileSync(file).toString('latin1')),
      ].join('\n');
      assert.ok(everything.includes('5100'), 'the last four digits are kept');
      for (const secret of ['5105105105105100', '510510510510', 'Unlikely-Name', '07/31', '9173']) {
        assert.ok(!everything.includes(secret), secret);
      }
    }));
});
