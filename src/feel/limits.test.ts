import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, FeelSyntaxError, toJson } from './index.ts';
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
  'a hundred thousand parentheses': `${'('.repeat(100_000)}1${')'.repeat(100_000)}`,
  'nested calls': `${'not('.repeat(20_000)}true${')'.repeat(20_000)}`,
  'a megabyte': `1${' + 1'.repeat(250_000)}`,
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

/** Work on 100,000 items or characters, over and over, or with patterns that try for ever. */
const HEAVY: Record<string, string> = {
  'a range of 10^12': 'for i in 1..1000000000000 return i',
  'a product of lists': 'for a in xs, b in xs return 1',
  'a nested loop': 'for a in xs return for b in xs return 1',
  'lists without duplicates': 'distinct values(for i in xs return [i])',
  'contexts without duplicates': 'duplicate values(for i in xs return {a: i})',
  'sums of a long list': 'for i in xs return sum(xs)',
  'copies of a long list': 'for i in xs return insert before(xs, 1, 1)',
  'comparisons of a long list': 'for i in xs return xs = xs',
  'texts of a long list': 'for i in xs return string length(string(xs))',
  'copies of a long text': 'for i in xs return upper case(s)',
  'a text that grows when replaced': 'for i in 1..9 return replace(s, "a", s)',
  'a joined text': 'string join(for i in xs return s)',
  'a flattened list of lists': 'flatten(for i in xs return xs)',
  'a list of lists as text': 'string(for i in xs return xs)',
  'joined lists of a call': `concatenate(xs${', xs'.repeat(900)})`,
  'a sort by a function': 'sort(for i in xs return modulo(i * 7919, 99991), function(a, b) a > b)',
  'a filter within a filter': 'xs[count(xs[item > 1]) > 1]',
  'nested repetitions': 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
  'overlapping branches': 'matches(s + "!", "(a|aa)+$")',
  'repeated wildcards': 'matches(s, "(.*)*x")',
  'repetitions of what may be empty': 'replace(s, "(a*)*b", "x")',
  'a look-behind at each place': 'matches(s, "(?<=a{1,9999})b")',
  'a search that starts again and again': 'matches(s, "a*b")',
};
const LONG = JSON.stringify({
  xs: Array.from({ length: 100_000 }, (_, index) => index),
  s: 'a'.repeat(100_000),
});

for (const [what, text] of Object.entries(HEAVY)) {
  test(`${what}: the evaluation is stopped with a failure before long`, () => {
    const begin = performance.now();
    const result = evaluate(text, LONG);
    assert.equal(result.ok, false);
    assert.match(result.ok ? '' : result.message, /: more than \d+ steps|: a text of more than/);
    assert.ok(performance.now() - begin < 10_000);
  });
}

const PATIENT: Record<string, string> = {
  'for i in 1..100000 return i': '[1,',
  'count(for i in xs return i * 2)': '100000',
  'count(split(s, ""))': '100001',
  'count(extract(s, "a"))': '100000',
  'string length(replace(s, "a", "bb"))': '200000',
  'matches(s, "^(?:a|b)*$")': 'true',
  'matches(s, "(a?){100}a{100}")': 'true',
  'string length(to base64(s))': '133336',
  'count(distinct values(xs))': '100000',
  'count(union(xs, xs))': '100000',
  'count(sort(for i in 1..5000 return 5000 - i, function(a, b) a < b))': '5000',
  '5 in [1..1000000000000]': 'true',
};

for (const [text, start] of Object.entries(PATIENT)) {
  test(`${text} is done for 100,000 items`, () => {
    assert.ok(jsonOf(text, LONG).startsWith(start));
  });
}

test('a value that is huge when written is no JSON', () => {
  const result = evaluate('for i in xs return xs', LONG);
  assert.ok(result.ok);
  assert.throws(() => toJson(result.value), { code: 'FEEL_JSON' });
  const [warning = ''] = warningsOf('to json(for i in xs return xs)', LONG);
  assert.match(warning, /is longer than \d+ characters/);
});

test('functions that call each other without end fail the evaluation', () => {
  for (const text of ['{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r', '{y: function(f) f(f), r: y(y)}.r']) {
    assert.equal(evaluate(text).ok, false);
  }
});

test('numbers out of range fail the evaluation at once', () => {
  for (const text of ['10 ** 999999999', '7 ** 123456789', 'number("1e99999") * 10 ** 99999']) {
    assert.match(evaluate(text).ok ? '' : 'failed', /failed/);
  }
});

test('patterns that are too large or too deep are no patterns', () => {
  for (const pattern of ['((a{1,999}b){1,999}c){1,999}', '('.repeat(10_000), '['.repeat(10_000)]) {
    const [warning = ''] = warningsOf('matches("a", p)', JSON.stringify({ p: pattern }));
    assert.match(
      warning,
      /^\[FUNCTION_INVOCATION_FAILURE\] Failed to invoke function 'matches': Invalid pattern/,
    );
  }
});

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
