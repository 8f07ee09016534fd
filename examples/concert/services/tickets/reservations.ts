/**
 * Holds of seats.
 *
 * H1. A hold ends once: it is sold or released, never both, never twice (R2).
 * H2. The counts of seats change in the same transaction as the hold.
 */
import type { Database, Row } from '../../lib/database.ts';
import type { Seats } from './seats.ts';
import type { LeaveReason } from './sessions.ts';

/** How far the payment of a hold is, as known here. */
export type PaymentLink =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly paymentId: string }
  | { readonly kind: 'failed' };

/** Dates in epoch milliseconds, amounts in cents. */
export interface Reservation {
  readonly reservationId: string;
  readonly sessionId: string;
  readonly ticketsType: string;
  readonly ticketsQuantity: number;
  readonly amountCents: number;
  readonly currency: string;
  readonly expiresAt: number;
  readonly state: 'held' | 'sold' | 'released';
  readonly releaseReason: string | undefined;
  readonly payment: PaymentLink;
}

/** What a new hold needs. */
export type NewReservation = Pick<
  Reservation,
  'reservationId' | 'sessionId' | 'ticketsType' | 'ticketsQuantity' | 'amountCents' | 'currency' | 'expiresAt'
>;

export class Reservations {
  private readonly database: Database;
  private readonly seats: Seats;
  private readonly now: () => number;

  constructor(database: Database, seats: Seats, now: () => number) {
    this.database = database;
    this.seats = seats;
    this.now = now;
  }

  get(reservationId: string): Reservation | undefined {
    return reservationOf(
      this.database.get('SELECT * FROM reservation WHERE reservation_id = ?', reservationId),
    );
  }

  ofSession(sessionId: string): Reservation | undefined {
    return reservationOf(this.database.get('SELECT * FROM reservation WHERE session_id = ?', sessionId));
  }

  /** Holds the seats; answers false, changing nothing, if not enough are left. */
  hold(wish: NewReservation): boolean {
    if (!this.seats.hold(wish.ticketsType, wish.ticketsQuantity)) return false;
    this.database.run(
      `INSERT INTO reservation (reservation_id, session_id, tickets_type, quantity, amount_cents, currency,
         state, reserved_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, 'held', ?, ?)`,
      wish.reservationId,
      wish.sessionId,
      wish.ticketsType,
      wish.ticketsQuantity,
      wish.amountCents,
      wish.currency,
      this.now(),
      wish.expiresAt,
    );
    return true;
  }

  /** Gives the seats of a hold back; a hold that is over is left alone. */
  release(reservation: Reservation, reason: LeaveReason): void {
    const changed = this.database.run(
      `UPDATE reservation SET state = 'released', ended_at = ?, release_reason = ?
       WHERE reservation_id = ? AND state = 'held'`,
      this.now(),
      reason,
      reservation.reservationId,
    );
    if (changed === 1) this.seats.release(reservation.ticketsType, reservation.ticketsQuantity);
  }

  /** Sells the seats of a hold with one code each; a hold that is over is left alone. */
  sell(reservation: Reservation, codes: readonly string[]): void {
    const changed = this.database.run(
      "UPDATE reservation SET state = 'sold', ended_at = ? WHERE reservation_id = ? AND state = 'held'",
      this.now(),
      reservation.reservationId,
    );
    if (changed !== 1) return;
    this.seats.sell(reservation.ticketsType, reservation.ticketsQuantity);
    codes.forEach((code, place) => {
      this.database.run(
        'INSERT INTO ticket (code, reservation_id, place) VALUES (?, ?, ?)',
        code,
        reservation.reservationId,
        place + 1,
      );
    });
  }

  /** Notes how far the payment is. */
  linkPayment(reservationId: string, payment: PaymentLink): void {
    this.database.run(
      'UPDATE reservation SET payment = ?, payment_id = coalesce(?, payment_id) WHERE reservation_id = ?',
      payment.kind,
      payment.kind === 'open' ? payment.paymentId : null,
      reservationId,
    );
  }

  /** Type of the ticket with this code, if there is one. */
  ticketType(code: string): string | undefined {
    const row = this.database.get(
      'SELECT tickets_type FROM ticket JOIN reservation USING (reservation_id) WHERE code = ?',
      code,
    );
    return row === undefined ? undefined : String(row.tickets_type);
  }

  /** Sessions whose hold expired at `date` or before. */
  overdue(date: number): readonly string[] {
    return this.database
      .all("SELECT session_id FROM reservation WHERE state = 'held' AND expires_at <= ?", date)
      .map((row) => String(row.session_id));
  }

  /** The earliest end of a hold. */
  firstExpiry(): number | undefined {
    const row = this.database.get("SELECT min(expires_at) AS first FROM reservation WHERE state = 'held'");
    return typeof row?.first === 'number' ? row.first : undefined;
  }
}

function reservationOf(row: Row | undefined): Reservation | undefined {
  if (row === undefined) return undefined;
  const { state } = row;
  if (state !== 'held' && state !== 'sold' && state !== 'released') {
    throw new TypeError(`The file holds a reservation in the unknown state ${String(state)}.`);
  }
  return {
    reservationId: String(row.reservation_id),
    sessionId: String(row.session_id),
    ticketsType: String(row.tickets_type),
    ticketsQuantity: Number(row.quantity),
    amountCents: Number(row.amount_cents),
    currency: String(row.currency),
    expiresAt: Number(row.expires_at),
    state,
    releaseReason: row.release_reason === null ? undefined : String(row.release_reason),
    payment: paymentOf(row),
  };
}

function paymentOf(row: Row): PaymentLink {
  switch (row.payment) {
    case 'open':
      return { kind: 'open', paymentId: String(row.payment_id) };
    case 'none':
    case 'opening':
    case 'failed':
      return { kind: row.payment };
    default:
      throw new TypeError(`The file holds a payment in the unknown state ${String(row.payment)}.`);
  }
}
