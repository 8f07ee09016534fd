/**
 * Payments and their states. Methods that change something run inside `database.write`.
 *
 * P1. One payment per reservation (R11). It ends once: authorized, refused or cancelled; what was authorized,
 *     or is authorized after it was cancelled or over, is refunded once.
 * P2. Every move that others must know emits exactly one event, in the same transaction.
 * P3. Nothing of a card is kept but its last four digits (R20).
 */
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/database.ts';
import type { EventOutbox } from '../../lib/events.ts';
import { Problem } from '../../lib/http.ts';
import type { CheckedCard } from './card.ts';
import {
  isExpired,
  type Payment,
  type PaymentOrder,
  type PaymentStatus,
  paymentOf,
  type RefusalReason,
} from './payment.ts';

export interface PaymentsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly events: EventOutbox;
  /** Milliseconds until the bank answers. */
  readonly authorizationDelayMs: number;
  newId(): string;
}

/** The code that the demo's bank "sends". */
const rightCode = '123456';

export class Payments {
  private readonly parts: PaymentsParts;

  constructor(parts: PaymentsParts) {
    this.parts = parts;
  }

  get(paymentId: string): Payment | undefined {
    return paymentOf(this.parts.database.get('SELECT * FROM payment WHERE payment_id = ?', paymentId));
  }

  /** @throws Problem 404 */
  find(paymentId: string): Payment {
    const payment = this.get(paymentId);
    if (payment === undefined) throw new Problem(404, 'notFound', 'There is no such payment.');
    return payment;
  }

  /** Opens the payment of a reservation, or answers the one it has. @throws Problem 409 if the amount differs. */
  open(order: PaymentOrder): { readonly created: boolean; readonly payment: Payment } {
    const { database, clock, events } = this.parts;
    const earlier = paymentOf(
      database.get('SELECT * FROM payment WHERE reservation_id = ?', order.reservationId),
    );
    if (earlier !== undefined) {
      if (earlier.amountCents !== order.amountCents || earlier.currency !== order.currency) {
        throw new Problem(409, 'amountMismatch', 'This reservation has a payment of another amount.', {
          paymentId: earlier.paymentId,
        });
      }
      return { created: false, payment: earlier };
    }
    const { reservationId, sessionId, amountCents, currency, expiresAt, returnUrl } = order;
    const paymentId = this.parts.newId();
    database.run(
      `INSERT INTO payment (payment_id, reservation_id, session_id, amount_cents, currency, expires_at,
         return_url, opened_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      paymentId,
      reservationId,
      sessionId,
      amountCents,
      currency,
      expiresAt,
      returnUrl ?? null,
      clock.now(),
      clock.now(),
    );
    events.emit({
      type: 'Payments.RequestReceived',
      sessionId,
      correlationKey: reservationId,
      data: { paymentId, reservationId, sessionId, amount: amountCents / 100, currency },
    });
    return { created: true, payment: this.find(paymentId) };
  }

  /**
   * Takes a card; the code is asked for next.
   * @param shownCents the amount that the customer saw, if the form says so; another one refuses the payment (R12).
   * @throws Problem 409 if it is over or not the moment for a card.
   */
  takeCard(paymentId: string, card: CheckedCard, shownCents: number | undefined): Payment {
    const payment = this.find(paymentId);
    this.checkStep(payment, 'open');
    if (shownCents !== undefined && shownCents !== payment.amountCents) {
      this.refuse(payment, 'amountMismatch');
      return this.find(paymentId);
    }
    this.parts.database.run(
      "UPDATE payment SET status = 'awaitingCode', last_four = ?, bank_says = ?, changed_at = ? WHERE payment_id = ?",
      card.lastFour,
      card.bankSays,
      this.parts.clock.now(),
      paymentId,
    );
    return this.find(paymentId);
  }

  /**
   * Takes the code from the customer's phone: the right one sends the payment to the bank, the third wrong one
   * refuses it.
   * @throws Problem 409 if it is over or not the moment for a code.
   */
  takeCode(paymentId: string, code: string): { readonly right: boolean; readonly payment: Payment } {
    const { database, clock, authorizationDelayMs } = this.parts;
    const payment = this.find(paymentId);
    this.checkStep(payment, 'awaitingCode');
    if (code !== rightCode) {
      database.run('UPDATE payment SET attempts_left = attempts_left - 1 WHERE payment_id = ?', paymentId);
      if (payment.attemptsLeft <= 1) this.refuse(payment, 'wrongCode');
      return { right: false, payment: this.find(paymentId) };
    }
    const answersAt = payment.bankSays === 'nothing' ? null : clock.now() + authorizationDelayMs;
    database.run(
      "UPDATE payment SET status = 'processing', bank_answers_at = ?, changed_at = ? WHERE payment_id = ?",
      answersAt,
      clock.now(),
      paymentId,
    );
    if (answersAt !== null && authorizationDelayMs === 0) this.bankAnswers(paymentId);
    return { right: true, payment: this.find(paymentId) };
  }

  /** The bank's answer arrives; what nobody waits for any more is given back. */
  bankAnswers(paymentId: string): void {
    const { database, clock } = this.parts;
    const payment = this.find(paymentId);
    database.run('UPDATE payment SET bank_answers_at = NULL WHERE payment_id = ?', paymentId);
    switch (payment.status) {
      case 'processing':
        if (payment.bankSays !== 'yes') this.refuse(payment, 'declined');
        else if (clock.now() > payment.expiresAt) this.refund(payment, 'tooLate');
        else this.authorize(payment);
        return;
      case 'cancelled':
        if (payment.bankSays === 'yes') this.refund(payment, payment.reason ?? 'cancelled');
        return;
      case 'open':
      case 'awaitingCode':
      case 'authorized':
      case 'refused':
      case 'refunded':
        return;
      default:
        payment.status satisfies never;
    }
  }

  /** Ends a payment that nobody wants any more; gives back what was authorized. */
  cancel(paymentId: string, reason: string): Payment {
    const payment = this.find(paymentId);
    switch (payment.status) {
      case 'open':
      case 'awaitingCode':
      case 'processing':
        this.move(payment, 'cancelled', reason);
        this.tell(payment, 'Payments.Refused', { reason: 'cancelled' satisfies RefusalReason });
        break;
      case 'authorized':
        this.refund(payment, reason);
        break;
      case 'refused':
      case 'cancelled':
      case 'refunded':
        break;
      default:
        payment.status satisfies never;
    }
    return this.find(paymentId);
  }

  /** When the next answer of the bank is due. */
  nextAnswer(): number | undefined {
    const next = this.parts.database.get(
      'SELECT min(bank_answers_at) AS next FROM payment WHERE bank_answers_at IS NOT NULL',
    )?.next;
    return typeof next === 'number' ? next : undefined;
  }

  /** Payments whose answer is due at `now`, earliest first. */
  dueAnswers(now: number): readonly string[] {
    return this.parts.database
      .all('SELECT payment_id FROM payment WHERE bank_answers_at <= ? ORDER BY bank_answers_at', now)
      .map((row) => String(row.payment_id));
  }

  /** @throws Problem 409 `expired` or `wrongStep` */
  private checkStep(payment: Payment, step: 'open' | 'awaitingCode'): void {
    if (payment.status !== step) {
      throw new Problem(409, 'wrongStep', `This payment is ${payment.status}.`, { status: payment.status });
    }
    if (isExpired(payment, this.parts.clock.now())) {
      throw new Problem(409, 'expired', 'The time to pay is over; nothing was charged.', {
        status: payment.status,
      });
    }
  }

  private authorize(payment: Payment): void {
    this.move(payment, 'authorized', undefined);
    this.tell(payment, 'Payments.Authorized', {});
  }

  private refuse(payment: Payment, reason: RefusalReason): void {
    this.move(payment, 'refused', reason);
    this.tell(payment, 'Payments.Refused', { reason });
  }

  private refund(payment: Payment, reason: string): void {
    this.move(payment, 'refunded', reason);
    this.tell(payment, 'Payments.Refunded', { reason });
  }

  private move(payment: Payment, status: PaymentStatus, reason: string | undefined): void {
    this.parts.database.run(
      'UPDATE payment SET status = ?, reason = ?, changed_at = ? WHERE payment_id = ?',
      status,
      reason ?? null,
      this.parts.clock.now(),
      payment.paymentId,
    );
  }

  private tell(payment: Payment, type: string, more: Readonly<Record<string, unknown>>): void {
    const { paymentId, reservationId, sessionId, amountCents } = payment;
    this.parts.events.emit({
      type,
      sessionId,
      correlationKey: paymentId,
      data: { paymentId, reservationId, sessionId, amount: amountCents / 100, ...more },
    });
  }
}
