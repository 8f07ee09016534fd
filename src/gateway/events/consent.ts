import { GatewayError } from '../errors.ts';
import type { GatewayRequest, GatewayResponse, Route } from '../http.ts';
import type { EventsContext } from './context.ts';

/**
 * Where a sink that was asked for its consent may give it later (CloudEvents HTTP WebHook, section 4.1.3), by GET or
 * POST. The address is as good as a password: only the sink was told of it.
 */
export function consentRoutes({ events }: EventsContext): readonly Route[] {
  const handler = async ({ method, params, headers }: GatewayRequest): Promise<GatewayResponse> => {
    // Who only looks whether the address works grants nothing.
    if (method === 'HEAD') return { status: 200 };
    const { id = '', token = '' } = params;
    const known = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    if (!(await events.consentByCallback(id, token, known)))
      throw new GatewayError('NOT_FOUND', 'Nobody asks for consent here, or no longer.');
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private' },
      body: 'Thank you: the answer is noted.\n',
    };
  };
  const path = '/subscriptions/:id/consent/:token';
  return [
    { method: 'GET', path, accepts: 'none', handler },
    { method: 'POST', path, accepts: 'any', handler },
  ];
}
