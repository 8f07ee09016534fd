import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOff, defaultRetry, retryAfterMs, verdictOn } from './retry.ts';
import { parseSubscription } from './subscription.ts';
import { TargetSettingError, Targets, targetSettings } from './targets.ts';

test('statuses are judged as by the data plane of Knative', () => {
  for (const status of [200, 201, 202, 204, 299]) assert.equal(verdictOn(status), 'done', String(status));
  for (const status of [404, 408, 409, 429, 500, 502, 503, 599])
    assert.equal(verdictOn(status), 'retry', String(status));
  for (const status of [100, 301, 307, 400, 401, 403, 405, 413, 415, 422]) {
    assert.equal(verdictOn(status), 'giveUp', String(status));
  }
  assert.equal(verdictOn(410), 'retire');
});

test('the pause doubles from one second to five minutes, less up to a half by chance', () => {
  const longest = Array.from({ length: 12 }, (_, index) => backOff(index + 1, defaultRetry, 1));
  const seconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300];
  assert.deepEqual(
    longest,
    seconds.map((each) => each * 1000),
  );
  assert.equal(backOff(3, defaultRetry, 0), 2000);
  assert.equal(backOff(2000, defaultRetry, 1), 300_000, 'also after many attempts');
});

test('Retry-After is read as seconds or as a date, and never means more than a day', () => {
  const now = Date.parse('2030-01-01T12:00:00Z');
  assert.equal(retryAfterMs('5', now), 5000);
  assert.equal(retryAfterMs(' 0 ', now), 0);
  assert.equal(retryAfterMs('Tue, 01 Jan 2030 12:01:00 GMT', now), 60_000);
  assert.equal(retryAfterMs('Tue, 01 Jan 2030 11:00:00 GMT', now), 0);
  assert.equal(retryAfterMs('999999999', now), 24 * 60 * 60 * 1000);
  for (const none of [undefined, 'soon', '-5', '1.5'])
    assert.equal(retryAfterMs(none, now) ?? 0, 0, String(none));
});

const targets = (hostMap: Parameters<typeof targetSettings>[0] = [], allowed: readonly string[] = []) =>
  new Targets(targetSettings(hostMap, allowed));

test('F7 loopback may be called and nothing else, unless it is listed', () => {
  const none = targets();
  for (const url of [
    'http://127.0.0.1:1/x',
    'http://127.9.9.9/',
    'https://localhost/',
    'http://[::1]:8080/',
    'http://2130706433/',
  ]) {
    assert.equal(none.resolve(url).ok, true, url);
  }
  for (const url of [
    'http://example.com/',
    'http://10.0.0.1/',
    'http://169.254.169.254/',
    'http://0.0.0.0/',
    'http://localhost.example.com/',
    'http://[::ffff:127.0.0.1]/',
    'http://127.0.0.1.example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    '127.0.0.1:80',
    'http://user:secret@127.0.0.1/',
    '',
  ]) {
    assert.equal(none.resolve(url).ok, false, url);
  }
});

test('F7 a listed target is a host, with scheme and port if they matter', () => {
  const some = targets([], ['shop.example', 'api.example:8443', 'https://safe.example']);
  for (const url of [
    'http://shop.example:99/x',
    'https://SHOP.example/',
    'https://api.example:8443/',
    'https://safe.example/',
  ]) {
    assert.equal(some.resolve(url).ok, true, url);
  }
  for (const url of ['http://a.shop.example/', 'http://api.example/', 'http://safe.example/']) {
    assert.equal(some.resolve(url).ok, false, url);
  }
  assert.throws(() => targets([], ['a b']), TargetSettingError);
});

test('F7 the host map replaces scheme, host and port, and keeps path and query', () => {
  const mapped = targets([
    { from: 'http://tickets', to: 'http://127.0.0.1:8082' },
    { from: 'payments:8080', to: '127.0.0.1:8083/base/' },
  ]);
  const urlOf = (url: string) => {
    const target = mapped.resolve(url);
    return target.ok ? target.url.href : target.reason;
  };
  assert.equal(urlOf('http://tickets/a/b?c=d'), 'http://127.0.0.1:8082/a/b?c=d');
  assert.equal(urlOf('https://payments:8080/pay'), 'http://127.0.0.1:8083/base/pay');
  assert.match(urlOf('https://tickets/'), /map it with --host-map https:\/\/tickets=TO/);
  assert.match(urlOf('http://payments/'), /not allowed/);
  assert.throws(() => targets([{ from: 'x', to: 'ftp://y' }]), { code: 'INVALID_TARGET_SETTING' });
});

const minimal = { sink: 'http://127.0.0.1:1/', protocol: 'HTTP' };

test('a subscription is kept as it was given, without what the broker says itself', () => {
  const full = {
    ...minimal,
    source: '/shop',
    types: ['A', 'B'],
    config: { name: 'x', deep: { list: [1, null] } },
    filters: [{ any: [{ prefix: { type: 'A' } }, { not: { exact: { subject: 's' } } }] }],
    protocolsettings: { headers: { 'x-key': 'v' }, method: 'POST' },
  };
  assert.deepEqual(parseSubscription({ ...full, id: 'mine', retired: 'x', status: {} }).body, full);
  assert.deepEqual(parseSubscription({ ...minimal, types: null, filters: [] }).body, {
    ...minimal,
    filters: [],
  });
});

test('a subscription that cannot be used is refused with the path and the remedy', () => {
  const cases: readonly (readonly [unknown, string, RegExp])[] = [
    [[], 'the subscription', /JSON object/],
    [{ protocol: 'HTTP' }, 'sink', /required/],
    [{ ...minimal, sink: 'mailto:x' }, 'sink', /http or https/],
    [{ sink: minimal.sink }, 'protocol', /required/],
    [{ ...minimal, protocol: 'KAFKA' }, 'protocol', /not supported/],
    [{ ...minimal, protocol: 'http' }, 'protocol', /case matters/],
    [{ ...minimal, types: ['A', ''] }, 'types[1]', /not empty/],
    [{ ...minimal, source: 'a b' }, 'source', /URI-reference/],
    [{ ...minimal, config: 'x' }, 'config', /JSON object/],
    [
      { ...minimal, filters: [{ exact: { type: 'A' } }, { any: [{ like: {} }] }] },
      'filters[1].any[0].like',
      /dialect/,
    ],
    [{ ...minimal, sinkcredential: { credentialtype: 'PLAIN' } }, 'sinkcredential.identifier', /required/],
    [{ ...minimal, protocolsettings: { method: 'PUT' } }, 'protocolsettings.method', /POST/],
    [
      { ...minimal, protocolsettings: { headers: { 'ce-id': 'x' } } },
      'protocolsettings.headers.ce-id',
      /leave it out/,
    ],
    [
      { ...minimal, protocolsettings: { headers: { 'a b': 'x' } } },
      'protocolsettings.headers.a b',
      /no header name/,
    ],
    [
      { ...minimal, protocolsettings: { headers: { a: 'x\r\ny: z' } } },
      'protocolsettings.headers.a',
      /control/,
    ],
    [{ ...minimal, sinks: 1 }, 'sinks', /no member/],
  ];
  for (const [json, path, message] of cases) {
    assert.throws(() => parseSubscription(json), { code: 'INVALID_SUBSCRIPTION', path, message }, path);
  }
});
