/**
 * Where a purchase is: a discriminated union on `stage`, computed from what is known. Pure.
 *
 *     new → waiting → turn ⇄ requested → reserved → checkout → paid → issued
 *     and from each of them: timedOut, refused, soldOut, abandoned
 */
import type { Payment, Reservation, Seats, Tickets } from './events.ts';
import type { End, Session } from './session.ts';

export type Stage =
  | { readonly stage: 'new' }
  | { readonly stage: 'waiting' }
  | { readonly stage: 'turn'; readonly turnEndsAt: string; readonly refusal?: Session['refusal'] }
  | { readonly stage: 'requested'; readonly request: Seats; readonly turnEndsAt?: string }
  | { readonly stage: 'reserved'; readonly reservation: Reservation }
  | { readonly stage: 'checkout'; readonly reservation: Reservation; readonly payment: Payment }
  | { readonly stage: 'paid'; readonly payment?: Payment; readonly reservation?: Reservation }
  | { readonly stage: 'issued'; readonly tickets: Tickets }
  | End;

export const stageNames = [
  'new',
  'waiting',
  'turn',
  'requested',
  'reserved',
  'checkout',
  'paid',
  'issued',
  'timedOut',
  'refused',
  'soldOut',
  'abandoned',
] as const satisfies readonly Stage['stage'][];
export type StageName = Stage['stage'];

export function stageOf(session: Session): Stage {
  const { tickets, end, reservation, payment, turnEndsAt, wish } = session;
  if (tickets) return { stage: 'issued', tickets };
  if (end) return end;
  if (session.authorized && !session.refund) {
    return { stage: 'paid', ...(payment && { payment }), ...(reservation && { reservation }) };
  }
  if (reservation) {
    return payment ? { stage: 'checkout', reservation, payment } : { stage: 'reserved', reservation };
  }
  if (wish) return { stage: 'requested', request: wish, ...(turnEndsAt !== undefined && { turnEndsAt }) };
  if (turnEndsAt !== undefined) {
    return { stage: 'turn', turnEndsAt, ...(session.refusal && { refusal: session.refusal }) };
  }
  return session.joined ? { stage: 'waiting' } : { stage: 'new' };
}

/** The five outcomes that the back office counts (R17). */
export const outcomes = ['purchased', 'timedOut', 'abandoned', 'refused', 'soldOut'] as const;
export type Outcome = (typeof outcomes)[number];

/** How the purchase ended, or undefined while it goes on. */
export function outcomeOf(stage: StageName): Outcome | undefined {
  switch (stage) {
    case 'issued':
      return 'purchased';
    case 'timedOut':
    case 'refused':
    case 'soldOut':
    case 'abandoned':
      return stage;
    case 'new':
    case 'waiting':
    case 'turn':
    case 'requested':
    case 'reserved':
    case 'checkout':
    case 'paid':
      return undefined;
  }
}
