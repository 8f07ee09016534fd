import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { openWorld, type World } from '../testing.ts';

type Act = 'request' | 'emit' | 'quit' | 'timeOut' | 'cleanUp' | 'repeatJoin';

const act = fc.record({
  customer: fc.nat(19),
  act: fc.constantFrom<Act>(
    'request',
    'request',
    'request',
    'emit',
    'emit',
    'quit',
    'timeOut',
    'cleanUp',
    'repeatJoin',
  ),
  quantity: fc.integer({ min: 1, max: 4 }),
  type: fc.constantFrom('standing', 'far away'),
});

interface SeatSum {
  readonly total: number;
  readonly held: number;
  readonly sold: number;
  readonly left: number;
}

it('R1: never oversells, whatever customers do at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(act, { minLength: 4, maxLength: 16 }), { minLength: 2, maxLength: 8 }),
      async (rounds) => {
        const world = await openWorld({
          tickets: { seats: 'standing=4,far away=3', 'max-buying': 6, 'log-level': 'error' },
        });
        try {
          const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
          await Promise.all(
            names.map((name) => world.send('/queue', 'Tickets.CustomerQueueJoined', { sessionId: name })),
          );
          for (const round of rounds) {
            const looks = [checkSeats(world), checkSeats(world)];
            await Promise.all(round.map((step) => perform(world, names[step.customer] ?? '', step)));
            await Promise.all(looks);
            await checkSeats(world);
          }
          await checkBooks(world, names);
        } finally {
          await world.close();
        }
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
});

async function perform(
  world: World,
  sessionId: string,
  step: { act: Act; quantity: number; type: string },
): Promise<void> {
  const reservationId = await holdOf(world, sessionId);
  const data = { sessionId, reservationId: reservationId ?? 'none' };
  const send = {
    request: () =>
      world.send('/requests', 'Tickets.Requested', {
        sessionId,
        ticketsType: step.type,
        ticketsQuantity: step.quantity,
      }),
    emit: () => world.send('/tickets/emit', 'Tickets.Emitted', data),
    quit: () => world.send('/abandon', 'Queue.CustomerAbandoned', { sessionId, reason: 'quit' }),
    timeOut: () => world.send('/timeouts', 'Tickets.ReservationTimedOut', data),
    cleanUp: () => world.send('/cleanup', 'Session.CleanUp', { sessionId, outcome: 'timedOut' }),
    repeatJoin: () => world.send('/queue', 'Queue.CustomerJoined', { sessionId }),
  };
  assert.equal(await send[step.act](), 204);
}

async function holdOf(world: World, sessionId: string): Promise<string | undefined> {
  const { reservations } = await world.ask(`/reservations?sessionId=${sessionId}`);
  const [first] = reservations as { reservationId: string }[];
  return first?.reservationId;
}

async function checkSeats(world: World): Promise<void> {
  const { seats } = (await world.ask('/stats')) as unknown as { seats: SeatSum };
  assert.ok(seats.held >= 0 && seats.sold >= 0 && seats.left >= 0, JSON.stringify(seats));
  assert.ok(seats.held + seats.sold <= 7, JSON.stringify(seats));
}

/** The counts are those of the holds themselves, and every ticket belongs to a sold one. */
async function checkBooks(world: World, names: readonly string[]): Promise<void> {
  const { seats } = (await world.ask('/stats')) as unknown as { seats: SeatSum };
  const sum = { held: 0, sold: 0, released: 0 };
  for (const name of names) {
    const { reservations } = await world.ask(`/reservations?sessionId=${name}`);
    for (const { state, ticketsQuantity } of reservations as {
      state: 'held' | 'sold' | 'released';
      ticketsQuantity: number;
    }[]) {
      sum[state] += ticketsQuantity;
    }
  }
  assert.deepEqual({ held: sum.held, sold: sum.sold }, { held: seats.held, sold: seats.sold });
  const tickets = world.tickets().database.get('SELECT count(*) AS count FROM ticket')?.count;
  assert.equal(tickets, seats.sold);
  assert.equal(seats.left, 7 - seats.held - seats.sold);
}
