import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile, FeelJsonError, fromJson, toJson } from '../index.ts';

test('any JSON value comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(JSON.parse(toJson(fromJson(text))), JSON.parse(text));
    }),
  );
});

test('white space and escapes anywhere do not matter', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(
        toJson(fromJson(JSON.stringify(value, undefined, '\t'))),
        toJson(fromJson(JSON.stringify(value))),
      );
    }),
  );
});

test('hostile names are data', () => {
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      '',
      '0',
      '\u0000',
      '"',
      '\\',
      '`',
      '\u2028',
      '\ud800',
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.integer())), (entries) => {
      const text = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
      const read = fromJson(text);
      assert.ok(read instanceof Map);
      const expected = new Map(entries);
      assert.deepEqual(new Map([...read].sort()), new Map([...expected].sort()));
      const again = fromJson(toJson(read));
      assert.deepEqual(again, read);
    }),
  );
});

test('a variable of any name is found by its name in backticks', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('`'));
  fc.assert(
    fc.property(name, fc.integer(), (key, value) => {
      const result = compile(`\`${key}\` + {\`${key}\`: 1}.\`${key}\``).evaluate(new Map([[key, value]]), {
        nowMs: () => 0,
      });
      assert.equal(result.ok && result.value, value + 1);
    }),
  );
});

test('no text makes the compiler throw anything but a syntax error', () => {
  const tokens = fc.constantFrom(
    ...[
      'a',
      '1',
      '.5',
      '"s"',
      '`b c`',
      '+',
      '-',
      '*',
      '**',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '.',
      '..',
    ],
    ...[
      'if',
      'then',
      'else',
      'for',
      'in',
      'return',
      'some',
      'every',
      'satisfies',
      'and',
      'or',
      'between',
      '?',
      '@"x"',
    ],
    ...[
      'function',
      'instance of',
      'number',
      'date',
      'time',
      'string length',
      'get or else',
      'null',
      '=',
      '<',
      ' ',
      '\n',
    ],
  );
  fc.assert(
    fc.property(fc.array(tokens, { maxLength: 12 }), (parts) => {
      const text = parts.join(' ');
      try {
        compile(text).evaluate(new Map(), { nowMs: () => 0 });
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'FEEL_SYNTAX', `${text}: ${error}`);
      }
    }),
    { numRuns: 500 },
  );
});

test('integers and decimals beyond doubles stay exact', () => {
  assert.equal(toJson(fromJson('9007199254740993')), '9007199254740993');
  assert.equal(toJson(fromJson('-9223372036854775808')), '-9223372036854775808');
  assert.equal(String(fromJson('0.12345678901234567890123')), '0.12345678901234567890123');
});

test('numbers are shown as Zeebe shows them', () => {
  const shown = ['1.0', '1.50', '1e21', '-0', '1E-7', '123456789012345678901'].map((text) =>
    toJson(fromJson(text)),
  );
  assert.deepEqual(shown, ['1', '1.5', '1e+21', '0', '1e-7', '123456789012345680000']);
});

test('of equal keys the last one wins', () => {
  assert.equal(toJson(fromJson('{"a":1,"b":2,"a":3}')), '{"b":2,"a":3}');
});

test('text that is not JSON is refused with its place', () => {
  const texts = [
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '01',
    '1.',
    '.5',
    '+1',
    "'a'",
    '"a',
    '"\\x"',
    '"\n"',
    'nul',
    '1 2',
    '{a:1}',
    'NaN',
  ];
  for (const text of texts) {
    assert.throws(
      () => fromJson(text),
      (error) =>
        error instanceof FeelJsonError &&
        error.position <= text.length &&
        error.message.startsWith('Invalid JSON at position'),
      text,
    );
  }
});

test('deep nesting is refused, both when reading and when writing', () => {
  assert.equal(toJson(fromJson('['.repeat(1_000) + ']'.repeat(1_000))).length, 2_000);
  assert.throws(() => fromJson('['.repeat(100_000)), FeelJsonError);
  const deep = compile('for i in 1..2000 return if i = 1 then [] else [partial[-1]]').evaluate(new Map(), {
    nowMs: () => 0,
  });
  assert.ok(deep.ok);
  assert.throws(() => toJson(deep.value), FeelJsonError);
});
