import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSenders, tokenDigest } from './senders.ts';
import { SettingError } from './setting-error.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz012345';
const jwt = { issuer: 'https://login.example', audience: 'tutti', jwksUrl: 'https://login.example/keys' };

function refused(json: unknown, path: string, rule: RegExp, environment = {}): void {
  assert.throws(
    () => parseSenders(json, 'senders', { environment }),
    (error) => {
      assert.ok(error instanceof SettingError, String(error));
      assert.equal(error.path, path);
      assert.match(error.message, rule);
      assert.ok(!error.message.includes(TOKEN));
      return true;
    },
  );
}

describe('the setting senders', () => {
  test('names who may send what, and keeps a token as its digest only', () => {
    const senders = parseSenders(
      [
        { name: 'shop', token: TOKEN, sources: ['/shop', 'urn:shop:*'], types: ['Order.*'], replies: true },
        { name: 'tickets', tokenEnv: 'TICKETS' },
        { name: 'partner', jwt: { ...jwt, subject: 'p1' } },
        { name: 'bank', jwt: { issuer: 'bank', audience: 'a', jwksFile: 'keys.json' } },
      ],
      'senders',
      { environment: { TICKETS: `${TOKEN}+/=` }, folder: '/etc/tutti' },
    );
    assert.deepEqual(senders, [
      {
        name: 'shop',
        proof: { kind: 'token', digest: tokenDigest(TOKEN) },
        sources: ['/shop', 'urn:shop:*'],
        types: ['Order.*'],
        replies: true,
      },
      { name: 'tickets', proof: { kind: 'token', digest: tokenDigest(`${TOKEN}+/=`) }, replies: false },
      {
        name: 'partner',
        proof: {
          kind: 'jwt',
          issuer: 'https://login.example',
          audience: 'tutti',
          subject: 'p1',
          keys: { kind: 'url', url: 'https://login.example/keys' },
        },
        replies: false,
      },
      {
        name: 'bank',
        proof: {
          kind: 'jwt',
          issuer: 'bank',
          audience: 'a',
          keys: { kind: 'file', path: '/etc/tutti/keys.json' },
        },
        replies: false,
      },
    ]);
    assert.ok(!JSON.stringify(senders).includes(TOKEN));
  });

  test('is refused with the place and the remedy, and never with a token', () => {
    const shop = { name: 'shop', token: TOKEN };
    refused({}, 'senders', /must be a list/);
    refused([], 'senders', /at least one/);
    refused(['shop'], 'senders[0]', /must be an object with name, token/);
    refused([{ ...shop, tokn: 1 }], 'senders[0].tokn', /not known; known are name, token/);
    refused([{ token: TOKEN }], 'senders[0].name', /the name of the sender/);
    refused([{ name: 'shop' }], 'senders[0]', /one of token, tokenEnv and jwt, but has none/);
    refused([{ ...shop, jwt }], 'senders[0]', /but has token and jwt/);
    refused([{ ...shop, token: 1234567890123456 }], 'senders[0].token', /quote it/);
    refused([{ ...shop, token: 'short' }], 'senders[0].token', /at least 16 characters.*openssl rand/);
    refused([{ ...shop, token: `${TOKEN} x` }], 'senders[0].token', /A-Z/);
    refused([{ name: 'a', tokenEnv: 'NOT_THERE' }], 'senders[0].tokenEnv', /NOT_THERE, which is not set/);
    refused([{ ...shop, replies: 'yes' }], 'senders[0].replies', /true or false/);
  });

  test('has sources that are URI-references and types, exact or with one trailing asterisk', () => {
    const shop = { name: 'shop', token: TOKEN };
    for (const sources of [['a b'], ['*x'], ['/a*b*'], [''], [1]])
      refused([{ ...shop, sources }], 'senders[0].sources[0]', /must be/);
    refused([{ ...shop, sources: [] }], 'senders[0].sources', /leave it out to allow any/);
    refused([{ ...shop, types: ['a', 'b*c'] }], 'senders[0].types[1]', /exact/);
    assert.equal(parseSenders([{ ...shop, sources: ['*'], types: ['*'] }], 's').length, 1);
  });

  test('has issuers whose keys come over a way that nobody can change', () => {
    const withJwt = (change: object) => [{ name: 'a', jwt: { ...jwt, ...change } }];
    refused(withJwt({ jwksUrl: undefined }), 'senders[0].jwt', /one of jwksUrl and jwksFile/);
    refused(withJwt({ jwksFile: 'x' }), 'senders[0].jwt', /one of jwksUrl and jwksFile/);
    refused(withJwt({ jwksUrl: 'http://login.example/keys' }), 'senders[0].jwt.jwksUrl', /https/);
    refused(withJwt({ jwksUrl: 'nonsense' }), 'senders[0].jwt.jwksUrl', /https/);
    refused(withJwt({ audience: '' }), 'senders[0].jwt.audience', /claim aud/);
    refused(withJwt({ secret: 'x' }), 'senders[0].jwt.secret', /not known/);
    assert.equal(parseSenders(withJwt({ jwksUrl: 'http://127.0.0.1:1/keys' }), 's').length, 1);
  });

  test('tells each sender from the others', () => {
    const shop = { name: 'shop', token: TOKEN };
    refused([shop, { ...shop, token: `${TOKEN}2` }], 'senders[1].name', /name of another sender/);
    refused([shop, { ...shop, name: 'b' }], 'senders[1]', /cannot be told from the sender 'shop'/);
    refused(
      [
        { name: 'a', jwt },
        { name: 'b', jwt: { ...jwt, subject: 's' } },
      ],
      'senders[1]',
      /cannot be told/,
    );
    const told = [
      { name: 'a', jwt: { ...jwt, subject: 's' } },
      { name: 'b', jwt: { ...jwt, subject: 't' } },
      { name: 'c', jwt: { ...jwt, audience: 'other' } },
    ];
    assert.equal(parseSenders(told, 's').length, 3);
  });
});
