import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeHeaderValue, encodeHeaderValue } from './percent.ts';

describe('header values', () => {
  test('blank, quote, percent and what is not printable ASCII are encoded, in upper case', () => {
    assert.equal(encodeHeaderValue('Euro € 😀'), 'Euro%20%E2%82%AC%20%F0%9F%98%80');
    assert.equal(encodeHeaderValue('a"b%c\u007f\n'), 'a%22b%25c%7F%0A');
    const plain = "!#$&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~";
    assert.equal(encodeHeaderValue(plain), plain);
  });

  test('decoding accepts lower case, needless encoding, raw blanks and raw UTF-8 bytes', () => {
    const cases: [string, string][] = [
      ['Euro%20%e2%82%ac', 'Euro €'],
      ['%41%62c', 'Abc'],
      ['a b  c', 'a b  c'],
      ['  padded\t', 'padded'],
      ['\u00e2\u0082\u00ac', '€'],
      ['\u00c3\u00a0', 'à'],
      ['%2525', '%25'],
      ['', ''],
    ];
    for (const [value, expected] of cases) assert.equal(decodeHeaderValue(value), expected);
  });

  test('a quoted value loses its quotes and backslashes, then one round of percent-decoding follows', () => {
    assert.equal(decodeHeaderValue('"a b"'), 'a b');
    assert.equal(decodeHeaderValue('"a \\"b\\\\ %22c%2522"'), 'a "b\\ "c%22');
    assert.equal(decodeHeaderValue('""'), '');
  });

  test('quotes that do not enclose the value stay', () => {
    for (const value of ['say "hi"', '"a" b', '"open', '"end\\"', '"'])
      assert.equal(decodeHeaderValue(value), value);
  });

  test('bytes that are no UTF-8 and broken escapes are refused', () => {
    for (const value of [
      '%C0%A0',
      '%ED%A0%80',
      '%FF',
      '%E2%82',
      '%',
      '%4',
      '%G0',
      '100% sure',
      '\u20ac',
      '\u0141',
    ]) {
      assert.equal(decodeHeaderValue(value), undefined, value);
    }
  });

  test('a loose percent sign can be allowed', () => {
    assert.equal(decodeHeaderValue('100% sure%21', { loosePercent: true }), '100% sure!');
    assert.equal(decodeHeaderValue('%FF', { loosePercent: true }), undefined);
  });
});
