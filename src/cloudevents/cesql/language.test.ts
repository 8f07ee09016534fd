import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeEvent } from '../event.ts';
import type { CesqlErrorKind } from './errors.ts';
import { CesqlExpression } from './expression.ts';
import type { Value } from './values.ts';

const EVENT = makeEvent({
  id: 'myId',
  source: 'https://example.com/shop',
  type: 'com.example.paid',
  subject: 'Order 7',
  time: '2030-01-31T12:00:00+02:00',
  extensions: { amount: 12, price: '30', paid: true, flag: 'TrUe', city: 'Zürich', face: 'a😀b', n1: 'x' },
});

type Case = readonly [expression: string, value: Value, ...errors: CesqlErrorKind[]];

function check(title: string, cases: readonly Case[]): void {
  test(title, () => {
    for (const [source, value, ...kinds] of cases) {
      const expression = new CesqlExpression(source);
      const { value: found, errors } = expression.evaluate(EVENT);
      assert.deepEqual([found, ...errors.map(({ kind }) => kind)], [value, ...kinds], source);
      assert.equal(expression.matches(EVENT), found === true && errors.length === 0, source);
    }
  });
}

describe('CESQL', () => {
  check('literals are texts in either quotes, integers of 32 bits with or without sign, TRUE and FALSE', [
    ["'abc'", 'abc'],
    ['"abc"', 'abc'],
    ["''", ''],
    ["'aBc'", 'aBc'],
    ["'a\"b\\'c'", 'a"b\'c'],
    ['"a\'b\\"c"', 'a\'b"c'],
    ["'a\\\"b'", 'a\\"b'],
    ["'a\\nb'", 'a\\nb'],
    ["'a\\\\'", 'a\\\\'],
    ["'two\nlines'", 'two\nlines'],
    ['0', 0],
    ['007', 7],
    ['+5', 5],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
    ['TRUE', true],
    ['false', false],
    ['tRuE', true],
    [' \t\r\n1 ', 1],
  ]);

  check('attributes have the type of the event, are read ignoring case, and fail where they are missing', [
    ['id', 'myId'],
    ['specversion', '1.0'],
    ['source', 'https://example.com/shop'],
    ['time', '2030-01-31T12:00:00+02:00'],
    ['amount', 12],
    ['paid', true],
    ['n1', 'x'],
    ['SubJect', 'Order 7'],
    ['missing', false, 'missingAttribute'],
    ['1abc', false, 'missingAttribute'],
    ['constructor', false, 'missingAttribute'],
    ['toString', false, 'missingAttribute'],
  ]);

  check('arithmetic is that of integers', [
    ['4 * 2 + 4 / 2', 10],
    ['4 * (2 + 4) / 2', 12],
    ['4-1', 3],
    ['4 -1', 3],
    ['4 - -1', 5],
    ['4+1', 5],
    ['10 - 3 - 2', 5],
    ['100 / 5 / 2', 10],
    ['7 % 4 * 2', 6],
    ['5 / 3', 1],
    ['-5 / 3', -1],
    ['5 / -3', -1],
    ['-1 / 2', 0],
    ['5 % 2', 1],
    ['-5 % 2', -1],
    ['5 % -2', 1],
    ['-4 % 2', 0],
    ['5 / 0', 0, 'math'],
    ['5 % 0', 0, 'math'],
    ["'5' + '3'", 8],
    ["'+5' + '-3'", 2],
    ['5 + TRUE', 6],
    ["5 + 'x'", 0, 'cast'],
    ["'x' + 'y'", 0, 'cast', 'cast'],
    ["5 + ''", 0, 'cast'],
    ["5 + ' 1'", 0, 'cast'],
    ["5 + '1.0'", 0, 'cast'],
    ["5 + '2147483648'", 0, 'cast'],
  ]);

  check('a result that 32 bits do not hold is a math error, not another number', [
    ['2147483647 + 1', 0, 'math'],
    ['-2147483648 - 1', 0, 'math'],
    ['65536 * 65536', 0, 'math'],
    ['-2147483648 * -2147483648', 0, 'math'],
    ['-2147483648 / -1', 0, 'math'],
    ['-2147483648 % -1', 0],
    ['-(-2147483648)', 0, 'math'],
    ['-2147483647 - 1', -2147483648],
    ['2147483647 + 1 - 1', 0, 'math'],
  ]);

  check('minus and NOT cast their operand and bind tighter than everything but a call', [
    ['--10', 10],
    ['- 10', -10],
    ["-'10'", -10],
    ["--'10'", 10],
    ['-TRUE', -1],
    ['-amount * 2', -24],
    ["-'x'", 0, 'cast'],
    ['NOT TRUE', false],
    ["NOT 'FALSE'", true],
    ['NOT 10', false],
    ['NOT 0', true],
    ['NOT NOT TRUE', true],
    ['NOT EXISTS missing', true],
    ['NOT IS_INT(subject)', true],
    ['NOT FALSE = TRUE', true],
    ["NOT paid LIKE 'f%'", true],
    ["NOT 'x'", false, 'cast'],
    ["NOT type = 'a'", false, 'cast'],
  ]);

  check('= and != compare in the type of the right operand, with case; <> is !=', [
    ["'abc' = 'abc'", true],
    ["'abc' = 'ABC'", false],
    ["'abc' != 'abc'", false],
    ["'abc' <> 'x'", true],
    ['1 = 2', false],
    ['1 != 2', true],
    ['TRUE = FALSE', false],
    ["TRUE = 'TRUE'", false],
    ["'TRUE' = TRUE", true],
    ["TRUE = 'true'", true],
    ['price = 30', true],
    ["amount = '12'", true],
    ["amount = '012'", false],
    ["'012' = amount", true],
    ['flag = TRUE', true],
    ['amount = TRUE', true],
    ["'x' = 1", false, 'cast'],
    ["'x' != 1", false, 'cast'],
    ["'x' = TRUE", false, 'cast'],
    ['1 = 1 = TRUE', true],
    ['5 = 5 = 5', false],
  ]);

  check('<, <=, > and >= compare integers', [
    ['1 < 2', true],
    ['2 < 2', false],
    ['2 <= 2', true],
    ['3 <= 2', false],
    ['2 > 1', true],
    ['2 > 2', false],
    ['2 >= 2', true],
    ['2 >= 3', false],
    ['amount < price', true],
    ["'a' < 'b'", false, 'cast', 'cast'],
    ["time > '2020'", false, 'cast'],
  ]);

  check('AND and OR look no further once they have decided; the three are equals from left to right', [
    ['TRUE AND TRUE', true],
    ['TRUE AND FALSE', false],
    ['FALSE OR TRUE', true],
    ['FALSE OR FALSE', false],
    ['TRUE XOR TRUE', false],
    ['TRUE XOR FALSE', true],
    ['FALSE XOR TRUE', true],
    ['FALSE AND 1 / 0 = 1', false],
    ['TRUE OR 1 / 0 = 1', true],
    ['TRUE AND 1 != 1 / 0', false, 'math'],
    ['FALSE OR 1 != 1 / 0', false, 'math'],
    ['FALSE AND missing', false],
    ['TRUE OR missing', true],
    ['TRUE OR FALSE AND FALSE', false],
    ['TRUE OR (FALSE AND FALSE)', true],
    ['TRUE XOR TRUE OR TRUE', true],
    ['FALSE AND missing OR TRUE', true],
    ["1 AND 'true'", true],
    ["TRUE AND 'x'", false, 'cast'],
    ["'x' OR TRUE", false, 'cast'],
    ['FALSE XOR missing', false, 'missingAttribute'],
    ['missing OR TRUE', false, 'missingAttribute'],
  ]);

  check('an operation with an operand that failed has the zero value of its type, and the errors stay', [
    ['missing = 2', false, 'missingAttribute'],
    ['missing != 2', false, 'missingAttribute'],
    ['2 <> missing', false, 'missingAttribute'],
    ['missing <= 2', false, 'missingAttribute'],
    ['missing = other', false, 'missingAttribute', 'missingAttribute'],
    ['missing * 5', 0, 'missingAttribute'],
    ['missing / 0', 0, 'missingAttribute'],
    ['1 % missing', 0, 'missingAttribute'],
    ['-missing', 0, 'missingAttribute'],
    ['NOT missing', false, 'missingAttribute'],
    ['NOT (missing = 1)', false, 'missingAttribute'],
    ["missing LIKE 'a'", false, 'missingAttribute'],
    ["missing NOT LIKE 'a'", false, 'missingAttribute'],
    ['missing IN (1)', false, 'missingAttribute'],
    ['missing NOT IN (1)', false, 'missingAttribute'],
    ['1 IN (missing, 1)', false, 'missingAttribute'],
    ['1 NOT IN (missing)', false, 'missingAttribute'],
    ['CONCAT(missing, "a")', '', 'missingAttribute'],
    ['LENGTH(missing)', 0, 'missingAttribute'],
    ['IS_INT(missing)', false, 'missingAttribute'],
    ['STRING(missing)', '', 'missingAttribute'],
    ["TRUE AND (missing = '')", false, 'missingAttribute'],
    ['1 / 0 + 5', 0, 'math'],
    ['LENGTH(LEFT("abc", -1))', 0, 'functionEvaluation'],
  ]);

  check('LIKE takes % for any text and _ for one character, \\ for themselves', [
    ["'abc' LIKE 'abc'", true],
    ["'abc' LIKE 'ABC'", false],
    ["'ab\\c' LIKE 'ab\\c'", true],
    ["'abc' NOT LIKE 'abc'", false],
    ["'' LIKE ''", true],
    ["'' LIKE '%'", true],
    ["'' LIKE '_'", false],
    ["'abc' LIKE ''", false],
    ["'azzzbzzzc' LIKE 'a%b%c'", true],
    ["'ab.cde' LIKE '.%.%.'", false],
    ["'.ab.cde.' LIKE '.%.%.'", true],
    ["'azbzc' LIKE 'a_b_c'", true],
    ["'azbc' LIKE 'a_b_c'", false],
    ["'a_b%c' LIKE 'a\\_b\\%c'", true],
    ["'azbzc' LIKE 'a\\_b\\%c'", false],
    ["'aab' LIKE '%ab'", true],
    ["'aba' LIKE 'ab%ba'", false],
    ["'abcabd' LIKE '%ab_%d'", true],
    ["face LIKE 'a_b'", true],
    ["face LIKE 'a__b'", false],
    ["face LIKE '%_b'", true],
    ["city LIKE 'Z_rich'", true],
    ["234 LIKE '23_'", true],
    ["TRUE LIKE 'tr%'", true],
    ['type LIKE "com.%" AND source LIKE \'%shop\'', true],
    ["'true' LIKE 'x' LIKE 'f%'", true],
    ["'a\nb' LIKE 'a_b'", true],
    ["'it\\'s' LIKE '%\\'s'", true],
  ]);

  check('EXISTS asks for an attribute of the event', [
    ['EXISTS id', true],
    ['exists SUBJECT', true],
    ['EXISTS missing', false],
    ['EXISTS 123', false],
    ['EXISTS missing AND missing = 1', false],
  ]);

  check('IN casts the elements to the type of the left operand', [
    ['1 IN (1, 2)', true],
    ['3 IN (1, 2)', false],
    ['3 NOT IN (1, 2)', true],
    ["'a' IN ('b', 'a')", true],
    ["id IN ('x', id)", true],
    ["'1' IN (1, 2)", true],
    ["1 IN ('1')", true],
    ["TRUE IN ('TRUE')", true],
    ["'TRUE' IN (TRUE)", false],
    ["'true' IN (TRUE)", true],
    ['amount IN (5 + 7)', true],
    ["1 IN ('a', 1)", false, 'cast'],
    ["1 IN (1, 'a')", true],
    ["1 NOT IN ('a')", false, 'cast'],
    ["id LIKE 'my%' IN (TRUE)", true],
    ['2 * 3 IN (3)', 2],
  ]);

  check('functions handle texts by Unicode characters', [
    ["LENGTH('abc')", 3],
    ["LENGTH('')", 0],
    ['LENGTH(TRUE)', 4],
    ['LENGTH(face)', 3],
    ["CONCAT('a', 'b', 1, TRUE)", 'ab1true'],
    ['CONCAT()', ''],
    ["CONCAT_WS(',', 'a', 'b', 'c')", 'a,b,c'],
    ["CONCAT_WS(',')", ''],
    ["CONCAT_WS(',', 'a')", 'a'],
    ["lower('AbC')", 'abc'],
    ["UPPER('AbC')", 'ABC'],
    ['UPPER(city)', 'ZÜRICH'],
    ["TRIM('  a b\t\n')", 'a b'],
    ["TRIM('\u0085\u00a0\u3000x\u2009')", 'x'],
    ["TRIM('\ufeffx\u0000')", '\ufeffx\u0000'],
    ["LEFT('abc', 2)", 'ab'],
    ["LEFT('abc', 10)", 'abc'],
    ["LEFT('', 0)", ''],
    ['LEFT(face, 2)', 'a😀'],
    ["LEFT('abc', -2)", 'abc', 'functionEvaluation'],
    ["RIGHT('abc', 2)", 'bc'],
    ["RIGHT('abc', 10)", 'abc'],
    ["RIGHT('abc', 0)", ''],
    ['RIGHT(face, 2)', '😀b'],
    ["RIGHT('abc', -2)", 'abc', 'functionEvaluation'],
    ["SUBSTRING('abcdef', 1)", 'abcdef'],
    ["SUBSTRING('Quadratically', 5)", 'ratically'],
    ["SUBSTRING('Sakila', -3)", 'ila'],
    ["SUBSTRING('abcdef', 2, 4)", 'bcde'],
    ["SUBSTRING('abcdef', 2, 400)", 'bcdef'],
    ["SUBSTRING('abcdef', 6, 1)", 'f'],
    ["SUBSTRING('Sakila', -5, 3)", 'aki'],
    ["SUBSTRING('Sakila', -6)", 'Sakila'],
    ['SUBSTRING(face, 2, 1)', '😀'],
    ["SUBSTRING('abc', 0)", ''],
    ["SUBSTRING('abc', 0, 1)", ''],
    ["SUBSTRING('abc', 1, 0)", ''],
    ["SUBSTRING('abc', 4)", '', 'functionEvaluation'],
    ["SUBSTRING('abc', -4, 10)", '', 'functionEvaluation'],
    ["SUBSTRING('abc', 1, -1)", '', 'functionEvaluation'],
    ["SUBSTRING('abc', 'x')", '', 'cast'],
  ]);

  check('ABS and the casts', [
    ['ABS(10)', 10],
    ['ABS(-10)', 10],
    ["ABS('-10')", 10],
    ['ABS(-2147483648)', 2147483647, 'math'],
    ["INT('-1')", -1],
    ["INT('+1')", 1],
    ["INT('-0')", 0],
    ['INT(TRUE)', 1],
    ["INT('ABC')", 0, 'cast'],
    ["BOOL('TRUE')", true],
    ['BOOL(0)', false],
    ['BOOL(-50)', true],
    ["BOOL('ABC')", false, 'cast'],
    ['STRING(TRUE)', 'true'],
    ['STRING(-1)', '-1'],
    ['STRING(007)', '7'],
    ["IS_INT('12')", true],
    ["IS_INT('1x')", false],
    ['IS_INT(TRUE)', true],
    ["IS_BOOL('false')", true],
    ["IS_BOOL('no')", false],
    ['IS_BOOL(3)', true],
  ]);

  check(
    'a call that no function takes is FALSE and an error; functions are overloaded by their number of operands',
    [
      ['CONCAT_WS()', false, 'missingFunction'],
      ["LENGTH('a', 'b')", false, 'missingFunction'],
      ['SUBSTRING("a")', false, 'missingFunction'],
      ['SUBSTRING("a", 1, 1, 1)', false, 'missingFunction'],
      ['NOPE(1)', false, 'missingFunction'],
      ['CONSTRUCTOR()', false, 'missingFunction'],
      ['TRUE OR NOPE()', true],
      ['NOPE() + 1', 0, 'missingFunction'],
    ],
  );

  check('what the specification shows', [
    ['int(amount) < int(price) and int(amount) < 1000', true],
    ['amount < price', true],
    ["(id = 'x' AND subject = 'y') OR subject = 'Order 7'", true],
    ['TRUE = "true" AND FALSE = "false"', true],
    ['TRUE = "TRUE" OR FALSE = "FALSE"', false],
    ['EXISTS subject', true],
  ]);

  test('a text that a function makes is bounded', () => {
    const long = 'x'.repeat(200_000);
    const event = makeEvent({ id: '1', source: '/s', type: 'T', extensions: { long } });
    for (const source of ['CONCAT(long, long)', 'CONCAT_WS(long, 1, 2, 3)', 'UPPER(CONCAT(long, long))']) {
      const { value, errors } = new CesqlExpression(source).evaluate(event);
      assert.deepEqual([value, errors.map(({ kind }) => kind)], ['', ['functionEvaluation']], source);
    }
  });

  test('the list of errors is bounded', () => {
    const { errors } = new CesqlExpression(Array(500).fill('m').join(' + ')).evaluate(EVENT);
    assert.equal(errors.length, 100);
  });
});
