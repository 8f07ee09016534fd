import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { parseWebhook } from '../../config/webhook.ts';
import { openWorld } from '../../runtime/events/world.test-helper.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { eventsGroup } from './index.ts';

async function receiver(t: TestContext, webhook?: unknown) {
  const { runtime, events } = await openWorld(t);
  const settings = webhook === undefined ? {} : { webhook: parseWebhook(webhook, 'webhook') };
  const gateway = await startGateway({
    groups: [eventsGroup({ runtime, events, ...settings })],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  const call = (method: string, headers: Record<string, string>) =>
    fetch(`${gateway.url}/events`, { method, headers });
  const ask = async (headers: Record<string, string>) => {
    const response = await call('OPTIONS', headers);
    assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
    return {
      status: response.status,
      origin: response.headers.get('webhook-allowed-origin'),
      rate: response.headers.get('webhook-allowed-rate'),
    };
  };
  return { call, ask };
}

const from = (origin: string, more: Record<string, string> = {}) => ({
  'webhook-request-origin': origin,
  ...more,
});
const silent = { status: 204, origin: null, rate: null };

test('consent is given by headers: to the origins of the setting, with the rate that is granted', async (t) => {
  const { ask } = await receiver(t, { allowedOrigins: ['events.example.com'], allowedRate: 60 });
  assert.deepEqual(await ask(from('Events.example.com', { 'webhook-request-rate': '120' })), {
    status: 204,
    origin: 'Events.example.com',
    rate: '60',
  });
  assert.deepEqual(await ask(from('events.example.com')), {
    status: 204,
    origin: 'events.example.com',
    rate: '60',
  });
  assert.deepEqual(await ask(from('evil.example')), silent);
});

test('without a request origin OPTIONS says which methods there are, and consents to nothing', async (t) => {
  const { ask } = await receiver(t);
  assert.deepEqual(await ask({}), silent);
  assert.deepEqual(await ask(from('not a host')), silent);
});

test('on loopback, without a setting, any origin gets consent', async (t) => {
  const { ask } = await receiver(t);
  assert.deepEqual(await ask(from('events.example.com', { 'webhook-request-rate': '5' })), {
    status: 204,
    origin: '*',
    rate: '*',
  });
});

test('where consent is given by hand the headers are withheld, and the callback is not called', async (t) => {
  const { ask } = await receiver(t, { allowedOrigins: [] });
  let calls = 0;
  const sender = createServer((_request, response) => {
    calls += 1;
    response.end();
  });
  await new Promise<void>((resolve) => sender.listen(0, '127.0.0.1', resolve));
  t.after(() => sender.close());
  const callback = `http://127.0.0.1:${(sender.address() as AddressInfo).port}/grant`;
  assert.deepEqual(await ask(from('events.example.com', { 'webhook-request-callback': callback })), silent);
  assert.deepEqual(await ask(from('events.example.com')), silent);
  assert.equal(calls, 0);
});

test('a request rate that is no number above zero is refused', async (t) => {
  const { call } = await receiver(t);
  for (const rate of ['0', '-1', 'many', '1.5']) {
    assert.equal((await call('OPTIONS', from('a.example', { 'webhook-request-rate': rate }))).status, 400);
  }
});

test('where origins are required, deliveries need one that was consented to', async (t) => {
  const { call } = await receiver(t, { allowedOrigins: ['a.example'], requireOrigin: true });
  const event = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };
  assert.equal((await call('POST', { ...event, ...from('A.example') })).status, 202);
  for (const headers of [event, { ...event, ...from('b.example') }]) {
    const answer = await call('POST', headers);
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /ask with OPTIONS first/);
  }
});
