import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileUnaryTests, FeelSyntaxError, type FeelValue, scopeOf } from './index.ts';

const CASES: readonly (readonly [tests: string, input: FeelValue, result: FeelValue])[] = [
  ['-', 1, true],
  ['5', 5, true],
  ['5', 6, false],
  ['1, 2, 3', 2, true],
  ['"a", "b"', 'b', true],
  ['> 5', 6, true],
  ['> 5, < 2', 3, false],
  ['[1..3]', 3, true],
  ['[1..3)', 3, false],
  [']1..3]', 1, false],
  ['not(1, 2)', 2, false],
  ['not("a")', 'b', true],
  ['true', true, true],
  ['true', false, false],
  ['false', false, true],
  ['not(true)', false, false],
  ['not(false)', null, true],
  ['not(false)', 'true', null],
  ['true, null', 'a', true],
  ['null', null, true],
  ['x', 7, true],
  ['xs', 8, true],
  ['xs', 9, false],
  ['? > 3 and ? < 5', 4, true],
  ['? > 3 and ? < 5', 5, false],
  ['contains(?, "b")', 'abc', true],
  ['-5', -5, true],
  ['< limit', 9, true],
  ['> 5', 'a', null],
  // As Camunda's engine 1.18 answers: `true` is a mere value only where it comes last.
  ['true, 5', 1, true],
  ['5, true', 1, null],
  ['5, true', true, true],
  ['not(true)', false, false],
  ['not(false)', true, true],
  ['1 = 2', 5, null],
  ['1 = 2', false, true],
];

for (const [text, input, result] of CASES) {
  test(`the unary tests ${text} of ${JSON.stringify(input)} give ${result}`, () => {
    const scope = scopeOf({ x: 7, xs: [7, 8], limit: 10 });
    const evaluation = compileUnaryTests(text).evaluate(input, scope, { nowMs: () => 0 });
    assert.ok(evaluation.ok);
    assert.equal(evaluation.value, result);
  });
}

test('the variables of unary tests do not include the input', () => {
  assert.deepEqual(compileUnaryTests('? > low, [a..b]').variables, ['low', 'a', 'b']);
});

test('text that is no unary test is refused', () => {
  for (const text of ['', '> ', '1,', 'not(']) assert.throws(() => compileUnaryTests(text), FeelSyntaxError);
});
