import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, scopeOf, typeName } from './index.ts';
import { evaluate, jsonOf, resultOf, warningsOf } from './test-support.ts';

const RESULTS: readonly (readonly [expression: string, result: string, variables?: string])[] = [
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['2 ** 3 ** 2', '64'],
  ['10 - 2 - 3', '5'],
  ['-2 ** 2', '4'],
  ['0.1 + 0.2 = 0.3', 'true'],
  ['9007199254740993 + 1', '9007199254740994'],
  ['9223372036854775807 + 0', '9223372036854775807'],
  ['9223372036854775807 + 1', '9223372036854776000'],
  ['2 ** 100', '1.2676506002282294e+30'],
  ['0 * -1', '0'],
  ['string(1.50 * 2)', '"3.00"'],
  ['string(10 / 4)', '"2.5"'],
  ['string(x)', '"5.0"', '{"x":5.0}'],
  ['x', '5', '{"x":5.0}'],
  ['1 = 1.0', 'true'],
  ['if x > 1 then "big" else "small"', '"big"', '{"x":2}'],
  ['x between 1 and 3 and true', 'true', '{"x":2}'],
  ['x in (> 5, [1..2], "a")', 'true', '{"x":2}'],
  ['x in (? > 1)', 'true', '{"x":2}'],
  ['x in ys', 'true', '{"x":2,"ys":[1,2]}'],
  ['not(x in (1, 2))', 'false', '{"x":2}'],
  ['some x in xs satisfies x = 2 and x > 1', 'true', '{"xs":[1,2]}'],
  ['for x in xs return for y in [x] return y * 2', '[[2],[4]]', '{"xs":[1,2]}'],
  ['for i in 1..3, j in [10, 20] return i + j', '[11,21,12,22,13,23]'],
  ['for i in 1..0 return i', '[1,0]'],
  ['{a: 1, b: {c: a + 1}}.b.c', '2'],
  ['{twice: function(x) x * 2, r: twice(x: 4)}.r', '8'],
  ['{f: function(x) x}.f(5)', '5'],
  ['{f: function(x) x, a: 1}', '{"a":1}'],
  ['[function(x) x]', '[null]'],
  ['xs[item > 1 and item < 3]', '[2]', '{"xs":[1,2,3]}'],
  ['xs[a > 1][1].b', '"y"', '{"xs":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}'],
  ['xs[i]', '20', '{"xs":[10,20],"i":2}'],
  ['xs[count(xs)]', '20', '{"xs":[10,20]}'],
  ['[][1]', 'null'],
  ['`a b` + c.`d-e`', '3', '{"a b":1,"c":{"d-e":2}}'],
  ['for `each one` in [1] return `each one`', '[1]'],
  ['{"a-b": 1, x: a-b}.x', '3', '{"a":5,"b":2}'],
  ['date + time', '3', '{"date":1,"time":2}'],
  ['order.date', '1', '{"order":{"date":1}}'],
  ['1 + // one\n 2 /* two */', '3'],
  ['if true\nthen 1\nelse 2', '1'],
  ['"// no comment" + "`"', '"// no comment`"'],
  ['"\\\\n \\n"', '"\\\\n \\n"'],
  ['date("2024-02-30")', 'null'],
  ['date(d) < today()', 'true', '{"d":"2024-05-05"}'],
  [
    'date and time("2024-03-31T01:30:00@Europe/Berlin") + duration("PT1H")',
    '"2024-03-31T03:30+02:00[Europe/Berlin]"',
  ],
  ['date and time("2024-01-01T10:00:00Z") = date and time("2024-01-01T11:00:00+01:00")', 'false'],
  ['date and time("2024-01-01T10:00:00Z") - date and time("2024-01-01T11:30:00+01:00")', '"PT-30M"'],
  ['duration("P1DT2H").hours', '2'],
  ['duration("P1Y") + duration("P2M")', '"P1Y2M"'],
  ['duration("P1Y") / 5', '"P2M"'],
  ['-1 * duration("P3M")', '"P-3M"'],
  ['duration("PT1.5S")', '"PT1.5S"'],
  ['-duration("PT1H") = null', 'true'],
  ['string(duration("P1DT36H5S"))', '"P2DT12H5S"'],
  ['time("10:00:00@Europe/Berlin").time offset', '"PT1H"'],
  ['@"P1Y" instance of years and months duration', 'true'],
  ['now() instance of date and time', 'true'],
  ['1 instance of Any', 'true'],
  ['years and months duration(date("2024-01-31"), date("2025-03-01"))', '"P1Y1M"'],
  ['cycle(3, duration("PT10S"))', '"R3/PT10S"'],
  ['cycle(duration("P1D"))', '"R/P1D"'],
  ['cycle(duration("PT36H0.5S"))', '"R/PT36H0.5S"'],
  ['get or else(missing, "x")', '"x"'],
  ['is defined(missing)', 'false'],
  ['number(from: "1,5", grouping separator: null, decimal separator: ",")', '1.5'],
  ['number("1 000", " ")', '1000'],
  ['substring("abcdef", -3, 2)', '"de"'],
  ['replace("2024-01", "(\\d+)-(\\d+)", "$2/$1")', '"01/2024"'],
  ['replace("aXb", "x", "-", "i")', '"a-b"'],
  ['matches("foobar", "^fo*b")', 'true'],
  ['split("a1b22c", "\\d")', '["a","b","","c"]'],
  ['extract("a1b2", "\\d")', '["1","2"]'],
  ['to base64("ä€😀a")', '"w6Tigqzwn5iAYQ=="'],
  ['string join(["a", null, "b"], ", ", "[", "]")', '"[a, b]"'],
  ['distinct values([1, 1.0, "1", null, null, [1], [1.0]])', '[1,"1",null,[1]]'],
  ['duplicate values([1, 2, 1.0, "a", "a"])', '[1,"a"]'],
  ['union([1], 2, [1, 3])', '[1,2,3]'],
  ['sublist([1, 2, 3, 4], -3, 2)', '[2,3]'],
  ['remove([1, 2, 3], -1)', '[1,2]'],
  ['all([true, null])', 'null'],
  ['all([true, null, false])', 'false'],
  ['any(false, true)', 'true'],
  ['min("b", "a")', '"a"'],
  ['max([date("2024-01-01"), date("2024-02-01")])', '"2024-02-01"'],
  ['sort(["b", "a"], function(x, y) x < y)', '["a","b"]'],
  ['decimal(1.115, 2, "half_up")', '1.12'],
  ['round up(-5.1, 0)', '-6'],
  ['context put({a: 1}, ["b", "c"], 2)', '{"a":1,"b":{"c":2}}'],
  ['get entries({a: 1})[1].key', '"a"'],
  ['before(1, [2..3])', 'true'],
  ['overlaps before([1..5), [5..9])', 'false'],
  ['includes([date("2024-01-01")..date("2024-12-31")], date("2024-05-01"))', 'true'],
  ['coincides([1..5], [1..5))', 'false'],
  ['[1..5]', 'null'],
];

for (const [expression, result, variables] of RESULTS) {
  test(`${JSON.stringify(expression)}${variables === undefined ? '' : ` with ${variables}`} gives ${result}`, () => {
    assert.equal(jsonOf(expression, variables), result);
  });
}

test('types are named as in the incident texts of Zeebe', () => {
  const names = [
    'null',
    '1',
    '1.5',
    '"a"',
    'true',
    '[]',
    '{}',
    'now()',
    'today()',
    'duration("P1D")',
    'duration("P1M")',
  ];
  assert.deepEqual(
    names.map((text) => typeName(resultOf(text))),
    [
      'NULL',
      'NUMBER',
      'NUMBER',
      'STRING',
      'BOOLEAN',
      'ARRAY',
      'OBJECT',
      'DATE_TIME',
      'DATE',
      'DURATION',
      'PERIOD',
    ],
  );
});

test('free variables are listed once, without those that the expression binds', () => {
  const { variables } = compile(
    '[for x in xs return {a: x + y, b: a}.b, (function(p) p + q), xs[item > r], c.d]',
  );
  assert.deepEqual(variables, ['xs', 'y', 'q', 'r', 'c']);
});

test('names like those of object prototypes are plain names', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    assert.equal(jsonOf(name, '{}'), 'null');
    assert.equal(jsonOf(`${name}.x`, `{"${name}":{"x":1}}`), '1');
    assert.equal(jsonOf(`{${name}: 1}`), `{"${name}":1}`);
    assert.equal(jsonOf(`{}.${name}`), 'null');
    assert.equal(jsonOf(`1.5.${name}`.replace('1.5', '(1.5)')), 'null');
    assert.deepEqual(warningsOf(`${name}(1)`), [
      `[NO_FUNCTION_FOUND] No function found with name '${name}' and 1 parameters`,
    ]);
  }
});

test('a scope over a record reads its own properties only', () => {
  const scope = scopeOf({ a: 1 });
  assert.equal(scope.get('a'), 1);
  assert.equal(scope.get('toString'), undefined);
});

test('random functions exist only where the environment has randomness', () => {
  const uuid = evaluate('uuid()', '{}', () => 0.5);
  assert.equal(uuid.ok && uuid.value, '88888888-8888-4888-8888-888888888888');
  assert.deepEqual(warningsOf('random number()'), [
    "[NO_FUNCTION_FOUND] No function found with name 'random number' and 0 parameters",
  ]);
});
