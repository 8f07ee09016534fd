/** The back office: figures, the first in line, and taking one out. For people at this machine only (R25). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { objectBody, Problem } from '../lib/http.ts';
import type { Desk } from './desk.ts';
import type { LiveHub } from './live.ts';
import type { Shop } from './shop.ts';
import type { SessionStore } from './store.ts';

const shownWaiting = 100;
const shownHeld = 50;

export function backofficeRoutes(
  app: FastifyInstance,
  {
    desk,
    store,
    hub,
    shop,
    now,
  }: { desk: Desk; store: SessionStore; hub: LiveHub; shop: Shop; now(): number },
): void {
  app.get('/api/backoffice', async (_request, reply) => {
    const [figures, waiting] = await Promise.all([desk.seats(), desk.firstWaiting(shownWaiting)]);
    return reply.header('cache-control', 'no-store').send({
      now: now(),
      ticketsUp: figures !== undefined,
      connections: hub.connections,
      ...store.counts(),
      unpaid: store
        .at('reserved', shownHeld)
        .flatMap(({ sessionId, reservation }) => (reservation ? [{ sessionId, reservation }] : [])),
      ...(figures && { seats: figures.seats, waiting: figures.waiting, buying: figures.buying }),
      ...(waiting && { queue: waiting.map((sessionId) => ({ sessionId, here: hub.has(sessionId) })) }),
    });
  });
  app.post('/api/backoffice/remove', async (request) => {
    const sessionId = customerIn(request);
    await shop.remove(sessionId);
    return { removed: sessionId };
  });
  app.post('/api/backoffice/transfer', async (request) => {
    const sessionId = customerIn(request);
    await shop.acceptTransfer(sessionId);
    return { accepted: sessionId };
  });
}

function customerIn(request: FastifyRequest): string {
  const { sessionId } = objectBody(request.body);
  if (typeof sessionId === 'string' && sessionId !== '' && sessionId.length <= 200) return sessionId;
  throw new Problem(400, 'badRequest', 'sessionId must name the customer.');
}

const operatorPaths = /^\/(backoffice|api\/backoffice|outbox|clock|events)(\/|\?|$)/;

/**
 * Keeps the operator's paths for this machine and, of those, `/events` for services: no page of a browser, not even
 * one of ours, may say that something was reserved or paid (R7).
 */
export function guardOperatorPaths(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (!operatorPaths.test(request.url)) return;
    if (!isLocal(request))
      throw new Problem(403, 'localOnly', 'This is open to the machine of the shop only.');
    if (request.url.startsWith('/events') && isBrowser(request)) {
      throw new Problem(403, 'servicesOnly', 'Events are taken from services, not from browsers.');
    }
  });
}

function isLocal(request: FastifyRequest): boolean {
  const { remoteAddress = '' } = request.socket;
  const { headers } = request;
  const proxied = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const localName = ['localhost', '127.0.0.1', '[::1]'].includes(host);
  return !proxied && localName && /^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}

function isBrowser({ headers }: FastifyRequest): boolean {
  return [headers.origin, headers['sec-fetch-site'], headers.cookie].some((value) => value !== undefined);
}
