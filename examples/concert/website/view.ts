/** What the browser is told: the purchase as one object. Pure. */
import type { Offer, Place } from './desk.ts';
import type { Seats, Tickets } from './session/events.ts';
import type { Session } from './session/session.ts';
import { type Stage, type StageName, stageOf } from './session/stage.ts';

export type Notice =
  | { readonly kind: 'reminder'; readonly secondsLeft: number }
  | { readonly kind: 'wishRefused'; readonly reason: string; readonly left?: number }
  | { readonly kind: 'refunded'; readonly amount: number; readonly currency: string };

export interface View {
  readonly sessionId: string;
  readonly stage: StageName;
  /** Grows with every view that this process makes; comparable within the same `boot`. */
  readonly version: number;
  readonly boot: string;
  /** Epoch ms of the server, from which the page counts down (R21). */
  readonly now: number;
  /** False while the tickets service does not answer. */
  readonly ticketsUp: boolean;
  readonly queue?: Place;
  readonly turnEndsAt?: string;
  readonly offer?: Offer;
  readonly request?: Seats;
  readonly reservation?: Session['reservation'];
  readonly payment?: {
    readonly paymentId: string;
    readonly amount: number;
    /** Where the card form posts to. */
    readonly cardUrl: string;
    /** The bank's page of this payment. */
    readonly bankUrl: string;
  };
  readonly tickets?: Pick<Tickets, 'ticketsType' | 'ticketsQuantity' | 'ticketCodes'>;
  readonly notice?: Notice;
  /** Why an end came: the cause or reason of the stage. */
  readonly cause?: string;
}

/** What of the surroundings goes into a view. */
export interface Surroundings {
  readonly version: number;
  readonly boot: string;
  readonly now: number;
  readonly ticketsUp: boolean;
  readonly place: Place | undefined;
  readonly crowd: Place | undefined;
  readonly offer: Offer | undefined;
  readonly paymentsPublicUrl: string;
}

export function viewOf(session: Session, around: Surroundings): View {
  const stage = stageOf(session);
  const queue = stage.stage === 'waiting' ? around.place : stage.stage === 'new' ? around.crowd : undefined;
  const notice = noticeOf(session, stage, around.offer?.currency);
  return {
    sessionId: session.sessionId,
    version: around.version,
    boot: around.boot,
    now: around.now,
    ticketsUp: around.ticketsUp,
    ...(queue && { queue }),
    // Those who wait are many and need no offer; at the ends there is nothing to buy.
    ...(around.offer && stage.stage !== 'waiting' && !isEnd(stage) && { offer: around.offer }),
    ...(notice && { notice }),
    ...detailsOf(stage, around.paymentsPublicUrl),
  };
}

function detailsOf(stage: Stage, payments: string): Pick<View, 'stage'> & Partial<View> {
  switch (stage.stage) {
    case 'new':
    case 'waiting':
      return { stage: stage.stage };
    case 'turn':
      return { stage: 'turn', turnEndsAt: stage.turnEndsAt };
    case 'requested': {
      const { turnEndsAt, request } = stage;
      return { stage: 'requested', request, ...(turnEndsAt !== undefined && { turnEndsAt }) };
    }
    case 'reserved':
      return { stage: 'reserved', reservation: stage.reservation };
    case 'checkout': {
      const { paymentId, amount } = stage.payment;
      const at = encodeURIComponent(paymentId);
      const cardUrl = `${payments}/payments/${at}/card`;
      const payment = { paymentId, amount, cardUrl, bankUrl: `${payments}/bank/${at}` };
      return { stage: 'checkout', reservation: stage.reservation, payment };
    }
    case 'paid':
      return { stage: 'paid', ...(stage.reservation && { reservation: stage.reservation }) };
    case 'issued': {
      const { ticketsType, ticketsQuantity, ticketCodes } = stage.tickets;
      return { stage: 'issued', tickets: { ticketsType, ticketsQuantity, ticketCodes } };
    }
    case 'timedOut':
      return { stage: 'timedOut', cause: stage.cause };
    case 'refused':
    case 'abandoned':
      return { stage: stage.stage, cause: stage.reason };
    case 'soldOut':
      return { stage: 'soldOut' };
  }
}

function noticeOf(session: Session, stage: Stage, currency: string | undefined): Notice | undefined {
  if (session.refund) {
    return {
      kind: 'refunded',
      amount: session.refund.amount,
      currency: session.reservation?.currency ?? currency ?? 'EUR',
    };
  }
  if (stage.stage === 'turn' && stage.refusal) return { kind: 'wishRefused', ...stage.refusal };
  if (stage.stage === 'checkout' && session.reminder) return { kind: 'reminder', ...session.reminder };
  return undefined;
}

function isEnd(stage: Stage): boolean {
  return ['timedOut', 'refused', 'soldOut', 'abandoned'].includes(stage.stage);
}
