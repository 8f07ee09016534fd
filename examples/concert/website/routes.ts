/** The calls of the browser: thin skins over `shop.ts`, bound to the purchase in the cookie. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { objectBody, Problem, problemBody } from '../lib/http.ts';
import type { SessionCookie } from './cookie.ts';
import type { LiveHub } from './live.ts';
import type { Session } from './session/session.ts';
import { type Shop, WrongStep } from './shop.ts';
import type { SessionStore } from './store.ts';
import type { View } from './view.ts';

export interface RouteParts {
  readonly shop: Shop;
  readonly store: SessionStore;
  readonly cookie: SessionCookie;
  readonly hub: LiveHub;
  /** The state of a purchase with fresh figures. */
  present(session: Session): Promise<View>;
  /** Writes the present state to the open pages of a purchase. */
  greet(sessionId: string): Promise<void>;
}

export function shopRoutes(
  app: FastifyInstance,
  { shop, store, cookie, hub, present, greet }: RouteParts,
): void {
  const owned = (request: FastifyRequest): string => {
    const reading = cookie.read(request.headers.cookie);
    switch (reading.kind) {
      case 'none':
        throw new Problem(
          401,
          'noPurchase',
          'This browser has no purchase: begin one with POST /api/session.',
        );
      case 'forged':
        throw new Problem(403, 'forged', 'The cookie was not made here: begin anew with POST /api/session.');
      case 'session':
        return reading.sessionId;
    }
  };
  const found = (request: FastifyRequest): Session => {
    const session = store.find(owned(request));
    if (!session) throw new Problem(401, 'noPurchase', 'This purchase is not known here: begin a new one.');
    return session;
  };
  const answer = async (reply: FastifyReply, step: () => Promise<Session>): Promise<FastifyReply> => {
    try {
      return reply.send(await present(await step()));
    } catch (error) {
      if (!(error instanceof WrongStep)) throw error;
      const body = { ...problemBody(error), state: await present(error.session) };
      return reply.code(409).type('application/problem+json').send(body);
    }
  };

  app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    scope.post('/api/session', async (request, reply) =>
      answer(reply, async () => {
        const reading = cookie.read(request.headers.cookie);
        const session = await shop.begin(reading.kind === 'session' ? reading.sessionId : undefined);
        reply.header('set-cookie', cookie.write(session.sessionId));
        return session;
      }),
    );
    scope.get('/api/session', async (request, reply) => {
      const reading = cookie.read(request.headers.cookie);
      // A first visit is no error: 204 says that there is nothing yet.
      const session = reading.kind === 'none' ? undefined : store.find(owned(request));
      return session ? present(session) : reply.code(204).send();
    });
    scope.post('/api/join', async (request, reply) => answer(reply, async () => shop.join(owned(request))));
    scope.post('/api/request', async (request, reply) =>
      answer(reply, async () => shop.request(owned(request), objectBody(request.body))),
    );
    scope.post('/api/quit', async (request, reply) => answer(reply, async () => shop.quit(owned(request))));
    scope.get('/api/live', async (request, reply) => {
      const session = found(request);
      reply.hijack();
      hub.open(session.sessionId, reply.raw);
      await greet(session.sessionId);
    });
  });
}
