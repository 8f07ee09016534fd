import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, FeelSyntaxError } from './index.ts';
import { evaluate, jsonOf, warningsOf } from './test-support.ts';

const REFUSED = [
  ...[
    '',
    '   ',
    '1 +',
    'x >',
    'a b',
    '1e5',
    'x = 1 = 2',
    'a <> b',
    '"open',
    '`open',
    '``',
    '/* open',
    'f(1)(2)',
  ],
  ...[
    '`a`b',
    'a`b`',
    'for x in [1..3] return x',
    'if a then b',
    '{a: 1,}',
    '1}, {x: 2',
    'function(x) external {}',
  ],
];

for (const text of REFUSED) {
  test(`${JSON.stringify(text)} is refused with its place`, () => {
    assert.throws(
      () => compile(text),
      (error) => {
        assert.ok(error instanceof FeelSyntaxError);
        assert.ok(error.message.startsWith(`failed to parse expression '${text}': `), error.message);
        assert.ok(error.position >= 0 && error.position <= text.length);
        return true;
      },
    );
  });
}

test('the place of a syntax error is given in lines and columns', () => {
  assert.throws(() => compile('1 +\n  )'), { line: 2, column: 3, position: 6 });
});

const HUGE: Record<string, string> = {
  'many brackets': `${'('.repeat(5_000)}1${')'.repeat(5_000)}`,
  'many lists': '['.repeat(90_000),
  'many signs': `${'-'.repeat(50_000)}1`,
  'many conditions': `${'if true then '.repeat(5_000)}1`,
  'a long text': `"${'x'.repeat(200_000)}"`,
  'a very long chain': `1${'+1'.repeat(49_000)}`,
};

for (const [what, text] of Object.entries(HUGE)) {
  test(`${what}: a clear error and no crash`, () => {
    assert.throws(() => compile(text), FeelSyntaxError);
  });
}

test('a chain of three hundred operands is compiled', () => {
  assert.equal(jsonOf(`1${' + 1'.repeat(299)}`), '300');
  assert.equal(jsonOf(`false${' or false'.repeat(299)}`), 'false');
  assert.equal(jsonOf(`x${'.x'.repeat(299)}`, '{"x":null}'), 'null');
});

const ENDLESS = {
  'a huge range': 'for i in 1..1000000000 return i',
  'many combinations': 'some a in xs, b in xs, c in xs, d in xs satisfies false',
  'a growing text': 'for i in 1..100 return if i = 1 then "0123456789" else partial[-1] + partial[-1]',
  'a growing list': 'for i in 1..1000000 return partial',
  'a doubling list': 'for i in 1..100 return if i = 1 then xs else concatenate(partial[-1], partial[-1])',
};
const HUNDRED = JSON.stringify({ xs: Array.from({ length: 100 }, (_, index) => index) });

for (const [what, text] of Object.entries(ENDLESS)) {
  test(`${what}: the evaluation is stopped with a failure`, () => {
    const result = evaluate(text, HUNDRED);
    assert.equal(result.ok, false);
    assert.match(result.ok ? '' : result.message, /^failed to evaluate expression '/);
  });
}

test('a function cannot call itself', () => {
  assert.deepEqual(warningsOf('{f: function(x) f(x), r: f(1)}.r'), [
    "[NO_FUNCTION_FOUND] No function found with name 'f' and 1 parameters",
  ]);
});
