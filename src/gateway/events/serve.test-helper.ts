import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openWorld, type World, type WorldOptions } from '../../runtime/events/world.test-helper.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { type EventsContext, eventsGroup } from './index.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

export interface Served {
  readonly url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
}

/** The routes for events on a port. */
export async function serve(t: TestContext, context: EventsContext): Promise<Served> {
  const gateway = await startGateway({
    groups: [eventsGroup(context)],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  return {
    url: gateway.url,
    call: async (method, path, body, headers = {}) => {
      const raw = typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(`${gateway.url}${path}`, {
        method,
        headers: { ...(body !== undefined && !raw && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        json: text === '' ? null : JSON.parse(text),
      };
    },
  };
}

/** The same over a world of its own. */
export async function served(
  t: TestContext,
  limits: Partial<EventsContext> = {},
  options: WorldOptions = {},
): Promise<Served & { world: World }> {
  const world = await openWorld(t, options);
  const surface = await serve(t, { runtime: world.runtime, events: world.events, ...limits });
  return { ...surface, world };
}
