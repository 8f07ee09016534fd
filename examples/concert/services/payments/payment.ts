/** A payment as it is kept. */
import type { Row } from '../../lib/database.ts';
import type { BankAnswer } from './card.ts';

export type PaymentStatus =
  | 'open'
  | 'awaitingCode'
  | 'processing'
  | 'authorized'
  | 'refused'
  | 'cancelled'
  | 'refunded';

export type RefusalReason = 'declined' | 'wrongCode' | 'amountMismatch' | 'cancelled';

/** Dates in epoch milliseconds, amounts in cents. */
export interface Payment {
  readonly paymentId: string;
  readonly reservationId: string;
  readonly sessionId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly expiresAt: number;
  readonly returnUrl: string | undefined;
  readonly status: PaymentStatus;
  readonly attemptsLeft: number;
  readonly lastFour: string | undefined;
  readonly bankSays: BankAnswer | undefined;
  /** Why it was refused, cancelled or refunded. */
  readonly reason: string | undefined;
}

/** An order to open a payment. */
export type PaymentOrder = Pick<
  Payment,
  'reservationId' | 'sessionId' | 'amountCents' | 'currency' | 'expiresAt' | 'returnUrl'
>;

/** True if the time to pay is over while the payment is still undecided. */
export function isExpired(payment: Payment, now: number): boolean {
  const undecided =
    payment.status === 'open' || payment.status === 'awaitingCode' || payment.status === 'processing';
  return undecided && now > payment.expiresAt;
}

const statuses: readonly PaymentStatus[] = [
  'open',
  'awaitingCode',
  'processing',
  'authorized',
  'refused',
  'cancelled',
  'refunded',
];

/** A row of the file as a payment. @throws TypeError if the file holds what this program never wrote */
export function paymentOf(row: Row | undefined): Payment | undefined {
  if (row === undefined) return undefined;
  const status = statuses.find((name) => name === row.status);
  if (status === undefined) {
    throw new TypeError(`The file holds a payment in the unknown state ${String(row.status)}.`);
  }
  const says = row.bank_says;
  return {
    paymentId: String(row.payment_id),
    reservationId: String(row.reservation_id),
    sessionId: String(row.session_id),
    amountCents: Number(row.amount_cents),
    currency: String(row.currency),
    expiresAt: Number(row.expires_at),
    returnUrl: row.return_url === null ? undefined : String(row.return_url),
    status,
    attemptsLeft: Number(row.attempts_left),
    lastFour: row.last_four === null ? undefined : String(row.last_four),
    bankSays: says === 'yes' || says === 'no' || says === 'nothing' ? says : undefined,
    reason: row.reason === null ? undefined : String(row.reason),
  };
}
