import { SubscriptionError } from '../../broker/index.ts';
import { GatewayError } from '../errors.ts';
import {
  type GatewayRequest,
  type GatewayResponse,
  json,
  NO_CONTENT,
  problemWith,
  type Route,
} from '../http.ts';
import { utf8 } from '../json.ts';
import { queryInteger } from '../records.ts';
import type { EventsContext } from './context.ts';

const PATH = '/subscriptions';
const MOST = 1000;

/** The CloudEvents Subscriptions API: standard JSON, `config` answered as it was given. */
export function subscriptionRoutes({ events }: EventsContext): readonly Route[] {
  return [
    {
      method: 'POST',
      path: PATH,
      accepts: 'json',
      handler: (request) =>
        answering(request, async () => {
          const created = await events.createSubscription(bodyOf(request));
          return json(201, created, { location: `${PATH}/${created.id}` });
        }),
    },
    {
      method: 'GET',
      path: PATH,
      accepts: 'none',
      handler: async (request) => {
        const limit = queryInteger(request, 'limit', 1, MOST) ?? MOST;
        return json(200, await events.subscriptions(limit, request.query.get('after') ?? undefined));
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      accepts: 'none',
      handler: async (request) =>
        json(200, (await events.subscription(idOf(request))) ?? notFound(idOf(request))),
    },
    {
      method: 'PUT',
      path: `${PATH}/:id`,
      accepts: 'json',
      handler: (request) =>
        answering(request, async () => {
          const updated = await events.updateSubscription(idOf(request), bodyOf(request));
          return json(200, updated ?? notFound(idOf(request)));
        }),
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      accepts: 'none',
      handler: async (request) => {
        if (!(await events.deleteSubscription(idOf(request)))) notFound(idOf(request));
        return NO_CONTENT;
      },
    },
  ];
}

function idOf({ params }: GatewayRequest): string {
  return params['id'] ?? '';
}

function notFound(id: string): never {
  throw new GatewayError('NOT_FOUND', `There is no subscription with id '${id}'.`);
}

function bodyOf({ body }: GatewayRequest): unknown {
  const text = utf8(body);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError(
      'BAD_REQUEST',
      `The request body is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Refusals of a subscription name the place in the JSON. */
async function answering(
  request: GatewayRequest,
  work: () => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SubscriptionError)) throw error;
    const { code, path, message: detail } = error;
    return problemWith('BAD_REQUEST', request.path, { detail, code, path });
  }
}
