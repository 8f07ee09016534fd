/**
 * The rules of the sale: who is called, who holds what, and what is told to whom.
 * All methods that change something run inside `database.write`.
 *
 * B1. Customers are called in the order in which they were appended (R5).
 * B2. Nobody is called without a seat to choose: turns never outnumber the seats left.
 * B3. When everything is sold, each waiting session is told once and leaves.
 * B4. What ends a hold also deals with its payment: nobody pays for seats that are gone.
 */
import type { EventOutbox } from '../../lib/events.ts';
import type { Parts } from '../../lib/service.ts';
import { newTicketCode } from './codes.ts';
import type { PaymentCalls } from './payment-calls.ts';
import type { Reservation, Reservations } from './reservations.ts';
import type { Seats } from './seats.ts';
import type { LeaveReason, Sessions } from './sessions.ts';
import type { TicketsSettings } from './settings.ts';

/** What the box office works with. */
export interface BoxOfficeParts {
  readonly parts: Parts;
  readonly settings: TicketsSettings;
  readonly sessions: Sessions;
  readonly seats: Seats;
  readonly reservations: Reservations;
  readonly payments: PaymentCalls;
  /** A source fit for secrets. */
  randomBytes(count: number): Uint8Array;
}

/** A wish as it came in, unchecked. */
export interface Wish {
  readonly sessionId: string;
  readonly ticketsType: unknown;
  readonly ticketsQuantity: unknown;
  /** When it was made, epoch milliseconds. */
  readonly madeAt: number;
}

/** Sessions told in one transaction that all is sold: few enough that others do not wait long. */
const tellAtOnce = 500;

export class BoxOffice {
  private readonly office: BoxOfficeParts;
  private telling = false;

  constructor(office: BoxOfficeParts) {
    this.office = office;
  }

  /** Appends a customer, once and for ever. */
  join(sessionId: string): void {
    const { sessions, seats } = this.office;
    if (sessions.state(sessionId).kind !== 'unknown') return;
    sessions.append(sessionId);
    if (seats.soldOut) this.tellSoldOut(sessionId);
    else this.callNext();
  }

  /** Ends whatever the session is in the middle of; what is finished is left alone. */
  leave(sessionId: string, reason: LeaveReason): void {
    const { sessions, reservations } = this.office;
    const state = sessions.state(sessionId);
    switch (state.kind) {
      case 'unknown':
        sessions.noteGone(sessionId, reason);
        return;
      case 'issued':
      case 'left':
        return;
      case 'holding': {
        const reservation = reservations.ofSession(sessionId);
        if (reservation !== undefined) this.endHold(reservation, reason);
        break;
      }
      case 'waiting':
      case 'turn':
        break;
      default:
        state satisfies never;
    }
    sessions.toLeft(sessionId, state, reason);
    this.callNext();
  }

  /** As `leave`, and tells the others, because it was this service that noticed. */
  drop(sessionId: string): void {
    this.leave(sessionId, 'timeout');
    this.events.emit({ type: 'Queue.CustomerAbandoned', sessionId, data: { sessionId, reason: 'timeout' } });
  }

  /** Answers a wish by a hold or a refusal; a wish of somebody who holds seats already changes nothing. */
  request(wish: Wish): void {
    const { sessions, seats, settings, reservations, parts } = this.office;
    const { sessionId } = wish;
    const state = sessions.state(sessionId);
    if (state.kind === 'holding') return;
    if (state.kind !== 'turn' || wish.madeAt > state.turnEndsAt) {
      this.refuse(sessionId, { reason: 'notYourTurn' });
      return;
    }
    const type = typeof wish.ticketsType === 'string' ? seats.type(wish.ticketsType) : undefined;
    const quantity = quantityOf(wish.ticketsQuantity, settings.maxPerPurchase);
    if (type === undefined || quantity === undefined) {
      this.refuse(sessionId, { reason: 'invalid' });
      return;
    }
    const { ticketsType, priceCents } = type;
    const large = settings.largeOrderFrom !== undefined && quantity >= settings.largeOrderFrom;
    const seconds = large ? settings.largeOrderSeconds : settings.reservationSeconds;
    const expiresAt = parts.clock.now() + seconds * 1_000;
    const reservation = {
      reservationId: parts.newId(),
      sessionId,
      ticketsType,
      ticketsQuantity: quantity,
      amountCents: priceCents * quantity,
      currency: settings.currency,
      expiresAt,
    };
    if (!reservations.hold(reservation)) {
      this.refuseSoldOut(sessionId, seats.count(ticketsType).left);
      return;
    }
    sessions.toHolding(sessionId);
    this.events.emit({
      type: 'Tickets.Reserved',
      sessionId,
      data: {
        sessionId,
        reservationId: reservation.reservationId,
        ticketsType,
        ticketsQuantity: quantity,
        amount: reservation.amountCents / 100,
        currency: reservation.currency,
        expiresAt: new Date(expiresAt).toISOString(),
      },
    });
    this.callNext();
  }

  /** Has the payment of a hold opened, unless that is done or under way. */
  checkout(reservationId: string): void {
    const { reservations, payments, parts } = this.office;
    const reservation = reservations.get(reservationId);
    if (reservation === undefined) {
      parts.log.warn(`checkout of the unknown reservation ${reservationId}: ignored`);
      return;
    }
    if (reservation.state !== 'held') return;
    const { kind } = reservation.payment;
    if (kind === 'none' || kind === 'failed') payments.open(reservationId);
  }

  /**
   * Makes the tickets of a hold, once. A hold that is over gets none, and its payment is given back.
   * @param paidCents what was paid, if the caller knows it; another amount than the hold's gets no tickets.
   */
  issue(reservationId: string, paidCents: number | undefined): void {
    const { reservations, sessions, payments, seats, parts } = this.office;
    const reservation = reservations.get(reservationId);
    if (reservation === undefined) {
      parts.log.warn(`tickets asked for the unknown reservation ${reservationId}: ignored`);
      return;
    }
    const { sessionId, ticketsType, ticketsQuantity, state } = reservation;
    switch (state) {
      case 'sold':
        return;
      case 'released':
        payments.cancel(reservationId, 'reservationOver');
        return;
      case 'held':
        break;
      default:
        state satisfies never;
    }
    if (paidCents !== undefined && paidCents !== reservation.amountCents) {
      parts.log.warn(`reservation ${reservationId} was paid with another amount: given back`);
      payments.cancel(reservationId, 'amountMismatch');
      return;
    }
    const ticketCodes = Array.from({ length: ticketsQuantity }, () => newTicketCode(this.office.randomBytes));
    reservations.sell(reservation, ticketCodes);
    sessions.toIssued(sessionId);
    this.events.emit({
      type: 'Tickets.Issued',
      sessionId,
      data: { sessionId, reservationId, ticketsType, ticketsQuantity, ticketCodes },
    });
    this.callNext();
    if (seats.soldOut) parts.database.afterCommit(() => this.tellWaiting());
  }

  /** The time to pay is over. */
  timeOut(reservationId: string): void {
    const reservation = this.office.reservations.get(reservationId);
    if (reservation?.state === 'held') this.leave(reservation.sessionId, 'timedOut');
  }

  /** Calls customers as long as there is room and a seat for each. */
  callNext(): void {
    const { sessions, seats, settings, parts } = this.office;
    const left = seats.sum().left;
    while (sessions.rank.size > 0 && sessions.buying < settings.maxBuying && sessions.turns < left) {
      const next = sessions.next();
      if (next === undefined) return;
      const { sessionId, number } = next;
      const turnEndsAt = parts.clock.now() + settings.turnSeconds * 1_000;
      sessions.toTurn(sessionId, number, turnEndsAt);
      this.events.emit({
        type: 'Queue.CustomerExited',
        sessionId,
        data: { sessionId, turnEndsAt: new Date(turnEndsAt).toISOString() },
      });
    }
  }

  /** Tells everybody who waits, some in each transaction, until nobody does; may be called again any time. */
  tellWaiting(): void {
    const { sessions, seats, parts } = this.office;
    if (this.telling || !seats.soldOut || sessions.rank.size === 0) return;
    this.telling = true;
    parts.database
      .write(() => {
        for (const sessionId of sessions.waiting(tellAtOnce)) this.tellSoldOut(sessionId);
      })
      .finally(() => {
        this.telling = false;
      })
      .then(
        () => this.tellWaiting(),
        (error: unknown) => parts.log.error({ err: error }, 'the waiting could not be told that all is sold'),
      );
  }

  private tellSoldOut(sessionId: string): void {
    const { sessions } = this.office;
    const state = sessions.state(sessionId);
    if (state.kind !== 'waiting') return;
    sessions.toLeft(sessionId, state, 'soldOut');
    this.refuseSoldOut(sessionId, 0);
  }

  private endHold(reservation: Reservation, reason: LeaveReason): void {
    const { reservations, payments } = this.office;
    reservations.release(reservation, reason);
    if (reservation.payment.kind !== 'none') payments.cancel(reservation.reservationId, reason);
  }

  /** `left` counts the wished type; held seats of any type may come back, so only unsold ones in all tell the end. */
  private refuseSoldOut(sessionId: string, left: number): void {
    const { total, sold } = this.office.seats.sum();
    this.refuse(sessionId, { reason: 'soldOut', left, leftInAll: total - sold });
  }

  private refuse(
    sessionId: string,
    why: { reason: 'soldOut'; left: number; leftInAll: number } | { reason: 'notYourTurn' | 'invalid' },
  ): void {
    this.events.emit({ type: 'Tickets.Refused', sessionId, data: { sessionId, ...why } });
  }

  private get events(): EventOutbox {
    return this.office.parts.events;
  }
}

/** A whole number from 1 to `most`, given as number or text; else undefined (R18). */
export function quantityOf(value: unknown, most: number): number | undefined {
  const number = typeof value === 'string' && /^\s*\d{1,6}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= most
    ? number
    : undefined;
}
