import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWebhook } from '../../config/webhook.ts';
import { openWorld } from '../../runtime/events/world.test-helper.ts';
import { GatewayError } from '../errors.ts';
import { HostPolicy } from '../hosts.ts';
import { NO_QUERY, type RequestHead } from '../http.ts';
import { startGateway } from '../server.ts';
import { grantedRates } from './granted-rates.ts';
import { eventsGroup } from './index.ts';

const settings = (allowedRate: number, allowedOrigins = ['shop.example.com', 'bank.example.com']) =>
  parseWebhook({ allowedOrigins, allowedRate }, 'webhook');

function headFrom(origin: string): RequestHead {
  const rawHeaders = ['WebHook-Request-Origin', origin];
  return { method: 'POST', path: '/events', query: NO_QUERY, headers: {}, rawHeaders };
}

test('who sends more requests a minute than it was granted is told when to come again, and nobody else is', async (t) => {
  const { runtime, events } = await openWorld(t);
  const gateway = await startGateway({
    groups: [eventsGroup({ runtime, events, webhook: settings(2) })],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  let id = 0;
  const send = (origin?: string) =>
    fetch(`${gateway.url}/events`, {
      method: 'POST',
      headers: {
        'ce-specversion': '1.0',
        'ce-id': String(id++),
        'ce-source': '/shop',
        'ce-type': 'Shop.Opened',
        ...(origin !== undefined && { 'webhook-request-origin': origin }),
      },
    });
  for (const origin of ['shop.example.com', 'Shop.Example.com'])
    assert.equal((await send(origin)).status, 202);
  const refused = await send('shop.example.com');
  assert.equal(refused.status, 429);
  const seconds = Number(refused.headers.get('retry-after'));
  assert.ok(seconds > 0 && seconds <= 30, `${seconds} s`);
  const { detail } = (await refused.json()) as { detail: string };
  assert.match(detail, /'shop\.example\.com' sends more than the 2 requests a minute/);
  for (const other of ['bank.example.com', 'unknown.example.com', undefined, undefined, undefined])
    assert.equal((await send(other)).status, 202);
});

test('who keeps to its rate is never refused, however it spreads its requests', () => {
  let now = 0;
  const rates = grantedRates(settings(60), () => now) ?? assert.fail();
  const burst = (): void => {
    for (let sent = 0; sent < 60; sent++) rates.check(headFrom('shop.example.com'));
  };
  const refusedFor = (): number => {
    try {
      rates.check(headFrom('shop.example.com'));
    } catch (error) {
      if (error instanceof GatewayError) return Number(error.headers['retry-after']);
    }
    return assert.fail('it was let in');
  };
  burst();
  assert.equal(refusedFor(), 1);
  now = 60_000;
  burst();
  now = 60_500;
  assert.equal(refusedFor(), 1);
  now = 61_000;
  rates.check(headFrom('shop.example.com'));
  // A refused request does not count.
  now = 121_000;
  burst();
});

test('more origins than are counted at a time take no more memory', () => {
  const rates = grantedRates(settings(1, ['*']), () => 0) ?? assert.fail();
  rates.check(headFrom('first.example.com'));
  for (let number = 0; number < 10_000; number++) rates.check(headFrom(`host${number}.example.com`));
  // It was forgotten.
  rates.check(headFrom('first.example.com'));
  assert.throws(() => rates.check(headFrom('host9999.example.com')), { code: 'RESOURCE_EXHAUSTED' });
});

test('where any rate is granted nothing is counted', () => {
  assert.equal(grantedRates(parseWebhook({ allowedOrigins: ['*'] }, 'webhook')), undefined);
});
