import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRawSink } from './raw-sink.test-helper.ts';
import { eventOf, eventually, openWorld, type World } from './world.test-helper.ts';

const create = (world: World, sink: string, more: object) =>
  world.events.createSubscription({ sink, protocol: 'HTTP', types: ['Paid'], ...more });

const settled = (world: World, sequence: number) =>
  eventually(async () => ((await world.story(sequence)).deliveries.length === 0 ? true : undefined));

/** The failed attempt of the only delivery. */
const failed = (world: World, sequence: number) =>
  eventually(
    async () => (await world.story(sequence)).deliveries.find(({ attempts }) => attempts > 0)?.lastError,
  );

test('a user and password go as Basic, and are never answered', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(t, (response) => response.writeHead(204).end());
  const sinkcredential = { credentialtype: 'PLAIN', identifier: 'tutti', secret: 'sesame-ü' };
  const created = await create(world, sink.url, { sinkcredential });
  assert.deepEqual(created.sinkcredential, { credentialtype: 'PLAIN', identifier: 'tutti' });
  await settled(world, await world.publish(eventOf('Paid')));
  const basic = Buffer.from('tutti:sesame-ü').toString('base64');
  assert.equal(sink.requests[0]?.headers.authorization, `Basic ${basic}`);
  const answered = [
    created,
    await world.events.subscription(created.id),
    await world.events.subscriptions(10),
    await world.story(1),
    world.log,
    world.journal(),
  ];
  assert.ok(!JSON.stringify(answered).includes('sesame'));
});

test('a PUT without the secret keeps the stored one, unless it would go to another place', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(t, (response) => response.writeHead(204).end());
  const plain = { credentialtype: 'PLAIN', identifier: 'tutti' };
  const hmac = { secret: 'a secret of more than 24 bytes' };
  const { id } = await create(world, sink.url, {
    sinkcredential: { ...plain, secret: 's' },
    protocolsettings: { hmac },
  });
  const put = (sinkUrl: string, credential: object | undefined, settings = {}) =>
    world.events.updateSubscription(id, {
      sink: sinkUrl,
      protocol: 'HTTP',
      ...(credential && { sinkcredential: credential }),
      protocolsettings: settings,
    });
  const kept = await put(`${sink.url}&c=d`, plain, { hmac: {} });
  assert.deepEqual(kept?.protocolsettings, { hmac: { algorithm: 'sha256' } });
  await settled(world, await world.publish(eventOf('Paid')));
  const [request] = sink.requests;
  assert.equal(request?.headers.authorization, `Basic ${Buffer.from('tutti:s').toString('base64')}`);
  assert.match(String(request?.headers['webhook-signature']), /^v1,/);
  const secretMissing = { code: 'INVALID_SUBSCRIPTION', path: 'sinkcredential.secret' };
  await assert.rejects(put('http://127.0.0.1:9/', plain), secretMissing);
  await assert.rejects(put(sink.url, { ...plain, identifier: 'other' }), secretMissing);
  await put(sink.url, undefined);
  await assert.rejects(put(sink.url, plain), secretMissing);
  await assert.rejects(put(sink.url, undefined, { hmac: {} }), { path: 'protocolsettings.hmac.secret' });
});

test('an access token goes as Bearer until it expires, which is then told', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(t, (response) => response.writeHead(204).end());
  const token = { credentialtype: 'ACCESSTOKEN', accesstoken: 'T0K3N', accesstokentype: 'bearer' };
  const { id } = await create(world, sink.url, { sinkcredential: token });
  await settled(world, await world.publish(eventOf('Paid')));
  assert.equal(sink.requests[0]?.headers.authorization, 'Bearer T0K3N');
  const old = { ...token, accesstokenexpiresutc: '2020-01-01T00:00:00Z' };
  await world.events.updateSubscription(id, { sink: sink.url, protocol: 'HTTP', sinkcredential: old });
  const error = await failed(world, await world.publish(eventOf('Paid')));
  assert.equal(
    error,
    'The access token expired at 2020-01-01T00:00:00Z. PUT the subscription with a new one.',
  );
  assert.equal(sink.requests.length, 1);
});

test('a token is fetched with client credentials, kept, and fetched once more when the sink answers 401', async (t) => {
  const world = await openWorld(t);
  let good = 'token-1';
  let issued = 0;
  const endpoint = await openRawSink(t, (response) => {
    issued += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: `token-${issued}`, token_type: 'Bearer', expires_in: 3600 }));
  });
  const sink = await openRawSink(t, (response, { headers }) =>
    response.writeHead(headers.authorization === `Bearer ${good}` ? 204 : 401).end(),
  );
  const sinkcredential = {
    credentialtype: 'CLIENTCREDENTIALS',
    tokenendpoint: endpoint.url,
    clientid: 'tutti:1',
    clientsecret: 'a b',
    scopes: ['events.write', 'x'],
  };
  const created = await create(world, sink.url, { sinkcredential });
  assert.ok(!JSON.stringify(created).includes('a b'));
  for (let n = 0; n < 3; n++) await settled(world, await world.publish(eventOf('Paid')));
  assert.equal(issued, 1);
  const [asked] = endpoint.requests;
  assert.equal(asked?.body, 'grant_type=client_credentials&scope=events.write+x');
  assert.equal(asked?.headers.authorization, `Basic ${Buffer.from('tutti%3A1:a%20b').toString('base64')}`);
  good = 'token-2';
  const sequence = await world.publish(eventOf('Paid'));
  await settled(world, sequence);
  assert.equal(issued, 2);
  assert.deepEqual((await world.story(sequence)).fates.at(-1)?.fate, {
    kind: 'delivered',
    sink: sink.url,
    attempts: 1,
  });
  good = 'none';
  await world.publish(eventOf('Paid'));
  const [letter] = await eventually(async () => {
    const letters = await world.events.deadLetters({ limit: 1 });
    return letters.length > 0 ? letters : undefined;
  });
  assert.equal(letter?.response?.status, 401);
  assert.equal(issued, 3, 'once for each delivery');
});

test('a token endpoint that fails is an attempt that is tried again, and must be an allowed target', async (t) => {
  const world = await openWorld(t);
  const endpoint = await openRawSink(t, (response) => response.writeHead(500).end('secret trace'));
  const sink = await openRawSink(t, (response) => response.writeHead(204).end());
  const sinkcredential = {
    credentialtype: 'CLIENTCREDENTIALS',
    tokenendpoint: endpoint.url,
    clientid: 'c',
    clientsecret: 's',
  };
  await create(world, sink.url, { sinkcredential });
  assert.equal(await failed(world, await world.publish(eventOf('Paid'))), 'The token endpoint answered 500.');
  endpoint.answer = (response) => response.writeHead(200).end('{"access_token":"bad token"}');
  await world.pass(1000);
  const error = await eventually(
    async () => (await world.story(1)).deliveries.find(({ attempts }) => attempts === 2)?.lastError,
  );
  assert.equal(error, 'The token endpoint answered without a bearer token.');
  assert.equal(sink.requests.length, 0);
  await assert.rejects(
    create(world, sink.url, { sinkcredential: { ...sinkcredential, tokenendpoint: 'http://example.com/t' } }),
    { code: 'INVALID_SUBSCRIPTION', path: 'sinkcredential.tokenendpoint' },
  );
});

test('credentials and signing secrets that cannot be used are refused without showing them', async (t) => {
  const world = await openWorld(t);
  const secret = 'SHOWN';
  const cases: readonly (readonly [object, string])[] = [
    [{ sinkcredential: { credentialtype: 'PLAIN', identifier: 'a:b', secret } }, 'sinkcredential.identifier'],
    [{ sinkcredential: { credentialtype: 'PLAIN', identifier: 'a' } }, 'sinkcredential.secret'],
    [
      { sinkcredential: { credentialtype: 'PLAIN', identifier: 'a', secret: [secret] } },
      'sinkcredential.secret',
    ],
    [
      { sinkcredential: { credentialtype: 'ACCESSTOKEN', accesstoken: `${secret} x` } },
      'sinkcredential.accesstoken',
    ],
    [
      { sinkcredential: { credentialtype: 'ACCESSTOKEN', accesstoken: secret, accesstokentype: 'mac' } },
      'sinkcredential.accesstokentype',
    ],
    [
      { sinkcredential: { credentialtype: 'REFRESHTOKEN', refreshtoken: secret } },
      'sinkcredential.credentialtype',
    ],
    [{ sinkcredential: { credentialtype: 'plain', secret } }, 'sinkcredential.credentialtype'],
    [{ protocolsettings: { hmac: { secret } } }, 'protocolsettings.hmac.secret'],
    [{ protocolsettings: { hmac: { algorithm: 'md5' } } }, 'protocolsettings.hmac.algorithm'],
    [{ protocolsettings: { hmac: { header: 'ce-id' } } }, 'protocolsettings.hmac.header'],
    [{ protocolsettings: { headers: { 'Webhook-Id': 'x' } } }, 'protocolsettings.headers.Webhook-Id'],
    [
      {
        sinkcredential: { credentialtype: 'PLAIN', identifier: 'a', secret },
        protocolsettings: { headers: { Authorization: 'x' } },
      },
      'protocolsettings.headers.authorization',
    ],
  ];
  for (const [more, path] of cases) {
    await assert.rejects(create(world, 'http://127.0.0.1:9/', more), (error: Error & { path?: string }) => {
      assert.equal(error.path, path);
      assert.ok(!error.message.includes(secret), error.message);
      return true;
    });
  }
});

test('a signed delivery is verified by the code that docs/delivery.md shows', async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/delivery.md'), 'utf8');
  const code = /```js\n(function verify[\s\S]*?)```/.exec(page)?.[1] ?? assert.fail('no snippet');
  const verify = new Function('createHmac', 'timingSafeEqual', 'Buffer', `${code}\nreturn verify;`)(
    createHmac,
    timingSafeEqual,
    Buffer,
  ) as (headers: object, body: string, secret: string, nowMs?: number) => boolean;
  const world = await openWorld(t);
  const sink = await openRawSink(t, (response) => response.writeHead(503).end());
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  await create(world, sink.url, { protocolsettings: { hmac: { secret } } });
  const sequence = await world.publish(eventOf('Paid', { id: 'Ärger 1', data: '{"n":1.0}' }));
  await failed(world, sequence);
  await world.pass(1000);
  await eventually(async () => (sink.requests.length === 2 ? true : undefined));
  const [request, again] = sink.requests;
  assert.ok(request && again);
  assert.equal(request.headers['content-type'], 'application/cloudevents+json');
  assert.equal(verify(request.headers, request.body, secret), true);
  assert.equal(again.headers['webhook-id'], request.headers['webhook-id'], 'the same at each attempt');
  assert.equal(JSON.parse(request.body).id, 'Ärger 1', 'the signature covers the attributes');
  assert.equal(verify(request.headers, `${request.body} `, secret), false);
  assert.equal(verify(request.headers, request.body, 'another secret of 24 bytes or more'), false);
  const later = Date.now() + 600_000;
  assert.equal(verify(request.headers, request.body, secret, later), false, 'too old');
});
