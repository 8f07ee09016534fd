import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBinary, makeEvent } from '../cloudevents/index.ts';
import { deliverySettingsOf, storedDeliverySettings } from './delivery-settings.ts';
import { withErrorAttributes } from './error-attributes.ts';
import { Pace, rateOf } from './pace.ts';
import { backOff, defaultRetry } from './retry.ts';

test('members of config that are ours are read, with durations as ms', () => {
  const config = {
    order: 'key',
    orderKey: 'subject',
    concurrency: 4,
    rate: 2.5,
    ratePerMinute: 100,
    timeout: 'PT2.5S',
    retry: 3,
    backoffDelay: 'PT1M',
    backoffPolicy: 'linear',
    deadLetterSink: 'http://127.0.0.1:1/dead',
    batch: 20,
    webhook: { origin: 'tutti.example.com', rate: 60, callback: true },
  };
  const read = { ...config, timeout: 2500, backoffDelay: 60_000 };
  assert.deepEqual(deliverySettingsOf(config), read);
  assert.deepEqual(deliverySettingsOf({}), { order: 'none' });
  assert.deepEqual(deliverySettingsOf({ webhook: {} }), { order: 'none', webhook: { origin: 'localhost' } });
});

test('members of config that are not ours are left alone', () => {
  const others = { name: 'x', orders: 1, color: 'red', batches: [], rates: {}, owner: null, description: '' };
  assert.deepEqual(deliverySettingsOf(others), { order: 'none' });
});

test('a slip of one of ours is refused with what was meant', () => {
  const slips = {
    backOffDelay: 'backoffDelay',
    'backoff-policy': 'backoffPolicy',
    deadlettersink: 'deadLetterSink',
    concurency: 'concurrency',
    retries: 'retry',
    orderkey: 'orderKey',
    ratePerMinutes: 'ratePerMinute',
    tiemout: 'timeout',
    Batch: 'batch',
  };
  for (const [slip, meant] of Object.entries(slips)) {
    assert.throws(() => deliverySettingsOf({ [slip]: 1 }), {
      code: 'INVALID_SUBSCRIPTION',
      path: `config.${slip}`,
      message: new RegExp(`did you mean '${meant}'`),
    });
  }
});

test('values that cannot be used are refused with path and remedy', () => {
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [{ order: 'some' }, 'config.order', /"none", "all", "key"/],
    [{ orderKey: 'subject' }, 'config.orderKey', /"order": "key"/],
    [{ order: 'key', orderKey: 'id' }, 'config.orderKey', /"partitionkey"/],
    [{ concurrency: 0 }, 'config.concurrency', /from 1 to 256/],
    [{ rate: 0 }, 'config.rate', /above 0/],
    [{ timeout: 30 }, 'config.timeout', /ISO 8601/],
    [{ timeout: 'PT0S' }, 'config.timeout', /ISO 8601/],
    [{ timeout: 'P1M' }, 'config.timeout', /ISO 8601/],
    [{ backoffDelay: '-PT1S' }, 'config.backoffDelay', /ISO 8601/],
    [{ retry: 1.5 }, 'config.retry', /whole number/],
    [{ backoffPolicy: 'Linear' }, 'config.backoffPolicy', /"linear", "exponential"/],
    [{ deadLetterSink: 'mailto:x' }, 'config.deadLetterSink', /http or https/],
    [{ batch: 5000 }, 'config.batch', /1 to 1000/],
    [{ webhook: true }, 'config.webhook', /JSON object/],
    [{ webhook: { origin: 'http://x' } }, 'config.webhook.origin', /DNS name/],
    [{ webhook: { rate: 0 } }, 'config.webhook.rate', /whole number/],
    [{ webhook: { callback: 'x' } }, 'config.webhook.callback', /http or https/],
    [{ webhook: { orgin: 'x' } }, 'config.webhook.orgin', /not known/],
  ];
  for (const [config, path, message] of cases) {
    assert.throws(
      () => deliverySettingsOf({ ...config }),
      { code: 'INVALID_SUBSCRIPTION', path, message },
      path,
    );
  }
});

test('a config of an earlier release that cannot be read keeps its order and nothing else', () => {
  assert.deepEqual(storedDeliverySettings({ order: 'all', rate: 'fast' }), { order: 'all' });
});

test('a linear back-off keeps its delay, as in the specification of Knative', () => {
  const linear = { ...defaultRetry, firstDelayMs: 3000, policy: 'linear' } as const;
  assert.deepEqual(
    [1, 2, 10].map((attempts) => backOff(attempts, linear, 1)),
    [3000, 3000, 3000],
  );
});

test('a pace lets through so many a second, and a tenth of them at once', () => {
  const pace = new Pace(100, 0);
  assert.equal(pace.room(0), 10);
  pace.take(10);
  assert.equal(pace.room(0), 0);
  assert.equal(pace.wait(), 10);
  let sent = 0;
  for (let now = 0; now < 1000; now += 5) {
    const room = pace.room(now);
    pace.take(room);
    sent += room;
  }
  assert.ok(sent > 97 && sent <= 100, String(sent));
  const slow = new Pace(1 / 60, 0);
  assert.equal(slow.room(0), 1);
  slow.take(1);
  assert.equal(slow.wait(), 60_000);
  assert.equal(slow.room(59_999), 0);
  assert.equal(slow.room(60_000), 1);
});

test('the strictest rate counts', () => {
  assert.equal(rateOf({ order: 'none' }, undefined), undefined);
  assert.equal(rateOf({ order: 'none', rate: 5, ratePerMinute: 120 }, 600), 2);
});

test('error attributes hold what a header can, whatever the sink answered', () => {
  const event = makeEvent({ id: '1', source: '/s', type: 'T', extensions: { knativeerrorcode: 7 } });
  const body = `<html>\r\n<p>"Ärger" \u0000\ud800 ${'\u{1f600}'.repeat(1000)}</p>`;
  const response = { status: 500, headers: {}, body };
  const letter = { lane: 's:1', sink: 'http://127.0.0.1:1/x', attempts: 1, reason: 'r', response };
  const { headers } = encodeBinary(withErrorAttributes(event, letter));
  assert.equal(headers['ce-knativeerrorcode'], '500');
  assert.equal(headers['ce-knativeerrordest'], 'http://127.0.0.1:1/x');
  const data = headers['ce-knativeerrordata'] ?? '';
  assert.match(data, /^<html>%20<p>%22%C3%84rger%22/);
  assert.ok(data.length <= 3 * 1024 && /^[\x21-\x7e]+$/.test(data), data);
  const { response: _, ...unreachable } = letter;
  const { attributes } = withErrorAttributes(event, unreachable);
  assert.equal(attributes.has('knativeerrorcode'), false, 'there was no answer');
  assert.equal(attributes.get('knativeerrordata'), 'r');
});
