import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openWorld, type World, type WorldOptions } from '../../runtime/events/world.test-helper.ts';
import { eventsGroup } from '../events/index.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { type LegacyContext, legacyGroup } from './index.ts';

export interface Answered {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

export interface Served {
  readonly world: World;
  /** Headers may stand with capital letters, as clients of 2020 sent them. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
}

/** The paths of 2020 and those of today over one data folder. */
export async function serveLegacy(
  t: TestContext,
  context: Partial<LegacyContext> = {},
  options: WorldOptions = {},
): Promise<Served> {
  const world = await openWorld(t, options);
  const whole: LegacyContext = {
    runtime: world.runtime,
    events: world.events,
    contactPoint: () => '127.0.0.1:26500',
    ...context,
  };
  const gateway = await startGateway({
    groups: [eventsGroup(whole), legacyGroup(whole)],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  return {
    world,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${gateway.url}${path}`, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const type = response.headers.get('content-type');
      return { status: response.status, type, json: text === '' ? null : JSON.parse(text) };
    },
  };
}

let count = 0;

/** Headers of an event as the clients of 2020 sent them: no specversion. */
export function ce(type: string, more: Record<string, string> = {}): Record<string, string> {
  count += 1;
  return { 'Ce-Id': `c-${count}`, 'Ce-Source': '/old', 'Ce-Type': type, ...more };
}
