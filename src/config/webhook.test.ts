import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SettingError } from './setting-error.ts';
import { allowsOrigin, defaultWebhook, parseWebhook } from './webhook.ts';

describe('the setting webhook', () => {
  test('names origins in any case, a rate, and whether deliveries need an origin', () => {
    assert.deepEqual(
      parseWebhook(
        { allowedOrigins: ['Events.Example.com'], allowedRate: 120, requireOrigin: true },
        'webhook',
      ),
      { allowedOrigins: ['events.example.com'], allowedRate: 120, requireOrigin: true },
    );
    assert.deepEqual(parseWebhook({ allowedOrigins: [] }, 'webhook'), {
      allowedOrigins: [],
      allowedRate: '*',
      requireOrigin: false,
    });
  });

  test('is refused with the place and the remedy', () => {
    const cases: readonly [unknown, string, RegExp][] = [
      [[], 'webhook', /must be an object/],
      [{}, 'webhook.allowedOrigins', /list of host names/],
      [{ allowedOrigins: ['https://a.example'] }, 'webhook.allowedOrigins[0]', /host name such as/],
      [{ allowedOrigins: ['*'], allowedRate: 0 }, 'webhook.allowedRate', /above 0/],
      [{ allowedOrigins: [], requireOrigin: true }, 'webhook.requireOrigin', /refuse every delivery/],
      [{ allowedOrigins: ['*'], rate: 1 }, 'webhook.rate', /not known/],
    ];
    for (const [json, path, rule] of cases) {
      assert.throws(
        () => parseWebhook(json, 'webhook'),
        (error) => error instanceof SettingError && error.path === path && rule.test(error.message),
        path,
      );
    }
  });

  test('consents to what is named only, and to anybody on loopback only when absent', () => {
    const some = parseWebhook({ allowedOrigins: ['a.example'] }, 'webhook');
    assert.deepEqual(
      ['A.example', 'b.example', 'x.a.example', ''].map((origin) => allowsOrigin(some, origin)),
      [true, false, false, false],
    );
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      assert.ok(allowsOrigin(defaultWebhook(host), 'x.example'));
    for (const host of ['0.0.0.0', '::', 'tutti.example'])
      assert.ok(!allowsOrigin(defaultWebhook(host), 'x.example'));
    assert.ok(!allowsOrigin(defaultWebhook('::1'), 'no host name'));
  });
});
