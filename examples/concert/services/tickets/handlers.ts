/** Which event does what. An event may come in at the path of its action or at `/events`. */

import type { Clock } from '../../lib/clock.ts';
import { type EventHandler, type EventHandlers, textField } from '../../lib/events.ts';
import { Problem } from '../../lib/http.ts';
import type { BoxOffice } from './box-office.ts';
import type { LeaveReason } from './sessions.ts';

/** Event handlers by path and type. */
export function ticketsHandlers(office: BoxOffice, clock: Clock): Readonly<Record<string, EventHandlers>> {
  const join: EventHandler = {
    name: 'join',
    prepare: (event) => {
      const sessionId = textField(event, 'sessionId');
      return () => office.join(sessionId);
    },
  };
  const abandon: EventHandler = {
    name: 'abandon',
    prepare: (event) => {
      const sessionId = textField(event, 'sessionId');
      const reason = known(event.data.reason, ['quit', 'removed', 'timeout'], 'abandoned');
      return () => office.leave(sessionId, reason);
    },
  };
  const request: EventHandler = {
    name: 'request',
    prepare: (event) => {
      const sessionId = textField(event, 'sessionId');
      const { ticketsType, ticketsQuantity } = event.data;
      // The customer's moment counts, not the way of the event; but never a date to come.
      const madeAt = Math.min(event.time ?? Number.POSITIVE_INFINITY, clock.now());
      return () => office.request({ sessionId, ticketsType, ticketsQuantity, madeAt });
    },
  };
  const checkout: EventHandler = {
    name: 'checkout',
    // Repeated after a failure it opens the payment again; otherwise the state makes it harmless.
    repeatable: true,
    prepare: (event) => {
      const reservationId = textField(event, 'reservationId');
      return () => office.checkout(reservationId);
    },
  };
  const emit: EventHandler = {
    name: 'emit',
    prepare: (event) => {
      const reservationId = textField(event, 'reservationId');
      return () => office.issue(reservationId, undefined);
    },
  };
  const paid: EventHandler = {
    name: 'emit',
    prepare: (event) => {
      const reservationId = textField(event, 'reservationId');
      const { amount } = event.data;
      if (typeof amount !== 'number')
        throw new Problem(400, 'badData', `${event.type} needs data.amount, a number.`);
      return () => office.issue(reservationId, Math.round(amount * 100));
    },
  };
  const timeOut: EventHandler = {
    name: 'timeOut',
    prepare: (event) => {
      const reservationId = textField(event, 'reservationId');
      return () => office.timeOut(reservationId);
    },
  };
  const cleanUp: EventHandler = {
    name: 'cleanUp',
    prepare: (event) => {
      const sessionId = textField(event, 'sessionId');
      const reason = known(event.data.outcome, ['timedOut', 'refused', 'soldOut', 'abandoned'], 'abandoned');
      return () => office.leave(sessionId, reason);
    },
  };
  const byType = {
    'Tickets.CustomerQueueJoined': join,
    'Queue.CustomerJoined': join,
    'Queue.CustomerAbandoned': abandon,
    'Tickets.Requested': request,
    'Tickets.CheckedOut': checkout,
    'Tickets.Emitted': emit,
    'Tickets.ReservationTimedOut': timeOut,
    'Session.CleanUp': cleanUp,
  };
  return {
    '/events': byType,
    '/queue': pick(byType, 'Tickets.CustomerQueueJoined', 'Queue.CustomerJoined'),
    '/abandon': pick(byType, 'Queue.CustomerAbandoned'),
    '/requests': pick(byType, 'Tickets.Requested'),
    // These two events act at these paths only: it is the wiring that decides whether they act at all.
    '/checkout': { ...pick(byType, 'Tickets.CheckedOut'), 'Tickets.Reserved': checkout },
    '/tickets/emit': { ...pick(byType, 'Tickets.Emitted'), 'Payments.Authorized': paid },
    '/timeouts': pick(byType, 'Tickets.ReservationTimedOut'),
    '/cleanup': pick(byType, 'Session.CleanUp'),
  };
}

function pick<Name extends string>(
  handlers: Readonly<Record<Name, EventHandler>>,
  ...names: readonly Name[]
): EventHandlers {
  return Object.fromEntries(names.map((name) => [name, handlers[name]]));
}

function known(value: unknown, reasons: readonly LeaveReason[], otherwise: LeaveReason): LeaveReason {
  return reasons.find((reason) => reason === value) ?? otherwise;
}
