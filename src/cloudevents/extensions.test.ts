import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AttributeValue } from './attributes.ts';
import { CloudEventError } from './errors.ts';
import { makeEvent } from './event.ts';
import { decodeHttp } from './http.ts';
import { fromJsonText, toJsonText } from './json-format.ts';

const REQUIRED = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };

const make = (name: string, value: AttributeValue) =>
  makeEvent({ id: '1', source: '/s', type: 't', extensions: { [name]: value } });

function refused(name: string, values: readonly AttributeValue[], rule: RegExp): void {
  for (const value of values) {
    assert.throws(
      () => make(name, value),
      (error) => error instanceof CloudEventError && error.attribute === name && rule.test(error.rule),
      `${name}=${value}`,
    );
  }
}

describe('extensions that Tutti acts on', () => {
  test('an expirytime that is no timestamp is refused, because the event would never expire', () => {
    make('expirytime', '2030-01-31T12:00:00+01:00');
    refused(
      'expirytime',
      ['', 'tomorrow', '2030-02-30T00:00:00Z', 1893456000, true],
      /RFC 3339.*never expire/,
    );
  });

  test('a sampledrate is an Integer above zero, written as number or text', () => {
    for (const value of [1, 30, '30', 2147483647, '2147483647']) make('sampledrate', value);
    refused(
      'sampledrate',
      [0, -1, '0', '01', '1.5', '', 'x', '2147483648', '99999999999', true],
      /from 1 to/,
    );
  });

  test('sequence, partitionkey, correlationid and causationid are not empty', () => {
    for (const name of ['sequence', 'partitionkey', 'correlationid', 'causationid']) {
      make(name, '0001');
      make(name, 1);
      refused(name, [''], /must not be empty/);
    }
  });

  test('the rules hold in each mode, and name the attribute', () => {
    const named = (error: unknown) => error instanceof CloudEventError && error.attribute === 'expirytime';
    assert.throws(() => decodeHttp({ ...REQUIRED, 'ce-expirytime': 'soon' }, new Uint8Array()), named);
    assert.throws(
      () => fromJsonText('{"specversion":"1.0","id":"1","source":"/s","type":"t","expirytime":"soon"}'),
      named,
    );
  });
});

describe('extensions that pass', () => {
  test('other known extensions are kept as they came, also when they break the rules of their documents', () => {
    const members = [
      '"traceparent":"00-not-a-trace"',
      '"tracestate":""',
      '"recordedtime":"yesterday"',
      '"dataref":"not a uri"',
      '"severitynumber":"high"',
      '"deprecated":false',
      '"authtype":"robot"',
      '"dssematerial":"%%%"',
      '"bamtxid":""',
    ];
    const text = `{"specversion":"1.0","id":"1","source":"/s","type":"t",${members.join(',')}}`;
    assert.equal(toJsonText(fromJsonText(text)), text);
  });

  test('unknown extensions of any name are kept, those longer than 20 characters and with a leading digit too', () => {
    const text = `{"specversion":"1.0","id":"1","source":"/s","type":"t","${'n'.repeat(60)}":1,"2nd":"x"}`;
    assert.equal(toJsonText(fromJsonText(text)), text);
  });
});
