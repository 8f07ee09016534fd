import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { parseSenders } from '../../config/senders.ts';
import { SettingError } from '../../config/setting-error.ts';
import { UnavailableError } from '../../runtime/errors.ts';
import { openWorld, temporaryFolder } from '../../runtime/events/world.test-helper.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { eventsGroup, gateOf } from './index.ts';

const SHOP = 'shop-0123456789-0123456789';
const BANK = 'bank-0123456789-0123456789';

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

interface Guarded {
  readonly url: string;
  /** Sends an event of the shop; `ce-` headers and others may be changed. */
  send(headers?: Readonly<Record<string, string>>, query?: string): Promise<Answered>;
  post(headers: Readonly<Record<string, string>>, body: string, query?: string): Promise<Answered>;
  stored(): Promise<number>;
}

/** Without senders the gateway is open. */
async function guarded(t: TestContext, senders: unknown, failing = false): Promise<Guarded> {
  const world = await openWorld(t);
  const runtime = failing
    ? { ...world.runtime, publish: () => Promise.reject(new UnavailableError('disk full')) }
    : world.runtime;
  const gateway = await startGateway({
    groups: [
      eventsGroup({
        runtime,
        events: world.events,
        ...(senders !== undefined && { gate: gateOf(parseSenders(senders, 'senders')) }),
      }),
    ],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  const post: Guarded['post'] = async (headers, body, query = '') => {
    const response = await fetch(`${gateway.url}/events${query}`, { method: 'POST', headers, body });
    return { status: response.status, headers: response.headers, json: await response.json() };
  };
  return {
    url: gateway.url,
    post,
    send: (headers = {}, query) =>
      post(
        {
          'ce-specversion': '1.0',
          'ce-id': '1',
          'ce-source': '/shop/1',
          'ce-type': 'Order.Paid',
          ...headers,
        },
        '',
        query,
      ),
    stored: async () => (await world.events.search({ limit: 100 })).items.length,
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const two = [
  { name: 'shop', token: SHOP, sources: ['/shop/*', 'urn:shop'], types: ['Order.*', 'Refund'] },
  { name: 'bank', token: BANK, replies: true },
];

test('F8 without a token, or with an unknown one, nothing is accepted, and the answer says how to send one', async (t) => {
  const { send, stored } = await guarded(t, two);
  const none = await send();
  assert.equal(none.status, 401);
  assert.equal(none.headers.get('www-authenticate'), 'Bearer realm="events"');
  assert.match(none.json.detail, /Authorization: Bearer TOKEN, or the query parameter access_token/);
  for (const headers of [bearer(`${SHOP}x`), bearer(SHOP.slice(0, -1)), bearer('a.b.c')]) {
    const unknown = await send(headers);
    assert.equal(unknown.status, 401);
    assert.equal(unknown.headers.get('www-authenticate'), 'Bearer realm="events", error="invalid_token"');
  }
  for (const authorization of ['Basic YTpi', 'Bearer', `Bearer ${SHOP} ${SHOP}`]) {
    assert.equal((await send({ authorization })).status, 401);
  }
  assert.equal((await send({}, '?access_token=')).status, 401);
  assert.equal(await stored(), 0);
});

test('F8 a token is taken from the Authorization header and from the query, in one place only', async (t) => {
  const { send } = await guarded(t, two);
  const byHeader = await send({ authorization: `bearer  ${SHOP}` });
  assert.equal(byHeader.status, 202);
  assert.equal(byHeader.headers.get('cache-control'), null);
  const byQuery = await send({}, `?access_token=${SHOP}`);
  assert.equal(byQuery.status, 202);
  assert.equal((await send(bearer(SHOP), `?access_token=${SHOP}`)).status, 400);
  assert.equal((await send({}, `?access_token=${SHOP}&access_token=${SHOP}`)).status, 400);
});

test('answers to a token in the query are private, refusals and failures too', async (t) => {
  const query = `?access_token=${SHOP}`;
  const { send } = await guarded(t, two);
  for (const [headers, status] of [
    [{}, 202],
    [{ 'ce-type': 'Other' }, 403],
    [{ 'ce-time': 'now' }, 400],
    [{ 'content-type': 'application/cloudevents+xml' }, 415],
  ] as const) {
    const answer = await send(headers, query);
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [status, 'private']);
  }
  const failed = await (await guarded(t, two, true)).send({}, query);
  assert.deepEqual([failed.status, failed.headers.get('cache-control')], [503, 'private']);
  assert.equal(failed.headers.get('retry-after'), '1');
});

test('F8 a sender is held to its sources and types, exact or by their beginning, and told which', async (t) => {
  const { send, stored } = await guarded(t, two);
  for (const [source, type] of [
    ['/shop/1', 'Order.Paid'],
    ['urn:shop', 'Refund'],
  ] as const) {
    assert.equal((await send({ ...bearer(SHOP), 'ce-source': source, 'ce-type': type })).status, 202);
  }
  const source = await send({ ...bearer(SHOP), 'ce-source': 'urn:shop:2' });
  assert.equal(source.status, 403);
  assert.equal(source.json.attribute, 'source');
  assert.match(
    source.json.detail,
    /'shop' must not use the source 'urn:shop:2'; allowed are \/shop\/\*, urn:shop/,
  );
  const type = await send({ ...bearer(SHOP), 'ce-type': 'Refunds' });
  assert.equal(type.status, 403);
  assert.equal(type.json.attribute, 'type');
  assert.match(type.json.detail, /'shop' must not send events of type 'Refunds'/);
  assert.equal((await send({ ...bearer(BANK), 'ce-source': 'anything', 'ce-type': 'x' })).status, 202);
  assert.equal(await stored(), 3);
});

test('F8 one event that the sender must not send refuses its batch, with the position', async (t) => {
  const { post, stored } = await guarded(t, two);
  const event = (id: string, type: string) => ({ specversion: '1.0', id, source: '/shop/1', type });
  const answer = await post(
    { ...bearer(SHOP), 'content-type': 'application/cloudevents-batch+json' },
    JSON.stringify([event('1', 'Order.Paid'), event('2', 'Salary.Raised')]),
  );
  assert.equal(answer.status, 403);
  assert.deepEqual([answer.json.index, answer.json.attribute], [1, 'type']);
  assert.equal(await stored(), 0);
});

test('F8 an event that names a job by its key is refused unless its sender may reply', async (t) => {
  const { send } = await guarded(t, two);
  const namings = [
    [{ 'ce-jobkey': '2251799813685300' }, 'jobkey'],
    [{ 'Ce-JobKey': '1' }, 'jobkey'],
    [{ 'ce-subject': '2251799813685250:2251799813685251:2251799813685300' }, 'subject'],
    [{ zeebe: '{"jobKey":"2251799813685300"}' }, 'zeebe'],
    [{ 'ce-zeebe': 'x' }, 'zeebe'],
  ] as const;
  for (const [headers, attribute] of namings) {
    const answer = await send({ ...bearer(SHOP), ...headers });
    assert.deepEqual([answer.status, answer.json.attribute], [403, attribute]);
    assert.match(answer.json.detail, /replies be true/);
    assert.equal((await send({ ...bearer(BANK), ...headers })).status, 202);
  }
  assert.equal((await send({ ...bearer(SHOP), 'ce-subject': 'order:1:2' })).status, 202);
});

test('F8 without senders everybody who reaches the port may send and reply', async (t) => {
  const { send } = await guarded(t, undefined);
  assert.equal((await send({ 'ce-jobkey': '1' })).status, 202);
});

test('an unknown sender is refused before its body is read', async (t) => {
  const { url } = await guarded(t, two);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = httpRequest(
      `${url}/events`,
      { method: 'POST', headers: { 'content-length': '1000000' } },
      (response) => {
        resolve(response.statusCode);
        sent.destroy();
      },
    );
    sent.on('error', reject);
    sent.write('x');
  });
  assert.equal(status, 401);
});

// --- JWT

const ISSUER = 'https://login.example';

async function issuer(kid = 'k1') {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const sign = (claims: JWTPayload = {}, header: object = {}): Promise<string> =>
    new SignJWT({ iss: ISSUER, aud: 'tutti', sub: 'partner', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid, ...header })
      .setExpirationTime(claims.exp ?? '5m')
      .sign(privateKey);
  return { keys: { keys: [jwk] }, sign };
}

async function openHttp(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('F8 a token of a known issuer is checked by signature, audience, subject and expiry', async (t) => {
  const { keys, sign } = await issuer();
  const stranger = await issuer();
  const url = await openHttp(t, (_request, response) => response.end(JSON.stringify(keys)));
  const { send } = await guarded(t, [
    {
      name: 'partner',
      types: ['Order.*'],
      jwt: { issuer: ISSUER, audience: 'tutti', subject: 'partner', jwksUrl: url },
    },
    { name: 'other', jwt: { issuer: ISSUER, audience: 'tutti', subject: 'other', jwksUrl: url } },
  ]);
  assert.equal((await send(bearer(await sign()))).status, 202);
  assert.equal((await send({}, `?access_token=${await sign()}`)).status, 202);
  assert.equal((await send({ ...bearer(await sign()), 'ce-type': 'Foreign' })).status, 403);
  assert.equal((await send({ ...bearer(await sign({ sub: 'other' })), 'ce-type': 'Foreign' })).status, 202);
  const past = Math.floor(Date.now() / 1000) - 60;
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign()).split('.')[1]}.`;
  for (const token of [
    await sign({ aud: 'other' }),
    await sign({ iss: 'https://evil.example' }),
    await sign({ sub: 'nobody' }),
    await sign({ exp: past }),
    await stranger.sign(),
    await sign({}, { kid: 'k2' }),
    `${(await sign()).slice(0, -4)}AAAA`,
    none,
  ]) {
    const answer = await send(bearer(token));
    assert.equal(answer.status, 401, answer.json.detail);
    assert.match(answer.headers.get('www-authenticate') ?? '', /invalid_token/);
  }
});

test('F8 keys of an issuer may stand in a file; one that is missing is told at start', async (t) => {
  const { keys, sign } = await issuer();
  const jwksFile = join(temporaryFolder(t), 'keys.json');
  const senders = [{ name: 'partner', jwt: { issuer: ISSUER, audience: 'tutti', jwksFile } }];
  const world = await openWorld(t);
  const group = () =>
    eventsGroup({
      runtime: world.runtime,
      events: world.events,
      gate: gateOf(parseSenders(senders, 'senders')),
    });
  assert.throws(
    group,
    (error) => error instanceof SettingError && /'partner'.*cannot be used: ENOENT/.test(error.message),
  );
  writeFileSync(jwksFile, '{"keys":1}');
  assert.throws(group, SettingError);
  writeFileSync(jwksFile, JSON.stringify(keys));
  const { send } = await guarded(t, senders);
  assert.equal((await send(bearer(await sign()))).status, 202);
});

test('F8 while the keys of an issuer cannot be had its senders are asked to come again, not turned away', async (t) => {
  const { keys, sign } = await issuer();
  let broken = true;
  const url = await openHttp(t, (_request, response) =>
    broken ? response.writeHead(500).end() : response.end(JSON.stringify(keys)),
  );
  const { send } = await guarded(t, [
    { name: 'p', jwt: { issuer: ISSUER, audience: 'tutti', jwksUrl: url } },
  ]);
  const answer = await send(bearer(await sign()));
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '5');
  broken = false;
  assert.equal((await send(bearer(await sign()))).status, 202);
});
