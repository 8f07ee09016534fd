/** What can be asked of the tickets service. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../lib/clock.ts';
import { objectBody, Problem } from '../../lib/http.ts';
import { canonicalCode } from './codes.ts';
import { waitSeconds } from './exit-rate.ts';
import type { Reservation, Reservations } from './reservations.ts';
import type { Presence } from './safety.ts';
import type { Seats } from './seats.ts';
import type { Sessions } from './sessions.ts';
import type { TicketsSettings } from './settings.ts';

export interface RouteParts {
  readonly clock: Clock;
  readonly settings: TicketsSettings;
  readonly sessions: Sessions;
  readonly seats: Seats;
  readonly reservations: Reservations;
  readonly presence: Presence;
}

/** Where a session stands in the queue, as the website shows it. */
interface QueuePosition {
  readonly state: 'waiting' | 'turn' | 'holding' | 'issued' | 'left' | 'unknown';
  /** 0 = next; -1 = not waiting. */
  readonly position: number;
  readonly size: number;
  /** Null while no call has been measured, and for those who do not wait. */
  readonly waitSeconds: number | null;
}

/** Most sessions of one question. */
const mostPositions = 10_000;

export function ticketsRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { sessions, seats, reservations, settings } = parts;

  app.get<{ Querystring: { limit?: string } }>('/queue', async (request) => {
    const summary = {
      size: sessions.rank.size,
      buying: sessions.buying,
      exitsPerMinute: Math.round(sessions.exits.perMinute(parts.clock.now()) * 10) / 10,
    };
    const { limit } = request.query;
    return limit === undefined ? summary : { ...summary, sessions: sessions.waiting(limitOf(limit)) };
  });

  app.get<{ Params: { sessionId: string } }>('/queue/:sessionId', async (request) =>
    positionOf(parts, request.params.sessionId),
  );

  app.post('/queue/positions', async (request) => {
    const { sessionIds } = objectBody(request.body);
    if (!Array.isArray(sessionIds) || sessionIds.length > mostPositions || !sessionIds.every(isText)) {
      throw new Problem(400, 'badRequest', `sessionIds must be a list of at most ${mostPositions} texts.`);
    }
    return { positions: Object.fromEntries(sessionIds.map((id) => [id, positionOf(parts, id)])) };
  });

  app.get('/offer', async () => ({
    currency: settings.currency,
    maxPerPurchase: settings.maxPerPurchase,
    types: seats.types.map(({ ticketsType, label, priceCents }) => {
      const { total, left } = seats.count(ticketsType);
      return { ticketsType, label, price: priceCents / 100, total, left };
    }),
  }));

  app.get<{ Params: { reservationId: string } }>('/reservations/:reservationId', async (request) => {
    const reservation = reservations.get(request.params.reservationId);
    if (reservation === undefined) throw new Problem(404, 'notFound', 'There is no such reservation.');
    return shown(reservation);
  });

  app.get<{ Querystring: { sessionId?: string } }>('/reservations', async (request) => {
    const { sessionId } = request.query;
    if (!isText(sessionId)) throw new Problem(400, 'badRequest', 'Say whose: /reservations?sessionId=ID.');
    const reservation = reservations.ofSession(sessionId);
    return { reservations: reservation === undefined ? [] : [shown(reservation)] };
  });

  app.get<{ Params: { code: string } }>('/tickets/:code', async (request) => {
    const code = canonicalCode(request.params.code);
    const ticketsType = reservations.ticketType(code);
    if (ticketsType === undefined) throw new Problem(404, 'notFound', 'No ticket has this code.');
    return { code, ticketsType, valid: true };
  });

  app.get('/stats', async () => ({
    seats: seats.sum(),
    waiting: sessions.rank.size,
    buying: sessions.buying,
  }));
}

function positionOf({ sessions, presence, clock }: RouteParts, sessionId: string): QueuePosition {
  const state = sessions.state(sessionId);
  const size = sessions.rank.size;
  if (state.kind !== 'waiting') return { state: state.kind, position: -1, size, waitSeconds: null };
  presence.seen(sessionId);
  const position = sessions.rank.before(state.number);
  const rate = sessions.exits.perMinute(clock.now());
  return { state: 'waiting', position, size, waitSeconds: waitSeconds(position, rate) };
}

function shown(reservation: Reservation): Record<string, unknown> {
  const { amountCents, expiresAt, payment, releaseReason, ...rest } = reservation;
  return {
    ...rest,
    amount: amountCents / 100,
    expiresAt: new Date(expiresAt).toISOString(),
    ...(payment.kind === 'open' ? { paymentId: payment.paymentId } : {}),
    ...(releaseReason === undefined ? {} : { releaseReason }),
  };
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > mostPositions) {
    throw new Problem(400, 'badRequest', `limit must be a whole number from 1 to ${mostPositions}.`);
  }
  return limit;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}
