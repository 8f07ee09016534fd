import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Play } from './play.ts';

const MODEL = join(import.meta.dirname, '../../examples/concert/models/tickets.bpmn');
const S = 's-1';

async function queued(data: Readonly<Record<string, unknown>> = {}): Promise<Play> {
  const play = new Play();
  await play.deploy(MODEL);
  play.event('Tickets.CustomerQueueJoined', S, { sessionId: S, ...data }, 0);
  assert.equal(play.running, 1);
  return play;
}

async function called(data: Readonly<Record<string, unknown>> = {}): Promise<Play> {
  const play = await queued(data);
  play.event('Queue.CustomerExited', S, { sessionId: S, turnEndsAt: play.in(60) });
  return play;
}

function wish(play: Play): void {
  play.event('Tickets.Requested', S, { sessionId: S, ticketsType: 'standing', ticketsQuantity: 2 });
}

async function reserved(data: Readonly<Record<string, unknown>> = {}): Promise<Play> {
  const play = await called(data);
  wish(play);
  play.event('Tickets.Reserved', S, {
    sessionId: S,
    reservationId: 'r-1',
    ticketsType: 'standing',
    ticketsQuantity: 2,
    amount: 247,
    currency: 'EUR',
    expiresAt: play.in(120),
  });
  return play;
}

async function paying(data: Readonly<Record<string, unknown>> = {}): Promise<Play> {
  const play = await reserved(data);
  play.reply('Payments.RequestReceived', 'r-1', {
    paymentId: 'p-1',
    reservationId: 'r-1',
    sessionId: S,
    amount: 247,
    currency: 'EUR',
  });
  return play;
}

function ended(play: Play, end: string): void {
  assert.deepEqual(play.incidents, []);
  assert.equal(play.ends.at(-1), end);
  assert.equal(play.running, 0);
}

test('a payment that is authorised ends in tickets', async () => {
  const play = await paying();
  play.event('Payments.Authorized', 'p-1', {
    paymentId: 'p-1',
    reservationId: 'r-1',
    sessionId: S,
    amount: 247,
  });
  ended(play, 'purchased');
  assert.deepEqual(play.types(), ['Tickets.CheckedOut', 'Tickets.Emitted']);
  const [checkedOut, emitted] = play.sent;
  assert.deepEqual(checkedOut?.data, { sessionId: S, reservationId: 'r-1', amount: 247 });
  assert.equal(checkedOut?.host, 'http://tickets/checkout');
  assert.equal(checkedOut?.attributes['correlationkey'], 'r-1');
  assert.equal(checkedOut?.attributes['subject'], S);
  assert.equal(checkedOut?.attributes['partitionkey'], S);
  assert.deepEqual(emitted?.data, { sessionId: S, reservationId: 'r-1' });
  assert.equal(emitted?.host, 'http://tickets/tickets/emit');
  assert.equal(emitted?.attributes['correlationkey'], S);
});

test('a payment that is refused ends as refused, with the reason told', async () => {
  const play = await paying();
  play.event('Payments.Refused', 'p-1', {
    paymentId: 'p-1',
    reservationId: 'r-1',
    sessionId: S,
    amount: 247,
    reason: 'declined',
  });
  ended(play, 'refused');
  assert.deepEqual(
    play.sent.slice(1).map(({ type, data }) => [type, data]),
    [
      [
        'Notifications.Requested',
        { sessionId: S, template: 'paymentRefused', reservationId: 'r-1', reason: 'declined' },
      ],
      ['Session.CleanUp', { sessionId: S, outcome: 'refused' }],
    ],
  );
});

test('no payment in time ends as timed out and frees the seats', async () => {
  const play = await paying();
  play.advance(121);
  ended(play, 'timedOut');
  assert.deepEqual(
    play.sent
      .filter(({ type }) => type !== 'Tickets.ReservationReminder')
      .slice(1)
      .map(({ type, data }) => [type, data]),
    [
      ['Notifications.Requested', { sessionId: S, template: 'paymentTimedOut', reservationId: 'r-1' }],
      ['Tickets.ReservationTimedOut', { sessionId: S, reservationId: 'r-1' }],
      ['Session.CleanUp', { sessionId: S, outcome: 'timedOut' }],
    ],
  );
});

test('reminders tell the seconds that are left, as often as the start says', async () => {
  const secondsLeft = (play: Play): unknown[] =>
    play.sent
      .filter(({ type }) => type === 'Tickets.ReservationReminder')
      .map(({ data }) => data['secondsLeft']);
  const usual = await paying();
  usual.advance(110);
  assert.deepEqual(secondsLeft(usual), [90, 60, 30]);
  const often = await paying({ reminderEvery: 'PT50S' });
  often.advance(110);
  assert.deepEqual(secondsLeft(often), [70, 20]);
});

test('a payment that is not opened in time ends as timed out and frees the seats', async () => {
  const play = await reserved();
  play.advance(121);
  ended(play, 'timedOut');
  assert.deepEqual(play.types(), [
    'Tickets.CheckedOut',
    'Notifications.Requested',
    'Tickets.ReservationTimedOut',
    'Session.CleanUp',
  ]);
  assert.equal(play.sent[1]?.data['template'], 'checkoutTimedOut');
});

for (const [what, go] of [
  ['without a wish', () => undefined],
  ['without an answer to the wish', wish],
] as const) {
  test(`a turn that ends ${what} ends as timed out, with no seats to free`, async () => {
    const play = await called();
    go(play);
    play.advance(61);
    ended(play, 'timedOut');
    assert.deepEqual(
      play.sent.map(({ type, data }) => [type, data]),
      [
        ['Notifications.Requested', { sessionId: S, template: 'turnExpired' }],
        ['Session.CleanUp', { sessionId: S, outcome: 'timedOut' }],
      ],
    );
  });
}

test('a refused wish leaves room for another one while the turn lasts', async () => {
  const play = await called();
  for (const refusal of [
    { reason: 'soldOut', left: 0, leftInAll: 4 },
    { reason: 'invalid' },
    { reason: 'notYourTurn' },
  ]) {
    wish(play);
    play.event('Tickets.Refused', S, { sessionId: S, ...refusal });
    assert.deepEqual(play.sent.at(-1)?.data, {
      sessionId: S,
      template: 'refused',
      reason: refusal.reason,
      left: refusal.left ?? null,
    });
  }
  assert.equal(play.running, 1);
  play.advance(61);
  ended(play, 'timedOut');
});

for (const left of [0, 1]) {
  test(`a wish refused with ${left} seats free but none unsold ends as sold out`, async () => {
    const play = await called();
    wish(play);
    play.event('Tickets.Refused', S, { sessionId: S, reason: 'soldOut', left, leftInAll: 0 });
    ended(play, 'soldOut');
    assert.deepEqual(
      play.sent.map(({ type, data }) => [type, data]),
      [
        ['Notifications.Requested', { sessionId: S, template: 'soldOut' }],
        ['Session.CleanUp', { sessionId: S, outcome: 'soldOut' }],
      ],
    );
  });
}

test('who is told in the queue that all is sold is done; another refusal changes nothing', async () => {
  const play = await queued();
  play.event('Tickets.Refused', S, { sessionId: S, reason: 'notYourTurn' });
  assert.deepEqual([play.running, play.sent.length], [1, 0]);
  play.event('Tickets.Refused', S, { sessionId: S, reason: 'soldOut', left: 0, leftInAll: 0 });
  ended(play, 'soldOut');
});

for (const [where, go] of [
  ['in the queue', queued],
  ['during the turn', called],
  ['while the payment is being opened', reserved],
  ['while the payment is awaited', paying],
] as const) {
  test(`R9: a customer who leaves ${where} ends as abandoned`, async () => {
    const play = await go();
    const before = play.sent.length;
    play.event('Queue.CustomerAbandoned', S, { sessionId: S, reason: 'quit' });
    ended(play, 'abandoned');
    assert.deepEqual(
      play.sent.slice(before).map(({ type, data }) => [type, data]),
      [
        ['Notifications.Requested', { sessionId: S, template: 'abandoned', reason: 'quit' }],
        ['Session.CleanUp', { sessionId: S, outcome: 'abandoned' }],
      ],
    );
    play.advance(600);
    assert.deepEqual(play.ends, ['abandoned']);
  });
}

test('joining again changes nothing, neither while the purchase runs nor after it', async () => {
  const play = await queued();
  play.event('Tickets.CustomerQueueJoined', S, { sessionId: S }, 0);
  assert.equal(play.running, 1);
  play.event('Tickets.Refused', S, { sessionId: S, reason: 'soldOut', left: 0, leftInAll: 0 });
  ended(play, 'soldOut');
});

test('events of one session do not touch another', async () => {
  const play = await queued();
  play.event('Tickets.CustomerQueueJoined', 's-2', { sessionId: 's-2' }, 0);
  play.event('Queue.CustomerAbandoned', 's-2', { sessionId: 's-2', reason: 'removed' });
  assert.deepEqual([play.running, play.ends], [1, ['abandoned']]);
});
