import { test } from 'node:test';
import { startTestEngine, type TestEngine, type TestInstance } from '../../../src/testing/index.ts';

const MODEL = new URL('./tickets.bpmn', import.meta.url);
const sessionId = 's-1';

/** A customer joins the queue, is called, wishes for two seats and gets them reserved. */
async function reserve(engine: TestEngine): Promise<TestInstance> {
  await engine.deploy(MODEL);
  const inSeconds = (seconds: number) => new Date(engine.now.getTime() + seconds * 1000).toISOString();
  const tell = (type: string, data: object = {}) =>
    engine.publish({ type, subject: sessionId, data: { sessionId, ...data } });

  await tell('Tickets.CustomerQueueJoined');
  await tell('Queue.CustomerExited', { turnEndsAt: inSeconds(60) });
  await tell('Tickets.Requested', { ticketsType: 'standing', ticketsQuantity: 2 });
  await tell('Tickets.Reserved', { reservationId: 'r-1', amount: 247, expiresAt: inSeconds(120) });
  return engine.instance('tickets');
}

/** The payments service opens a payment for every checkout: its reply ends the waiting task. */
function openPayments(engine: TestEngine): void {
  engine.onEvent('Tickets.CheckedOut', ({ data }) => ({
    type: 'Payments.RequestReceived',
    correlationkey: 'r-1',
    data: { paymentId: 'p-1', ...(data as object) },
  }));
}

test('a customer who pays gets the tickets', async () => {
  await using engine = await startTestEngine();
  openPayments(engine);
  const purchase = await reserve(engine);
  await purchase.hasSentEvent('Tickets.CheckedOut', { data: { reservationId: 'r-1', amount: 247 } });
  await purchase.isWaitingAt('payment');

  await engine.publish({ type: 'Payments.Authorized', subject: 'p-1', data: { paymentId: 'p-1' } });

  await purchase.hasPassed('openPayment', 'payment', 'issueTickets', 'purchased');
  await purchase.hasSentEvent('Tickets.Emitted', { data: { sessionId, reservationId: 'r-1' } });
  await purchase.isCompleted();
});

test('a customer who does not pay in time is reminded, then the seats are freed', async () => {
  await using engine = await startTestEngine();
  openPayments(engine);
  const purchase = await reserve(engine);

  await engine.advance('PT30S');
  await purchase.hasSentEvent('Tickets.ReservationReminder', { data: { secondsLeft: 90 } });
  await purchase.isWaitingAt('payment');

  await engine.advance('PT2M');
  await purchase.hasSentEvent('Tickets.ReservationTimedOut', { data: { reservationId: 'r-1' } });
  await purchase.hasPassed('timedOut');
  await purchase.hasNotPassed('issueTickets');
  await purchase.isCompleted();
});

test('a payment that fails ends the purchase, with the reason told', async () => {
  await using engine = await startTestEngine();
  openPayments(engine);
  const purchase = await reserve(engine);

  const data = { paymentId: 'p-1', reason: 'declined' };
  await engine.publish({ type: 'Payments.Refused', subject: 'p-1', data });

  await purchase.hasSentEvent('Notifications.Requested', {
    data: { template: 'paymentRefused', reason: 'declined' },
  });
  await purchase.hasPassed('refused');
  await purchase.isCompleted();
});
