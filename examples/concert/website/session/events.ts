/**
 * What can happen to a purchase, in the website's own words. An event of the outside becomes one of these in
 * `inbox.ts`; the browser's own steps are made in `shop.ts`.
 */

/** Seats somebody wishes for or holds. */
export interface Seats {
  readonly ticketsType: string;
  /** Whole number from 1. */
  readonly ticketsQuantity: number;
}

/** Seats held for this customer: only the tickets service says so. */
export interface Reservation extends Seats {
  readonly reservationId: string;
  /** In `currency`. */
  readonly amount: number;
  readonly currency: string;
  /** RFC 3339, UTC. The one date by which the page counts down. */
  readonly expiresAt: string;
}

/** A payment that was opened for the reservation. */
export interface Payment {
  readonly paymentId: string;
  readonly reservationId: string;
  readonly amount: number;
}

/** The tickets with the codes that open the doors. */
export interface Tickets extends Seats {
  readonly reservationId: string;
  readonly ticketCodes: readonly string[];
}

export const refusalReasons = ['soldOut', 'notYourTurn', 'invalid'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export const paymentRefusals = ['declined', 'wrongCode', 'amountMismatch', 'cancelled'] as const;
export type PaymentRefusal = (typeof paymentRefusals)[number];

export const abandonReasons = ['quit', 'removed', 'timeout'] as const;
export type AbandonReason = (typeof abandonReasons)[number];

/** Templates after which a purchase is over. `soldOut` and `refused` are not among them: the turn may go on. */
export const finalTemplates = [
  'turnExpired',
  'checkoutTimedOut',
  'paymentTimedOut',
  'paymentRefused',
  'abandoned',
] as const;
export type FinalTemplate = (typeof finalTemplates)[number];

export const cleanUpOutcomes = ['timedOut', 'refused', 'soldOut', 'abandoned'] as const;
export type CleanUpOutcome = (typeof cleanUpOutcomes)[number];

export type SessionEvent =
  | { readonly kind: 'joined' }
  | { readonly kind: 'turnCame'; readonly turnEndsAt: string }
  | { readonly kind: 'wished'; readonly seats: Seats }
  | { readonly kind: 'reserved'; readonly reservation: Reservation }
  | { readonly kind: 'wishRefused'; readonly reason: RefusalReason; readonly left?: number }
  | { readonly kind: 'paymentOpened'; readonly payment: Payment }
  | { readonly kind: 'paymentAuthorized'; readonly payment: Payment }
  | { readonly kind: 'paymentRefused'; readonly payment: Payment; readonly reason: PaymentRefusal }
  | { readonly kind: 'refunded'; readonly payment: Payment }
  | { readonly kind: 'reminded'; readonly reservationId: string; readonly secondsLeft: number }
  | { readonly kind: 'reservationTimedOut'; readonly reservationId: string }
  | { readonly kind: 'issued'; readonly tickets: Tickets }
  | { readonly kind: 'notified'; readonly template: FinalTemplate }
  | { readonly kind: 'cleanedUp'; readonly outcome: CleanUpOutcome }
  | { readonly kind: 'abandoned'; readonly reason: AbandonReason };
