/** Calls to the payments service that must happen in the end: opening and cancelling, in order per hold. */
import { createOutbox, type Outbox, type Outcome, outcomeOfStatus } from '../../lib/outbox.ts';
import type { Parts } from '../../lib/service.ts';
import type { Reservations } from './reservations.ts';
import type { TicketsSettings } from './settings.ts';

/** A call to be made; the rest is looked up when it is. */
type PaymentCall =
  | { readonly kind: 'open'; readonly reservationId: string }
  | { readonly kind: 'cancel'; readonly reservationId: string; readonly reason: string };

export interface PaymentCalls {
  /** Opens the payment of a hold. Inside `database.write`. */
  open(reservationId: string): void;
  /** Cancels or refunds it. Inside `database.write`. */
  cancel(reservationId: string, reason: string): void;
  readonly outbox: Outbox;
}

export function createPaymentCalls(
  parts: Parts,
  settings: TicketsSettings,
  reservations: Reservations,
): PaymentCalls {
  const warn = (message: string) => parts.log.warn(message);
  const outbox = createOutbox({
    database: parts.database,
    name: 'payments',
    inFlight: settings.inFlight,
    pace: parts.pace,
    random: parts.random,
    warn,
    send: (item, signal) => {
      const call = item as PaymentCall;
      return call.kind === 'open'
        ? open(settings, reservations, call.reservationId, signal)
        : cancel(settings, reservations, call.reservationId, call.reason, signal);
    },
    settled: (item, outcome) => {
      const call = item as PaymentCall;
      if (call.kind !== 'open') return;
      reservations.linkPayment(
        call.reservationId,
        outcome.kind === 'done' ? { kind: 'open', paymentId: String(outcome.answer) } : { kind: 'failed' },
      );
    },
  });
  return {
    outbox,
    open: (reservationId) => {
      reservations.linkPayment(reservationId, { kind: 'opening' });
      outbox.append(reservationId, { kind: 'open', reservationId } satisfies PaymentCall);
    },
    cancel: (reservationId, reason) => {
      outbox.append(reservationId, { kind: 'cancel', reservationId, reason } satisfies PaymentCall);
    },
  };
}

async function open(
  settings: TicketsSettings,
  reservations: Reservations,
  reservationId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const reservation = reservations.get(reservationId);
  if (reservation === undefined) return { kind: 'undeliverable', reason: `no reservation ${reservationId}` };
  const answer = await post(`${settings.paymentsUrl}/payments`, signal, {
    reservationId,
    sessionId: reservation.sessionId,
    amount: reservation.amountCents / 100,
    currency: reservation.currency,
    expiresAt: new Date(reservation.expiresAt).toISOString(),
    ...(settings.returnUrl === undefined ? {} : { returnUrl: settings.returnUrl }),
  });
  const outcome = callOutcome(answer);
  if (outcome.kind !== 'done') return outcome;
  if (typeof answer.body.paymentId !== 'string') {
    return { kind: 'later', reason: 'the payments service answered without a paymentId', whole: false };
  }
  return { kind: 'done', answer: answer.body.paymentId };
}

async function cancel(
  settings: TicketsSettings,
  reservations: Reservations,
  reservationId: string,
  reason: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const reservation = reservations.get(reservationId);
  // The lane keeps the order: if there is no id by now, the opening was refused for good.
  if (reservation?.payment.kind !== 'open') return { kind: 'done' };
  const url = `${settings.paymentsUrl}/payments/${encodeURIComponent(reservation.payment.paymentId)}/cancel`;
  return callOutcome(await post(url, signal, { reason }));
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(url: string, signal: AbortSignal, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    signal,
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: objectIn(text) };
}

/** As for events, but a conflict is an answer: the amount differs, and always will. */
function callOutcome(answer: Answer): Outcome {
  if (answer.status === 409)
    return { kind: 'undeliverable', reason: `conflict: ${String(answer.body.detail)}` };
  return outcomeOfStatus(answer.status, answer.retryAfter);
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
