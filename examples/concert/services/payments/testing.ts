/** For tests: what a shop, a customer's program and a browser send to the payments service. */
import { notKept, saleOpens, type World } from '../testing.ts';

export const goodCard = { name: 'Ada Lovelace', number: '4242424242424242', expiry: '12/30', cvc: '737' };
export const declinedCard = { ...goodCard, number: '4000000000000002' };
export const silentCard = { ...goodCard, number: '4000000000000341' };

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Posts JSON to the payments service. */
export async function post(world: World, path: string, body: unknown): Promise<Answer> {
  const response = await fetch(world.payments().url + path, {
    method: 'POST',
    headers: { ...notKept, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Posts a form as a browser does; does not follow. */
export function postForm(
  world: World,
  path: string,
  fields: Record<string, string>,
  origin?: string,
): Promise<Response> {
  return fetch(world.payments().url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      ...(origin === undefined ? {} : { origin }),
    },
    body: new URLSearchParams(fields).toString(),
  });
}

/** An order of 247 EUR that ends two minutes after the sale opened. */
export function order(reservationId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    reservationId,
    sessionId: `session of ${reservationId}`,
    amount: 247,
    currency: 'EUR',
    expiresAt: new Date(saleOpens + 120_000).toISOString(),
    returnUrl: 'http://127.0.0.1:8090/?back=1',
    ...more,
  };
}

/** Opens a payment; answers its id. */
export async function opened(
  world: World,
  reservationId: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  const { body } = await post(world, '/payments', order(reservationId, more));
  return String(body.paymentId);
}

/** Card and right code. */
export async function pay(
  world: World,
  paymentId: string,
  card: Record<string, string> = goodCard,
): Promise<Answer> {
  await post(world, `/payments/${paymentId}/card`, card);
  return post(world, `/payments/${paymentId}/code`, { code: '123456' });
}
