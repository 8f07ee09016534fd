import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type StepName, stepNames } from '../../examples/concert/steps.ts';
import { Buyer } from '../support/buyer.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { eventsOf, get, post, purchaseOf } from '../support/tutti-api.ts';
import { until } from '../support/until.ts';

interface Clean {
  after(clean: () => unknown): void;
}

interface Deviation {
  readonly verdict: string;
  readonly eventType: string;
  readonly elementId: string;
  readonly businessKey: string;
}

interface Figures {
  readonly instances: { readonly judged: number; readonly conforming: number; readonly rate: number };
  readonly events: { readonly expected: number };
}

const HOLD_MS = 121_000;
const TRANSFER_SECONDS = 600;

const figuresOf = ({ addresses }: Stack) => get<Figures>(`${addresses.tutti}/api/compliance/tickets`);

async function deviationsOf({ addresses }: Stack, buyer: Buyer): Promise<string[]> {
  const { items } = await get<{ items: Deviation[] }>(
    `${addresses.tutti}/api/compliance/tickets/deviations?limit=500`,
  );
  return items
    .filter(({ businessKey }) => businessKey === buyer.sessionId)
    .map(({ verdict, eventType }) => `${verdict}: ${eventType}`)
    .reverse();
}

/** Events are routed after they were accepted, so a deviation may be a moment away. */
const deviates = (stack: Stack, buyer: Buyer, deviation: string): Promise<readonly string[]> =>
  until(`${deviation} is found`, async () => {
    const found = await deviationsOf(stack, buyer);
    return found.includes(deviation) ? found : undefined;
  });

async function endsAs({ addresses }: Stack, buyer: Buyer, ...ends: string[]): Promise<void> {
  const found = await until(`the instance of ${buyer.sessionId} has ended`, async () => {
    const purchase = await purchaseOf(addresses.tutti, buyer.sessionId);
    return purchase?.state === 'COMPLETED' ? purchase : undefined;
  });
  assert.ok(
    ends.some((end) => found.ends.includes(end)),
    `reached ${found.ends.join(', ')}, not ${ends.join(' or ')}`,
  );
}

async function buys(t: Clean, stack: Stack, quantity = 2): Promise<Buyer> {
  const buyer = await Buyer.enter(t, stack.addresses);
  await buyer.holds(quantity);
  await buyer.pays();
  await buyer.sees('issued');
  await endsAs(stack, buyer, 'purchased');
  assert.equal(buyer.ticketCodes.length, quantity);
  return buyer;
}

/** Types that the process has sent about a customer. */
async function sentBy({ addresses }: Stack, buyer: Buyer): Promise<string[]> {
  const query = new URLSearchParams({ subject: buyer.sessionId, source: '/process/tickets', limit: '100' });
  const { items } = await get<{ items: { type: string }[] }>(`${addresses.tutti}/api/events?${query}`);
  return items.map(({ type }) => type).reverse();
}

const start = (t: Clean, step: StepName): Promise<Stack> =>
  startStack(t, {
    step,
    clock: 'controllable',
    settings: { tickets: ['--large-order-seconds', String(TRANSFER_SECONDS)] },
  });

describe('step see', () => {
  test('the services sell by themselves; the process sends nothing and finds all in order', async (t) => {
    const stack = await start(t, 'see');
    const buyer = await buys(t, stack);
    assert.deepEqual(await sentBy(stack, buyer), []);
    assert.deepEqual(await deviationsOf(stack, buyer), []);
    assert.equal((await figuresOf(stack)).instances.rate, 1);
    assert.ok((await figuresOf(stack)).events.expected >= 7);

    // Nobody watches the time but the services, late; an event out of order is seen.
    const slow = await Buyer.enter(t, stack.addresses);
    await slow.holds(1);
    await slow.sees('checkout');
    await slow.tellsOf('Tickets.Issued', { reservationId: 'none', ticketCodes: [] });
    await stack.advance(HOLD_MS);
    await slow.sees('checkout');
    await stack.advance(300_000);
    await slow.sees('abandoned');
    // The bank's word that the payment is cancelled may come before the tickets service's that the customer is gone.
    await endsAs(stack, slow, 'abandoned', 'refused');
    assert.deepEqual(await sentBy(stack, slow), []);
    await deviates(stack, slow, 'unexpected: Tickets.Issued');
  });

  test('an event that comes before its place is early, and what comes after the end is late', async (t) => {
    const stack = await start(t, 'see');
    const buyer = await Buyer.enter(t, stack.addresses);
    await buyer.holds(1);
    await buyer.sees('checkout');
    await buyer.tellsOf('Tickets.Issued', { reservationId: 'none', ticketCodes: [] });
    await buyer.pays();
    await buyer.sees('issued');
    await endsAs(stack, buyer, 'purchased');
    const found = await until('the real tickets came after the end', async () => {
      const deviations = await deviationsOf(stack, buyer);
      return deviations.length === 2 ? deviations : undefined;
    });
    assert.deepEqual(found, ['early: Tickets.Issued', 'late: Tickets.Issued']);
    assert.equal((await figuresOf(stack)).instances.rate, 0);
  });
});

describe('step decorate', () => {
  test('the process adds reminders and the end of time to what the services do', async (t) => {
    const stack = await start(t, 'decorate');
    const buyer = await buys(t, stack);
    assert.deepEqual(await sentBy(stack, buyer), []);
    assert.deepEqual(await deviationsOf(stack, buyer), []);

    const slow = await Buyer.enter(t, stack.addresses);
    await slow.holds(1);
    await slow.sees('checkout');
    await stack.advance(61_000);
    await until('a reminder', async () =>
      (await eventsOf(stack.addresses.tutti, 'Tickets.ReservationReminder', slow.sessionId)) > 0
        ? true
        : undefined,
    );
    await stack.advance(HOLD_MS - 61_000);
    await slow.sees('timedOut');
    await endsAs(stack, slow, 'timedOut');
    assert.deepEqual(
      (await sentBy(stack, slow)).filter((type) => type !== 'Tickets.ReservationReminder'),
      ['Notifications.Requested', 'Tickets.ReservationTimedOut', 'Session.CleanUp'],
    );
    const [missing] = await deviationsOf(stack, slow);
    assert.equal(missing, 'missing: Payments.Authorized or Payments.Refused');
  });
});

describe('step orchestrate', () => {
  test('the process sends the main events; a payment that comes too late is told so', async (t) => {
    const stack = await start(t, 'orchestrate');
    const buyer = await buys(t, stack);
    assert.deepEqual(await sentBy(stack, buyer), ['Tickets.CheckedOut', 'Tickets.Emitted']);
    assert.deepEqual(await deviationsOf(stack, buyer), []);
    assert.equal((await figuresOf(stack)).instances.rate, 1);

    const slow = await Buyer.enter(t, stack.addresses);
    await slow.holds(1);
    await slow.sees('checkout');
    const { paymentId } = slow;
    await stack.advance(HOLD_MS);
    await slow.sees('timedOut');
    await endsAs(stack, slow, 'timedOut');
    await slow.tellsOf('Payments.Authorized', { paymentId }, paymentId);
    const [first] = await deviates(stack, slow, 'late: Payments.Authorized');
    assert.equal(first, 'missing: Payments.Authorized or Payments.Refused');
  });
});

describe('step decide', () => {
  test('few tickets are paid by card, ten and more by money transfer, in its own time', async (t) => {
    const stack = await start(t, 'decide');
    const small = await buys(t, stack, 9);
    assert.deepEqual(await sentBy(stack, small), ['Tickets.CheckedOut', 'Tickets.Emitted']);

    const large = await Buyer.enter(t, stack.addresses);
    await large.holds(12);
    await large.sees('reserved');
    // Longer than others have.
    await stack.advance(HOLD_MS);
    const unpaid = await until('the back office shows who has not paid', async () => {
      const office = await get<{ unpaid: { sessionId: string }[] }>(
        `${stack.addresses.website}/api/backoffice`,
      );
      return office.unpaid.find(({ sessionId }) => sessionId === large.sessionId);
    });
    await post(`${stack.addresses.website}/api/backoffice/transfer`, unpaid);
    await large.sees('issued');
    await endsAs(stack, large, 'purchased');
    assert.equal(large.ticketCodes.length, 12);
    assert.deepEqual(await sentBy(stack, large), ['Tickets.Emitted']);
    assert.deepEqual(await deviationsOf(stack, large), []);
  });

  test('a transfer that does not come in time frees the seats, and one that comes afterwards is late', async (t) => {
    const stack = await start(t, 'decide');
    const large = await Buyer.enter(t, stack.addresses);
    await large.holds(10);
    await large.sees('reserved');
    await stack.advance((TRANSFER_SECONDS + 1) * 1000);
    await large.sees('timedOut');
    await endsAs(stack, large, 'timedOut');
    await large.tellsOf('MoneyTransfer.Accepted', {});
    assert.deepEqual(await deviates(stack, large, 'late: MoneyTransfer.Accepted'), [
      'missing: MoneyTransfer.Accepted',
      'late: MoneyTransfer.Accepted',
    ]);
    await until('the seats are free', async () => {
      const { seats } = await get<{ seats: { held: number } }>(`${stack.addresses.tickets}/stats`);
      return seats.held === 0 ? true : undefined;
    });
  });
});

test('there is a model for each step', () => {
  assert.deepEqual(stepNames, ['see', 'decorate', 'orchestrate', 'decide']);
});
