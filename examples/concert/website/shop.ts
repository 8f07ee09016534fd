/**
 * The steps that a customer may take. Each checks that the purchase is at that step and stores the change together
 * with its event; a step out of turn is refused with the present state (R6, R7).
 */
import type { Database } from '../lib/database.ts';
import type { EventOutbox } from '../lib/events.ts';
import { Problem } from '../lib/http.ts';
import type { Desk } from './desk.ts';
import type { AbandonReason, Seats } from './session/events.ts';
import { newSession, type Session } from './session/session.ts';
import { outcomeOf, type StageName, stageOf } from './session/stage.ts';
import type { SessionStore } from './store.ts';

/** The purchase is at another step. */
export class WrongStep extends Problem {
  readonly session: Session;

  constructor(session: Session, wish: string) {
    super(409, 'wrongStep', `${wish} is not possible now: this purchase is at "${stageOf(session).stage}".`);
    this.session = session;
  }
}

export interface Shop {
  /** A new purchase, or the present one if it has not begun. @throws WrongStep while a purchase goes on */
  begin(present: string | undefined): Promise<Session>;
  /** Joins the queue once; a repeat has no effect (R16). @throws WrongStep after the end */
  join(sessionId: string): Promise<Session>;
  /** States the wish for seats. @throws WrongStep, or Problem 400 for a wish that cannot be meant */
  request(sessionId: string, wish: Readonly<Record<string, unknown>>): Promise<Session>;
  /** Leaves; a repeat has no effect. @throws WrongStep before joining and after the payment */
  quit(sessionId: string): Promise<Session>;
  /** The back office takes a customer out. @throws WrongStep after the payment and after the end */
  remove(sessionId: string): Promise<Session>;
  /** The back office has got the money by transfer. @throws WrongStep unless seats are held and no payment is open */
  acceptTransfer(sessionId: string): Promise<Session>;
}

export interface ShopParts {
  readonly database: Database;
  readonly store: SessionStore;
  readonly events: EventOutbox;
  readonly desk: Pick<Desk, 'offer'>;
  newId(): string;
  /** Told with the joining, for whoever reminds: an ISO 8601 duration. */
  readonly reminderEvery: string;
}

/** Where the tickets service has not yet said how many one may buy. */
const usualMaximum = 10;
const mayLeave: readonly StageName[] = ['waiting', 'turn', 'requested', 'reserved', 'checkout'];

export function createShop({ database, store, events, desk, newId, reminderEvery }: ShopParts): Shop {
  const known = (sessionId: string): Session => {
    const session = store.find(sessionId);
    if (!session) throw new Problem(401, 'noPurchase', 'This purchase is not known here: begin a new one.');
    return session;
  };

  const leave = (session: Session, reason: AbandonReason, what: string): Session => {
    if (!mayLeave.includes(stageOf(session).stage)) throw new WrongStep(session, what);
    const { sessionId } = session;
    events.emit({ type: 'Queue.CustomerAbandoned', sessionId, data: { sessionId, reason } });
    return store.change(sessionId, { kind: 'abandoned', reason });
  };

  return {
    begin: (present) =>
      database.write(() => {
        const session = present === undefined ? undefined : store.find(present);
        if (session && stageOf(session).stage === 'new') return session;
        if (session && outcomeOf(stageOf(session).stage) === undefined) {
          throw new WrongStep(session, 'A new purchase');
        }
        return store.create(newId());
      }),
    join: (sessionId) =>
      database.write(() => {
        const session = known(sessionId);
        const { stage } = stageOf(session);
        if (outcomeOf(stage) !== undefined) throw new WrongStep(session, 'Joining');
        if (stage !== 'new') return session;
        events.emit({ type: 'Tickets.CustomerQueueJoined', sessionId, data: { sessionId, reminderEvery } });
        return store.change(sessionId, { kind: 'joined' });
      }),
    request: (sessionId, wish) =>
      database.write(() => {
        const session = known(sessionId);
        if (stageOf(session).stage !== 'turn') throw new WrongStep(session, 'Choosing tickets');
        const seats = checkedSeats(wish, desk);
        events.emit({ type: 'Tickets.Requested', sessionId, data: { sessionId, ...seats } });
        return store.change(sessionId, { kind: 'wished', seats });
      }),
    quit: (sessionId) =>
      database.write(() => {
        const session = known(sessionId);
        return stageOf(session).stage === 'abandoned' ? session : leave(session, 'quit', 'Leaving');
      }),
    remove: (sessionId) =>
      database.write(() => {
        // Somebody who joined by another way than this shop waits, as far as is known here.
        const session = store.find(sessionId) ?? newSession(sessionId);
        return leave({ ...session, joined: true }, 'removed', 'Removing');
      }),
    acceptTransfer: (sessionId) =>
      database.write(() => {
        const session = known(sessionId);
        const stage = stageOf(session);
        if (stage.stage !== 'reserved') throw new WrongStep(session, 'Accepting a transfer');
        const { reservationId, amount } = stage.reservation;
        events.emit({
          type: 'MoneyTransfer.Accepted',
          sessionId,
          data: { sessionId, reservationId, amount },
        });
        return session;
      }),
  };
}

function checkedSeats(wish: Readonly<Record<string, unknown>>, desk: Pick<Desk, 'offer'>): Seats {
  const { ticketsType, ticketsQuantity } = wish;
  const types = desk.offer?.types.map((type) => type.ticketsType);
  if (typeof ticketsType !== 'string' || ticketsType.length === 0 || ticketsType.length > 50) {
    throw new Problem(400, 'badWish', 'ticketsType must be the name of a kind of ticket.');
  }
  if (types && !types.includes(ticketsType)) {
    throw new Problem(400, 'badWish', `ticketsType must be one of ${types.join(', ')}.`);
  }
  const most = desk.offer?.maxPerPurchase ?? usualMaximum;
  const whole = typeof ticketsQuantity === 'number' && Number.isInteger(ticketsQuantity);
  if (!whole || ticketsQuantity < 1 || ticketsQuantity > most) {
    throw new Problem(400, 'badWish', `ticketsQuantity must be a whole number from 1 to ${most}.`);
  }
  return { ticketsType, ticketsQuantity };
}
