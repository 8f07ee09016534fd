import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWarnings } from './index.ts';
import { evaluate, warningsOf } from './test-support.ts';

// The texts of the first block are recorded in incidents of a real Zeebe 8.6.0.
const WARNINGS: readonly (readonly [expression: string, variables: string, ...warnings: string[]])[] = [
  [
    '"before-" + kind',
    '{}',
    "[NO_VARIABLE_FOUND] No variable found with name 'kind'",
    "[INVALID_TYPE] Can't add 'null' to '\"before-\"'",
  ],
  ['"he" + kind', '{"kind":7}', "[INVALID_TYPE] Can't add '7' to '\"he\"'"],
  ['nothing', '{}', "[NO_VARIABLE_FOUND] No variable found with name 'nothing'"],

  ['"3" = 10', '{}', "[NOT_COMPARABLE] Can't compare '\"3\"' with '10'"],
  ['null < 1', '{}', "[NOT_COMPARABLE] Can't compare 'null' with '1'"],
  ['a.b.c', '{}', "[NO_VARIABLE_FOUND] No variable found with name 'a'"],
  [
    'a.c',
    '{"a":{"b":1}}',
    "[NO_CONTEXT_ENTRY_FOUND] No context entry found with key 'c'. Available keys: 'b'",
  ],
  ['a.c', '{"a":null}', "[NO_CONTEXT_ENTRY_FOUND] No context entry found with key 'c'. The context is null"],
  [
    'today().x',
    '{}',
    "[NO_PROPERTY_FOUND] No property found with name 'x' of value '2024-05-06'. Available properties: 'year', 'month', 'day', 'weekday'",
  ],
  ['a.c', '{"a":{"c":null}}'],
  ['if 1 then 2 else 3', '{}', "[INVALID_TYPE] Expected boolean but found '1'"],
  ['f(1)', '{}', "[NO_FUNCTION_FOUND] No function found with name 'f' and 1 parameters"],
  [
    'sum([1, "a"])',
    '{}',
    "[FUNCTION_INVOCATION_FAILURE] Failed to invoke function 'sum': expected number but found '\"a\"'",
  ],
  ['for x in 5 return x', '{}', "[INVALID_TYPE] Expected list but found '5'"],
  ['date("soon")', '{}'],
];

for (const [expression, variables, ...warnings] of WARNINGS) {
  test(`${expression} with ${variables} is null-tolerant and warns as Zeebe does`, () => {
    assert.deepEqual(warningsOf(expression, variables), warnings);
  });
}

test('a failed assertion fails the evaluation with the text that Zeebe shows', () => {
  const result = evaluate('assert(x, x > 0)', '{"x":0}');
  assert.deepEqual(result, {
    ok: false,
    message:
      "Assertion failure on evaluate the expression 'assert(x, x > 0)': The condition is not fulfilled",
    warnings: [{ code: 'ASSERT_FAILURE', message: 'The condition is not fulfilled' }],
  });
});

test('an assertion that fails inside of an operator fails the evaluation too', () => {
  const result = evaluate('[1, assert(null, false, "no luck")]');
  assert.equal(
    result.ok ? '' : result.message,
    'Assertion failure on evaluate the expression \'[1, assert(null, false, "no luck")]\': no luck',
  );
});

const FAILURES: readonly (readonly [expression: string, message: string])[] = [
  [
    'substring("abc", 10)',
    'failed to evaluate expression \'substring("abc", 10)\' : java.lang.StringIndexOutOfBoundsException: begin 9, end 3, length 3',
  ],
  ['0 ** -1', "failed to evaluate expression '0 ** -1' : java.lang.ArithmeticException: Division by zero"],
  [
    'modulo(1, 0)',
    "failed to evaluate expression 'modulo(1, 0)' : java.lang.ArithmeticException: Division by zero",
  ],
  [
    'stddev([1])',
    "failed to evaluate expression 'stddev([1])' : java.lang.ArithmeticException: Division undefined",
  ],
  [
    'log(0)',
    `failed to evaluate expression 'log(0)' : java.lang.NumberFormatException: Character I is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`,
  ],
  [
    '? > 1',
    "failed to evaluate expression '? > 1': No input value available. '?' can only be used inside an unary-test expression.",
  ],
];

for (const [expression, message] of FAILURES) {
  test(`${expression} has no result, so that the evaluation fails, as in Camunda`, () => {
    assert.deepEqual(evaluate(expression), { ok: false, message, warnings: [] });
  });
}

test('dates out of range fail the evaluation', () => {
  assert.equal(evaluate('date("2024-01-01") + duration("P999999Y")').ok, false);
  assert.equal(evaluate('date and time(date and time("2024-01-01T00:00:00"), "No/Where")').ok, false);
});

test('a message is followed by the warnings as in the incident texts of Zeebe', () => {
  const { warnings } = evaluate('"sg-" + kind', '{"kind":5}');
  const message = "Expected result of the expression '\"sg-\" + kind' to be 'STRING', but was 'NULL'.";
  assert.equal(
    withWarnings(message, warnings),
    `${message} The evaluation reported the following warnings:\n[INVALID_TYPE] Can't add '5' to '"sg-"'`,
  );
  assert.equal(withWarnings(message, []), message);
});

test('a warning shows a long value cut', () => {
  const [warning = ''] = warningsOf(`"${'x'.repeat(90_000)}" + 1`);
  assert.ok(warning.length < 11_000);
});
