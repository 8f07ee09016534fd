/** What can be asked of the payments service, by programs (JSON) and by browsers (forms and pages). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/database.ts';
import { acceptForms, objectBody, Problem } from '../../lib/http.ts';
import { checkCard } from './card.ts';
import { pageHeaders, paymentPage, unknownPage } from './pages.ts';
import type { Payment, PaymentOrder } from './payment.ts';
import type { Payments } from './payments.ts';
import type { PaymentsSettings } from './settings.ts';

export interface PaymentRouteParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly payments: Payments;
  readonly settings: PaymentsSettings;
}

interface ById {
  Params: { paymentId: string };
}

export function paymentsRoutes(app: FastifyInstance, parts: PaymentRouteParts): void {
  const { database, clock, payments, settings } = parts;
  acceptForms(app);

  app.post('/payments', async (request, reply) => {
    const order = orderOf(objectBody(request.body), settings);
    const { created, payment } = await database.write(() => payments.open(order));
    return reply.code(created ? 201 : 200).send(shown(payment));
  });

  app.get<ById>('/payments/:paymentId', async (request) => shown(payments.find(request.params.paymentId)));

  app.post<ById>('/payments/:paymentId/card', async (request, reply) => {
    const { paymentId } = request.params;
    const fields = objectBody(request.body);
    const payment = payments.find(paymentId);
    const check = checkCard(fields, clock.now());
    const undecided = payment.status === 'open' && clock.now() <= payment.expiresAt;
    if (check.kind === 'errors' && undecided) {
      if (wantsPage(request)) return sendPage(reply, 422, payment, parts, check.errors);
      throw new Problem(422, 'invalidCard', 'The card is not right in form; see fields.', {
        fields: check.errors,
      });
    }
    const card = check.kind === 'card' ? check.card : { lastFour: '', bankSays: 'no' as const };
    return answer(request, reply, paymentId, () =>
      database.write(() => payments.takeCard(paymentId, card, centsOf(fields.amount))),
    );
  });

  app.post<ById>('/payments/:paymentId/code', async (request, reply) => {
    const { paymentId } = request.params;
    const { code } = objectBody(request.body);
    if (typeof code !== 'string')
      throw new Problem(400, 'badRequest', 'code must be the text of six digits.');
    return answer(request, reply, paymentId, async () => {
      const { right, payment } = await database.write(() => payments.takeCode(paymentId, code.trim()));
      if (!right && !wantsPage(request)) {
        throw new Problem(422, 'wrongCode', 'That code is not right.', { payment: shown(payment) });
      }
      return payment;
    });
  });

  app.post<ById>('/payments/:paymentId/cancel', async (request) => {
    const { reason } = objectBody(request.body ?? {});
    const why = typeof reason === 'string' && reason.length <= 100 ? reason : 'cancelled';
    return shown(await database.write(() => payments.cancel(request.params.paymentId, why)));
  });

  app.get<ById>('/bank/:paymentId', async (request, reply) => {
    const payment = payments.get(request.params.paymentId);
    if (payment === undefined) return reply.code(404).headers(pageHeaders()).send(unknownPage());
    return sendPage(reply, 200, payment, parts);
  });

  /** A browser goes on to the bank's page whatever happened: the page tells it. A program gets the answer. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    paymentId: string,
    run: () => Promise<Payment>,
  ): Promise<unknown> {
    if (!wantsPage(request)) return shown(await run());
    try {
      await run();
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
    }
    return reply.redirect(`/bank/${paymentId}`, 303);
  }
}

function sendPage(
  reply: FastifyReply,
  status: number,
  payment: Payment,
  { clock, settings }: PaymentRouteParts,
  errors: Readonly<Record<string, string>> = {},
): FastifyReply {
  const page = paymentPage(payment, { merchant: settings.merchant, now: clock.now(), errors });
  return reply.code(status).headers(pageHeaders()).send(page);
}

/** True for a browser: it asks for HTML, or it sent a form and did not ask for JSON. */
function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  if (accept.includes('text/html')) return true;
  const form = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return form && !accept.includes('application/json');
}

/** What others see of a payment. */
function shown(payment: Payment): Record<string, unknown> {
  const { paymentId, reservationId, amountCents, currency, status, attemptsLeft, expiresAt, reason } =
    payment;
  return {
    paymentId,
    reservationId,
    amount: amountCents / 100,
    currency,
    status,
    attemptsLeft,
    expiresAt: new Date(expiresAt).toISOString(),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** @throws Problem 400 naming the field */
function orderOf(body: Record<string, unknown>, settings: PaymentsSettings): PaymentOrder {
  const { amount, currency, expiresAt, returnUrl } = body;
  const amountCents = typeof amount === 'number' ? centsOf(amount) : undefined;
  if (amountCents === undefined || !(amountCents >= 1 && amountCents <= 1e10)) {
    throw new Problem(400, 'badRequest', 'amount must be a number above 0 with at most two decimals.');
  }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw new Problem(400, 'badRequest', 'currency must be three capital letters, such as EUR.');
  }
  const end = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  if (Number.isNaN(end)) {
    throw new Problem(400, 'badRequest', 'expiresAt must be a date such as 2026-11-23T09:00:00Z.');
  }
  return {
    reservationId: idField(body, 'reservationId'),
    sessionId: idField(body, 'sessionId'),
    amountCents,
    currency,
    expiresAt: end,
    returnUrl: allowedReturn(returnUrl, settings.shopOrigins),
  };
}

function idField(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value.length === 0 || value.length > 200) {
    throw new Problem(400, 'badRequest', `${name} must be a text of 1 to 200 characters.`);
  }
  return value;
}

/** The address to lead back to, if it belongs to a known shop. */
function allowedReturn(value: unknown, origins: readonly string[]): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && origins.includes(url.origin) ? url.href : undefined;
}

/** Cents of an amount given as number or text; undefined if absent; NaN never equals an amount. */
function centsOf(amount: unknown): number | undefined {
  if (amount === undefined || amount === '') return undefined;
  const value = typeof amount === 'number' || typeof amount === 'string' ? Number(amount) : Number.NaN;
  const cents = Math.round(value * 100);
  return Math.abs(value * 100 - cents) < 1e-6 ? cents : Number.NaN;
}
