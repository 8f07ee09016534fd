/** Events of the outside, checked and turned into what they mean for a purchase. */
import { type EventHandlers, type ReceivedEvent, textField } from '../lib/events.ts';
import { Problem } from '../lib/http.ts';
import {
  abandonReasons,
  cleanUpOutcomes,
  finalTemplates,
  type Payment,
  paymentRefusals,
  refusalReasons,
  type Seats,
  type SessionEvent,
} from './session/events.ts';

/** Reads an event's data; undefined for words that mean nothing to a purchase. @throws Problem 400 naming the field. */
type Reader = (event: ReceivedEvent) => SessionEvent | undefined;

const readers: Readonly<Record<string, Reader>> = {
  'Queue.CustomerExited': (event) => ({ kind: 'turnCame', turnEndsAt: date(event, 'turnEndsAt') }),
  'Queue.CustomerAbandoned': (event) => ({
    kind: 'abandoned',
    reason: word(event, 'reason', abandonReasons),
  }),
  'Tickets.Reserved': (event) => ({
    kind: 'reserved',
    reservation: {
      ...seats(event),
      reservationId: textField(event, 'reservationId'),
      amount: number(event, 'amount'),
      currency: textField(event, 'currency', 3),
      expiresAt: date(event, 'expiresAt'),
    },
  }),
  'Tickets.Refused': (event) => ({
    kind: 'wishRefused',
    reason: word(event, 'reason', refusalReasons),
    ...(event.data.left !== undefined && event.data.left !== null && { left: number(event, 'left') }),
  }),
  'Payments.RequestReceived': (event) => ({ kind: 'paymentOpened', payment: payment(event) }),
  'Payments.Authorized': (event) => ({ kind: 'paymentAuthorized', payment: payment(event) }),
  'Payments.Refused': (event) => ({
    kind: 'paymentRefused',
    payment: payment(event),
    reason: word(event, 'reason', paymentRefusals),
  }),
  'Payments.Refunded': (event) => ({ kind: 'refunded', payment: payment(event) }),
  'Tickets.ReservationReminder': (event) => ({
    kind: 'reminded',
    reservationId: textField(event, 'reservationId'),
    secondsLeft: Math.round(number(event, 'secondsLeft')),
  }),
  'Tickets.ReservationTimedOut': (event) => ({
    kind: 'reservationTimedOut',
    reservationId: textField(event, 'reservationId'),
  }),
  'Tickets.Issued': (event) => ({
    kind: 'issued',
    tickets: {
      ...seats(event),
      reservationId: textField(event, 'reservationId'),
      ticketCodes: texts(event, 'ticketCodes'),
    },
  }),
  'Notifications.Requested': (event) => {
    const template = finalTemplates.find((each) => each === textField(event, 'template'));
    return template && { kind: 'notified', template };
  },
  'Session.CleanUp': (event) => {
    const outcome = cleanUpOutcomes.find((each) => each === event.data.outcome);
    return outcome && { kind: 'cleanedUp', outcome };
  },
};

/** The types that must be wired to `POST /events`. */
export const receivedTypes: readonly string[] = Object.keys(readers);

/** @param change applies an event to a purchase, inside the transaction that remembers the event's id */
export function eventHandlers(change: (sessionId: string, event: SessionEvent) => void): EventHandlers {
  return Object.fromEntries(
    Object.entries(readers).map(([type, read]) => [
      type,
      {
        name: 'session',
        prepare: (received: ReceivedEvent) => {
          const sessionId = textField(received, 'sessionId');
          const event = read(received);
          return () => {
            if (event) change(sessionId, event);
          };
        },
      },
    ]),
  );
}

function payment(event: ReceivedEvent): Payment {
  return {
    paymentId: textField(event, 'paymentId'),
    reservationId: textField(event, 'reservationId'),
    amount: number(event, 'amount'),
  };
}

/** A quantity may come as text, as senders of 2020 wrote it. */
function seats(event: ReceivedEvent): Seats {
  const raw = event.data.ticketsQuantity;
  const ticketsQuantity = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof ticketsQuantity !== 'number' || !Number.isInteger(ticketsQuantity) || ticketsQuantity < 1) {
    throw bad(event, 'ticketsQuantity', 'a whole number from 1');
  }
  return { ticketsType: textField(event, 'ticketsType'), ticketsQuantity };
}

function number(event: ReceivedEvent, name: string): number {
  const value = event.data[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw bad(event, name, 'a number from 0');
  return value;
}

function date(event: ReceivedEvent, name: string): string {
  const text = textField(event, name);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw bad(event, name, 'a date such as 2027-06-12T20:30:00Z');
  return new Date(time).toISOString();
}

function texts(event: ReceivedEvent, name: string): readonly string[] {
  const value = event.data[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every((each) => typeof each === 'string')) {
    throw bad(event, name, 'a list of texts');
  }
  return value;
}

function word<T extends string>(event: ReceivedEvent, name: string, words: readonly T[]): T {
  const found = words.find((each) => each === event.data[name]);
  if (found === undefined) throw bad(event, name, `one of ${words.join(', ')}`);
  return found;
}

function bad(event: ReceivedEvent, name: string, wanted: string): Problem {
  return new Problem(400, 'badData', `${event.type} needs data.${name}, ${wanted}.`);
}
