/**
 * One purchase: the facts that are known about it. Pure.
 *
 * Invariants
 * S1 A fact, once known, is not replaced by a repeat of it: applying an event twice is applying it once.
 * S2 The stage is computed from the facts (`stage.ts`), so an event that comes early waits for the ones before it.
 * S3 An end stays. Three things may still change its words, never send the customer back: codes that were issued
 *    win over every other end (they are bought and paid), an end whose reason was not told (or only "the payment
 *    was cancelled") is explained by the event that tells it, and a refund adds a notice.
 * S4 Facts of another reservation or payment than the known one have no effect.
 */
import type {
  AbandonReason,
  CleanUpOutcome,
  FinalTemplate,
  Payment,
  PaymentRefusal,
  RefusalReason,
  Reservation,
  Seats,
  SessionEvent,
  Tickets,
} from './events.ts';

/** How a purchase ended without tickets. */
export type End =
  | { readonly stage: 'timedOut'; readonly cause: 'turn' | 'reservation' }
  | { readonly stage: 'refused'; readonly reason: PaymentRefusal | 'wish' | 'unknown' }
  | { readonly stage: 'soldOut' }
  | { readonly stage: 'abandoned'; readonly reason: AbandonReason | 'unknown' };

export interface Session {
  readonly sessionId: string;
  readonly joined?: true;
  readonly turnEndsAt?: string;
  /** The wish that waits for an answer. */
  readonly wish?: Seats;
  /** The last wish's refusal; gone with the next wish. */
  readonly refusal?: { readonly reason: RefusalReason; readonly left?: number };
  readonly reservation?: Reservation;
  readonly payment?: Payment;
  readonly authorized?: true;
  readonly reminder?: { readonly secondsLeft: number };
  readonly refund?: { readonly amount: number };
  readonly tickets?: Tickets;
  readonly end?: End;
}

export function newSession(sessionId: string): Session {
  return { sessionId };
}

/** The session after the event; the very same object if the event changed nothing. */
export function apply(session: Session, event: SessionEvent): Session {
  switch (event.kind) {
    case 'joined':
      return session.joined ? session : { ...session, joined: true };
    case 'turnCame':
      return session.turnEndsAt !== undefined ? session : { ...session, turnEndsAt: event.turnEndsAt };
    case 'wished':
      return wish(session, event.seats);
    case 'reserved':
      return session.reservation
        ? session
        : without({ ...session, reservation: event.reservation }, 'refusal');
    case 'wishRefused':
      return refuseWish(session, event.reason, event.left);
    case 'paymentOpened':
      return opened(session, event.payment);
    case 'paymentAuthorized': {
      const known = opened(session, event.payment);
      if (foreignPayment(known, event.payment) || known.authorized) return known;
      return { ...known, authorized: true };
    }
    case 'paymentRefused': {
      const known = opened(session, event.payment);
      if (foreignPayment(known, event.payment)) return known;
      return ended(known, { stage: 'refused', reason: event.reason });
    }
    case 'refunded': {
      const known = opened(session, event.payment);
      if (foreignPayment(known, event.payment) || known.refund) return known;
      const over = ended(known, { stage: 'refused', reason: 'cancelled' });
      return { ...over, refund: { amount: event.payment.amount } };
    }
    case 'reminded':
      return remind(session, event.reservationId, event.secondsLeft);
    case 'reservationTimedOut':
      if (foreignReservation(session, event.reservationId)) return session;
      return ended(session, { stage: 'timedOut', cause: 'reservation' });
    case 'issued':
      if (session.tickets || foreignReservation(session, event.tickets.reservationId)) return session;
      return { ...session, tickets: event.tickets };
    case 'notified':
      return ended(session, endOfTemplate(event.template));
    case 'cleanedUp':
      return ended(session, endOfCleanUp(session, event.outcome));
    case 'abandoned':
      return ended(session, { stage: 'abandoned', reason: event.reason });
  }
}

function wish(session: Session, seats: Seats): Session {
  if (session.wish || session.reservation) return session;
  return without({ ...session, wish: seats }, 'refusal');
}

/** Back to the choice while the turn lasts; before any turn it can only mean that nothing is left for anybody. */
function refuseWish(session: Session, reason: RefusalReason, left: number | undefined): Session {
  if (session.reservation || session.refusal) return session;
  if (reason === 'soldOut' && session.turnEndsAt === undefined && !session.wish) {
    return ended(session, { stage: 'soldOut' });
  }
  if (!session.wish) return session;
  return without({ ...session, refusal: { reason, ...(left !== undefined && { left }) } }, 'wish');
}

function opened(session: Session, payment: Payment): Session {
  if (session.payment || foreignReservation(session, payment.reservationId)) return session;
  return { ...session, payment };
}

function remind(session: Session, reservationId: string, secondsLeft: number): Session {
  if (foreignReservation(session, reservationId)) return session;
  // Time only runs down: a higher figure is an older reminder that was delayed.
  if (session.reminder && session.reminder.secondsLeft <= secondsLeft) return session;
  return { ...session, reminder: { secondsLeft } };
}

/** The first end stays, unless it was said without its reason and the new one gives it. */
function ended(session: Session, end: End): Session {
  return !session.end || explains(session.end, end) ? { ...session, end } : session;
}

function explains(known: End, end: End): boolean {
  if (known.stage === 'abandoned') {
    return known.reason === 'unknown' && end.stage === 'abandoned' && end.reason !== 'unknown';
  }
  if (known.stage !== 'refused') return false;
  if (known.reason === 'cancelled') return end.stage === 'timedOut' || end.stage === 'abandoned';
  return known.reason === 'unknown' && end.stage === 'refused' && end.reason !== 'unknown';
}

function endOfTemplate(template: FinalTemplate): End {
  switch (template) {
    case 'turnExpired':
      return { stage: 'timedOut', cause: 'turn' };
    case 'checkoutTimedOut':
    case 'paymentTimedOut':
      return { stage: 'timedOut', cause: 'reservation' };
    case 'paymentRefused':
      return { stage: 'refused', reason: 'unknown' };
    case 'abandoned':
      return { stage: 'abandoned', reason: 'unknown' };
  }
}

function endOfCleanUp(session: Session, outcome: CleanUpOutcome): End {
  switch (outcome) {
    case 'timedOut':
      return { stage: 'timedOut', cause: session.reservation || session.payment ? 'reservation' : 'turn' };
    case 'refused':
      return { stage: 'refused', reason: session.payment ? 'unknown' : 'wish' };
    case 'soldOut':
      return { stage: 'soldOut' };
    case 'abandoned':
      return { stage: 'abandoned', reason: 'unknown' };
  }
}

function foreignReservation(session: Session, reservationId: string): boolean {
  const known = session.reservation?.reservationId ?? session.payment?.reservationId;
  return known !== undefined && known !== reservationId;
}

function foreignPayment(session: Session, payment: Payment): boolean {
  return session.payment?.paymentId !== payment.paymentId;
}

function without(session: Session, key: 'refusal' | 'wish'): Session {
  const rest: { -readonly [K in keyof Session]: Session[K] } = { ...session };
  delete rest[key];
  return rest;
}
