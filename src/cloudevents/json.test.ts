import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloudEventError } from './errors.ts';
import { isJsonText, JsonScanner } from './json.ts';

describe('JSON scanner', () => {
  test('control characters in strings are refused, escaped ones are not', () => {
    for (let code = 0; code < 0x20; code++) {
      assert.equal(isJsonText(`"${String.fromCharCode(code)}"`), false, String(code));
      assert.equal(isJsonText(`"\\u${code.toString(16).padStart(4, '0')}"`), true);
    }
    assert.equal(isJsonText('"\u007f\u2028 "'), true);
  });

  test('only the four blanks of JSON are white space', () => {
    assert.equal(isJsonText(' \t\r\n1\n'), true);
    for (const blank of ['\u000b', '\u000c', '\u00a0', '\ufeff', '\u2028'])
      assert.equal(isJsonText(`${blank}1`), false);
  });

  test('a value is given as its exact source text', () => {
    const scanner = new JsonScanner(' [ 1.50 , {"a" : "\\u0041"} ] x');
    assert.equal(scanner.readSource(), '[ 1.50 , {"a" : "\\u0041"} ]');
    assert.throws(() => scanner.expectEnd(), CloudEventError);
  });

  test('errors tell the place', () => {
    assert.throws(() => new JsonScanner('{"a":1,}').skipValue(), /expected a member name at character 7/);
    assert.throws(() => new JsonScanner('[1').skipValue(), /expected , or \] at character 2/);
    assert.throws(() => new JsonScanner('"abc').skipValue(), /string without end at character 4/);
  });
});
