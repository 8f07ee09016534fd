import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Play } from './play.ts';

/**
 * The concert models of 2020, run to the ends to which a real Zeebe 8.6.0 ran them (README beside the models).
 * They are other people's work, read where they lie, beside this project.
 */
const MODELS = join(import.meta.dirname, '../../../shared/models');
const skip = existsSync(MODELS) ? false : 'the models of 2020 are not beside this project';
const NEWEST = join(MODELS, 'zeebe-cloud-events-examples');
const HISTORY = join(MODELS, 'zeebe-cloud-events-examples-history');

async function deployed(folder: string, file: string): Promise<Play> {
  const play = new Play();
  await play.deploy(join(folder, `${file}.bpmn`));
  return play;
}

function ended(play: Play, ends: readonly string[], types: readonly string[]): void {
  assert.deepEqual(play.incidents, []);
  assert.deepEqual(play.ends, ends);
  assert.deepEqual(play.types(), types);
  assert.equal(play.running, 0);
}

const S = 's-1';

/** Models of the first version: the names that changed between them. */
const FIRST_VERSION = [
  {
    folder: HISTORY,
    file: '2020-05-12-tickets',
    wish: 'Tickets.Reserved',
    paid: 'Payments.Approved',
    reply: 'Payments.Recieved',
  },
  {
    folder: HISTORY,
    file: '2020-05-12-tickets-receive-task',
    id: 'TICKETS_RECEIVE_TASK',
    wish: 'Tickets.Reserved',
    paid: 'Payments.Approved',
    reply: 'Payments.Recieved',
  },
  {
    folder: HISTORY,
    file: '2020-05-13-tickets',
    wish: 'Tickets.Requested',
    paid: 'Payments.Approved',
    reply: 'Payments.Recieved',
  },
  {
    folder: HISTORY,
    file: '2020-05-13-tickets-catch-event',
    id: 'TICKETS_CATCH',
    wish: 'Tickets.Requested',
    paid: 'Payments.Approved',
    reply: 'Payments.Recieved',
  },
  {
    folder: HISTORY,
    file: '2020-05-14-tickets',
    wish: 'Tickets.Requested',
    paid: 'Payments.Authorized',
    reply: 'Payments.RequestReceived',
  },
  {
    folder: NEWEST,
    file: 'tickets-catch-event',
    id: 'TICKETS_CATCH',
    wish: 'Tickets.Requested',
    paid: 'Payments.Authorized',
    reply: 'Payments.RequestReceived',
  },
  {
    folder: NEWEST,
    file: 'tickets-with-queue',
    wish: 'Tickets.Requested',
    paid: 'Payments.Authorized',
    reply: 'Payments.RequestReceived',
  },
] as const;

for (const model of FIRST_VERSION) {
  const start = async (): Promise<Play> => {
    const play = await deployed(model.folder, model.file);
    play.create('id' in model ? model.id : 'TICKETS', { sessionId: S });
    play.event(model.wish, S, { tickets: 2 });
    assert.equal(play.types().at(-1), 'Tickets.CheckedOut');
    return play;
  };

  test(`${model.file}: a payment ends in tickets`, { skip }, async () => {
    const play = await start();
    play.reply(model.reply, undefined, { paymentId: 'p-1', amount: 0, subject: 'x' });
    play.event(model.paid, 'p-1', { paymentId: 'p-1' });
    assert.equal(play.ends.at(-1), 'TicketsPurchasedEndEvent');
    assert.equal(play.types().at(-1), 'Tickets.Emitted');
    assert.deepEqual([play.running, play.incidents], [0, []]);
  });

  test(`${model.file}: a check-out without reply times out after a minute`, { skip }, async () => {
    const play = await start();
    play.advance(59);
    assert.equal(play.running, 1);
    play.advance(2);
    assert.equal(play.ends.at(-1), 'CheckoutTimeOutEndEvent');
    assert.equal(play.types().at(-1), 'Notifications.Requested');
    assert.deepEqual([play.running, play.incidents], [0, []]);
  });

  test(`${model.file}: a payment that does not come times out after a minute`, { skip }, async () => {
    const play = await start();
    play.reply(model.reply, undefined, { paymentId: 'p-1' });
    play.advance(61);
    assert.equal(play.ends.at(-1), 'PaymentTimeOutEndEvent');
    assert.equal(play.types().at(-1), 'Notifications.Requested');
    assert.deepEqual([play.running, play.incidents], [0, []]);
  });
}

/** Of the second version: from joining the queue to the seats. The website of 2020 sent the quantity as text. */
async function seats(folder: string, file: string, ticketsQuantity = '3'): Promise<Play> {
  const play = await deployed(folder, file);
  play.event('Queue.CustomerJoined', S, {
    sessionId: S,
    ticketsType: '',
    ticketsQuantity: '0',
    reservationId: '',
  });
  play.event('Queue.CustomerExited', S, { sessionId: S });
  play.event('Tickets.Reserved', S, {
    sessionId: S,
    reservationId: 'r-1',
    ticketsType: 'standing',
    ticketsQuantity,
  });
  return play;
}

function pay(play: Play): void {
  play.event('Tickets.PaymentRequested', 'r-1', { sessionId: S, reservationId: 'r-1', cc: '1111' });
}

function authorise(play: Play): void {
  play.event('Tickets.PaymentsAuthorized', 'r-1', { sessionId: S, reservationId: 'r-1' });
}

const REMINDERS = Array.from({ length: 11 }, () => 'Tickets.Reservation1MExpired');

test('tickets: a payment ends in tickets', { skip }, async () => {
  const play = await seats(NEWEST, 'tickets');
  pay(play);
  authorise(play);
  ended(play, ['Event_11lxnn8', 'TicketsPurchasedEndEvent'], ['Tickets.Emitted']);
});

test('tickets: a payment that does not come ends in a time-out and, as modelled, in a purchase', {
  skip,
}, async () => {
  const play = await seats(NEWEST, 'tickets');
  pay(play);
  play.advance(61);
  ended(play, ['PaymentTimeOutEndEvent', 'TicketsPurchasedEndEvent'], ['Notifications.Requested']);
});

test('tickets: a customer may leave in the queue and after reserving', { skip }, async () => {
  const waiting = await deployed(NEWEST, 'tickets');
  waiting.event('Queue.CustomerJoined', S, { sessionId: S });
  waiting.event('Queue.CustomerAbandoned', S, { sessionId: S });
  ended(waiting, ['Event_19w7cvz'], ['Session.CleanUp']);
  const holding = await seats(NEWEST, 'tickets');
  holding.event('Queue.CustomerAbandoned', S, { sessionId: S });
  ended(holding, ['Event_19w7cvz'], ['Session.CleanUp']);
});

for (const [file, types] of [
  ['tickets-v1', []],
  ['tickets-without-boundary', ['Tickets.Emitted']],
  ['tickets-v2', []],
] as const) {
  test(`${file}: a payment ends in a purchase`, { skip }, async () => {
    const play = await seats(NEWEST, file);
    pay(play);
    authorise(play);
    assert.deepEqual([play.running, play.incidents, play.types()], [0, [], types]);
  });
}

test('tickets-v2: an unpaid reservation is reminded of eleven times and times out', { skip }, async () => {
  const play = await seats(NEWEST, 'tickets-v2');
  play.advance(121);
  assert.equal(play.ends.at(-1), 'Event_0x80dde');
  assert.deepEqual([play.running, play.types()], [0, [...REMINDERS, 'Tickets.ReservationTimedOut']]);
});

test('tickets-v3: paid, timed out and abandoned', { skip }, async () => {
  const paid = await seats(NEWEST, 'tickets-v3');
  pay(paid);
  authorise(paid);
  ended(paid, ['Event_1yzu0ii', 'Event_1r97kjj'], ['Customer.FollowUpBooked', 'Tickets.Emitted']);
  const late = await seats(NEWEST, 'tickets-v3');
  late.advance(121);
  assert.deepEqual(late.ends.slice(-2), ['Event_190tqp2', 'Event_1r97kjj']);
  assert.deepEqual(late.types(), ['Customer.FollowUpBooked', ...REMINDERS, 'Tickets.ReservationTimedOut']);
  const gone = await seats(NEWEST, 'tickets-v3');
  gone.event('Queue.CustomerAbandoned', S, { sessionId: S });
  assert.equal(gone.ends.at(-1), 'Event_0qimwtl');
  assert.equal(gone.types().at(-1), 'Session.CleanUp');
  assert.equal(gone.running, 0);
});

test('tickets-v4, corrected: a few tickets, many tickets, and a time-out', { skip }, async () => {
  const few = await seats(NEWEST, 'tickets-v4.current', '3');
  pay(few);
  authorise(few);
  ended(few, ['Event_1l0ufzi'], []);
  const many = await seats(NEWEST, 'tickets-v4.current', '12');
  many.event('MoneyTransfer.Accepted', S, { sessionId: S });
  ended(many, ['Event_012ngl9'], []);
  const late = await seats(NEWEST, 'tickets-v4.current', '3');
  late.advance(121);
  assert.equal(late.ends.at(-1), 'Event_0uwn04h');
  assert.deepEqual(late.types(), [...REMINDERS, 'Tickets.ReservationTimedOut']);
});

for (const file of [
  '2020-08-24-tickets',
  '2020-09-15-tickets-v1',
  '2020-09-15-tickets-v2',
  '2020-09-15-tickets-v3',
  '2020-09-15-tickets-v4.current',
]) {
  test(`${file}: a payment ends in a purchase`, { skip }, async () => {
    const play = await seats(HISTORY, file);
    pay(play);
    authorise(play);
    assert.deepEqual([play.running, play.incidents], [0, []]);
    assert.notEqual(play.ends.length, 0);
  });
}

test('emit and continue, corrected: the event that continues is a message of its own', { skip }, async () => {
  for (const file of ['emit-and-continue.current', 'emit-and-continue-receive-task.current']) {
    const play = await deployed(NEWEST, file);
    play.create('EMIT_AND_CONTINUE', { myVarId: 'k-1' });
    play.event('Cloud Event Response', 'k-1', {});
    assert.deepEqual([play.running, play.incidents, play.types()], [0, [], ['generic']]);
  }
});

test('emit and wait, corrected: the reply ends the job', { skip }, async () => {
  const play = await deployed(NEWEST, 'emit-wait.current');
  play.create('EMIT_WAIT');
  assert.equal(play.running, 1);
  play.reply('response', undefined, {});
  assert.deepEqual([play.running, play.incidents, play.types()], [0, [], ['generic']]);
});
