import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRawSink } from '../../runtime/events/raw-sink.test-helper.ts';
import { eventOf, eventually } from '../../runtime/events/world.test-helper.ts';
import { served } from './serve.test-helper.ts';

for (const method of ['GET', 'POST'])
  test(`a sink may consent later by ${method} to the address it was given, and the consent is durable`, async (t) => {
    let base: string | undefined;
    const { call, url, world } = await served(t, {}, { publicUrl: () => base });
    base = url;
    const sink = await openRawSink(t, (response) => response.writeHead(200).end());
    const body = {
      sink: sink.url,
      protocol: 'HTTP',
      config: { webhook: { origin: 'tutti.example', rate: 600, callback: true } },
    };
    const { id } = (await call('POST', '/subscriptions', body)).json;
    const read = async () => (await call('GET', `/subscriptions/${id}`)).json.status;
    await eventually(async () => (/call back is awaited/.test((await read()).reason) ? true : undefined));
    await world.publish(eventOf('Paid'));
    const callback = String(sink.requests[0]?.headers['webhook-request-callback']);
    assert.ok(callback.startsWith(`${url}/subscriptions/${id}/consent/`), callback);
    assert.equal(sink.requests.length, 1, 'asked once, though an event waits');
    assert.equal((await fetch(callback, { method: 'HEAD' })).status, 200);
    assert.equal((await read()).state, 'pending', 'who only looks grants nothing');
    assert.equal((await fetch(`${callback}x`, { method })).status, 404);
    assert.equal((await fetch(callback, { method })).status, 200);
    assert.deepEqual(await read(), { state: 'granted', ratePerMinute: 600 });
    await eventually(async () => (sink.requests.length === 2 ? true : undefined));
    assert.equal(sink.requests[1]?.headers['webhook-request-origin'], 'tutti.example');
    await call('PUT', `/subscriptions/${id}`, body);
    assert.equal((await fetch(callback, { method })).status, 404, 'a PUT asks anew, with a new address');
  });

test('a call back may state the origin and the rate that are allowed', async (t) => {
  const { call, url } = await served(t);
  const sink = await openRawSink(t, (response) => response.writeHead(405).end());
  const config = { webhook: { callback: url } };
  const { id } = (await call('POST', '/subscriptions', { sink: sink.url, protocol: 'HTTP', config })).json;
  const read = async () => (await call('GET', `/subscriptions/${id}`)).json.status;
  const callback = await eventually(async () => sink.requests[0]?.headers['webhook-request-callback']);
  const headers = { 'webhook-allowed-origin': 'localhost', 'webhook-allowed-rate': '30' };
  assert.equal((await fetch(String(callback), { method: 'POST', headers })).status, 200);
  assert.deepEqual(await read(), { state: 'granted', ratePerMinute: 30 });
  await fetch(String(callback), { method: 'POST', headers: { 'webhook-allowed-origin': 'other' } });
  assert.equal((await read()).state, 'refused', 'a sink may take its consent back');
});

test('a subscription that did not ask for a call back has no address for it', async (t) => {
  const { call } = await served(t);
  const sink = await openRawSink(t, (response) => response.writeHead(405).end());
  const config = { webhook: {} };
  const { id } = (await call('POST', '/subscriptions', { sink: sink.url, protocol: 'HTTP', config })).json;
  assert.equal((await call('POST', `/subscriptions/${id}/consent/x`)).status, 404);
});
