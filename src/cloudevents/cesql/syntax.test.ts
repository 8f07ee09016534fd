import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeEvent } from '../event.ts';
import { CesqlParseError } from './errors.ts';
import { type ExplainedPart, explainCesql } from './explain.ts';
import { CesqlExpression } from './expression.ts';

const EVENT = makeEvent({ id: '1', source: '/s', type: 'Paid', subject: 'x' });

function refused(source: string): CesqlParseError {
  try {
    new CesqlExpression(source);
  } catch (error) {
    assert.ok(error instanceof CesqlParseError, String(error));
    return error;
  }
  return assert.fail(`no error: ${source}`);
}

/** Each refusal by the column (of line 1) and a part of the reason. */
function refusals(
  title: string,
  cases: readonly (readonly [source: string, column: number, reason: RegExp])[],
) {
  test(title, () => {
    for (const [source, column, reason] of cases) {
      const error = refused(source);
      assert.deepEqual(error.position, { offset: column - 1, line: 1, column }, source);
      assert.match(error.reason, reason, source);
      assert.equal(error.message, `line 1, column ${column}: ${error.reason}`);
    }
  });
}

describe('errors of CESQL', () => {
  refusals('what is missing is named', [
    ['', 1, /^expected a value.*; the expression is empty$/],
    ['   ', 4, /the expression is empty$/],
    ['type =', 7, /^expected a value: an attribute, .*but found the end of the expression$/],
    ['(1', 3, /^expected an operator or \), but found the end/],
    ['CONCAT(1', 9, /^expected an operator or , or \), but found the end/],
    ['CONCAT(1,)', 10, /^expected a value.*but found \)$/],
    ['NOT', 4, /^expected a value/],
    ["AND type = 'a'", 1, /^expected a value.*but found AND$/],
    ["type = 'a' AND", 15, /^expected a value.*the end of the expression$/],
    ['EXISTS', 7, /^expected the name of an attribute after EXISTS/],
    ["EXISTS 'type'", 8, /found 'type'; write it without quotes/],
    ['EXISTS in', 8, /found in/],
    ["type IN 'a'", 9, /^expected \( after IN, but found 'a'; write the set as/],
    ['type IN ()', 10, /^the set of IN is empty/],
    ['type LIKE', 10, /^expected the pattern of LIKE/],
    ['type LIKE subject', 11, /found subject; a pattern cannot be computed$/],
    ['type LIKE 5', 11, /^expected the pattern of LIKE/],
    ["type = 'a", 8, /^the text that begins here has no end; close it with '/],
    ["type = 'a\\'", 8, /write ' inside it as \\'$/],
    ['+ 5', 1, /sign of an integer/],
    ['+type', 1, /sign of an integer/],
  ]);

  refusals('what is too much is named, with what it probably was', [
    ['1)', 2, /found \); there is no \( for it$/],
    ["type = 'a' adn id = '1'", 12, /but found adn; did you mean AND\?$/],
    ["type lkie 'a'", 6, /did you mean LIKE\?$/],
    ["type = 'a' or id xr 1", 18, /did you mean (OR|XOR)\?$/],
    ["type NOT 'a'", 6, /behind a value NOT must be followed by LIKE or IN$/],
    ['type IS NULL', 6, /write EXISTS name, or NOT EXISTS name/],
    ['n BETWEEN 1 AND 5', 3, /write x >= 1 AND x <= 9 instead/],
    ["type 'a'", 6, /is an = or AND missing|is an operator such as = or AND missing/],
    ["type = 'it''s'", 12, /write a quote inside a text with a backslash before it$/],
    ["type = 'a' subject", 12, /is an operator such as = or AND missing\?$/],
    ["type = 'a', 'b'", 11, /^expected an operator or the end of the expression, but found ,$/],
  ]);

  refusals('habits of other languages are answered with what to write here', [
    ["type == 'a'", 6, /equality is one =$/],
    ['!TRUE', 1, /write NOT, or !=/],
    ['TRUE && FALSE', 6, /write AND$/],
    ['TRUE || FALSE', 6, /write OR, or CONCAT/],
    ['data.amount > 5', 5, /^found a dot;.*the data of an event cannot be read$/],
    ['data = 1', 1, /the data of an event cannot be read/],
    ['1.5 > n', 2, /integers have no fraction/],
    ['type = \u2018a\u2019', 8, /^found the quotation mark ‘; put texts between ' or "$/],
    ['type\u00a0= 1', 5, /invisible character U\+00A0; replace it by a blank/],
    ['type = 😀', 8, /^found 😀, which has no meaning outside of a text/],
    ['TRUE;', 5, /an expression has no end mark/],
    ['my_name = 1', 1, /my_name cannot name an attribute; names are letters and digits without _$/],
    ['F1(x)', 1, /F1 cannot name a function; names of functions are letters and _$/],
    ['2147483648', 1, /out of range/],
    ['- 2147483648', 3, /out of range/],
    ['99999999999999999999999999', 1, /out of range/],
  ]);

  test('the position counts lines, which end with LF, CR or both', () => {
    assert.deepEqual(refused("type = 'a'\n  AND\r\n  id == 5").position, { offset: 23, line: 3, column: 6 });
    assert.deepEqual(refused("'a\r\rb' = \r!").position, { offset: 10, line: 4, column: 1 });
  });

  test('errors of an evaluation have the position of what failed, and say what was meant', () => {
    const { errors } = new CesqlExpression('TRUE AND\n typ = 1').evaluate(EVENT);
    assert.deepEqual(errors, [
      {
        kind: 'missingAttribute',
        message: 'the event has no attribute typ; did you mean type?',
        position: { offset: 10, line: 2, column: 2 },
      },
    ]);
    const first = (source: string) => {
      const [error] = new CesqlExpression(source).evaluate(EVENT).errors;
      return [error?.position.column, error?.message];
    };
    assert.deepEqual(first("NOT type = 'Paid'"), [
      5,
      'the String "Paid" is not a Boolean (true or false); NOT takes only the next value, write NOT (…) around a comparison',
    ]);
    assert.deepEqual(first('1 < type'), [
      5,
      'the String "Paid" is not an Integer (32 bits); <, <=, > and >= compare integers only',
    ]);
    assert.deepEqual(first('1 + 2 / 0'), [7, 'division by zero']);
    assert.deepEqual(first('1 + LENGHT(type)'), [5, 'there is no function LENGHT; did you mean LENGTH?']);
    assert.deepEqual(first('SUBSTRING(type)'), [1, 'SUBSTRING takes 2 or 3 operands, not 1']);
    assert.deepEqual(first('CONCAT_WS()'), [1, 'CONCAT_WS takes 1 or more operands, not 0']);
    assert.deepEqual(first('subjekt'), [1, 'the event has no attribute subjekt; did you mean subject?']);
    assert.deepEqual(first('type = NULL'), [
      8,
      'CESQL has no NULL; write EXISTS name to ask whether an attribute is there',
    ]);
    assert.deepEqual(first('amount = 5'), [1, 'the event has no attribute amount']);
  });

  test('a call that can never be carried out is known without an event', () => {
    const missing = (source: string) => new CesqlExpression(source).missingFunction;
    const { kind, position } = missing("TRUE OR type IN (1, -LENGHT('a')) AND FOO()") ?? {};
    assert.deepEqual([kind, position?.column], ['missingFunction', 22]);
    assert.equal(missing('NOT (1 < ABS(1, 2))')?.message, 'ABS takes 1 operand, not 2');
    assert.equal(missing("LENGTH(type LIKE 'x') = 1"), undefined);
  });
});

describe('the explanation of an expression', () => {
  test('names the operands of AND, OR, XOR and NOT with what each gave, and those that were not looked at', () => {
    const shown = (parts: readonly ExplainedPart[]): unknown[] =>
      parts.map(({ operator = '', text, evaluation, parts: inner }) => [
        operator,
        text,
        evaluation?.value,
        evaluation?.errors.length,
        ...shown(inner),
      ]);
    const explain = (source: string) => shown(explainCesql(new CesqlExpression(source), EVENT));
    assert.deepEqual(explain("type = 'Paid'"), []);
    assert.deepEqual(explain("(type = 'a') OR ((id) = 1 AND NOT (EXISTS subject)) OR TRUE"), [
      ['', "type = 'a'", false, 0],
      [
        'OR',
        '(id) = 1 AND NOT (EXISTS subject)',
        false,
        0,
        ['', '(id) = 1', true, 0],
        ['AND', 'NOT (EXISTS subject)', false, 0, ['NOT', 'EXISTS subject', true, 0]],
      ],
      ['OR', 'TRUE', true, 0],
    ]);
    assert.deepEqual(explain('FALSE AND gone OR id XOR gone XOR TRUE'), [
      ['', 'FALSE', false, 0],
      ['AND', 'gone', undefined, undefined],
      ['OR', 'id', '1', 0],
      ['XOR', 'gone', undefined, undefined],
      ['XOR', 'TRUE', undefined, undefined],
    ]);
  });
});

describe('limits of CESQL', () => {
  test('expressions may have 16,384 characters', () => {
    const most = `'${'x'.repeat(16_382)}'`;
    assert.equal(new CesqlExpression(most).evaluate(EVENT).value, 'x'.repeat(16_382));
    assert.match(refused(`${most} `).reason, /may have 16384 characters, this one has 16385/);
  });

  test('nesting may be 100 deep, whatever nests', () => {
    const nest = (open: string, close: string, depth: number) =>
      `${open.repeat(depth)}TRUE${close.repeat(depth)}`;
    for (const [open, close] of [
      ['(', ')'],
      ['NOT ', ''],
      ['- ', ''],
      ['CONCAT(', ')'],
      ['1 IN (', ')'],
      ['1 + (2 * ', ')'],
    ] as const) {
      new CesqlExpression(nest(open, close, 100)).evaluate(EVENT);
      const error = refused(nest(open, close, 101));
      assert.match(error.reason, /nested more than 100 deep/, open);
      assert.match(refused(nest(open, close, Math.floor(16_000 / (open + close).length))).reason, /nested/);
    }
    new CesqlExpression(`TRUE${" LIKE 'a'".repeat(101)}`).evaluate(EVENT);
    assert.match(refused(`TRUE${" LIKE 'a'".repeat(102)}`).reason, /nested/);
  });

  test('long chains of operators are neither deep nor slow', () => {
    const chain = (operand: string, operator: string) =>
      Array(Math.floor(16_000 / (operand.length + operator.length)))
        .fill(operand)
        .join(operator);
    const start = performance.now();
    assert.equal(new CesqlExpression(chain('TRUE', ' AND ')).matches(EVENT), true);
    assert.equal(new CesqlExpression(chain('1', '*')).evaluate(EVENT).value, 1);
    assert.equal(new CesqlExpression(chain('0', '+')).evaluate(EVENT).value, 0);
    assert.equal(new CesqlExpression(chain("type='Paid'", ' AND ')).matches(EVENT), true);
    assert.equal(new CesqlExpression(`'9' IN (${chain("'1'", ',')})`).matches(EVENT), false);
    assert.equal(new CesqlExpression(chain("type IN ('Paid')", ' AND ')).matches(EVENT), true);
    assert.ok(performance.now() - start < 2000);
  });

  test('a pattern of LIKE never tries a text again and again', () => {
    const subject = 'a'.repeat(60_000);
    const event = makeEvent({ id: '1', source: '/s', type: 'T', subject });
    const start = performance.now();
    assert.equal(new CesqlExpression(`subject LIKE '${'%a'.repeat(4000)}%b'`).matches(event), false);
    assert.equal(new CesqlExpression(`subject LIKE '${'%a_'.repeat(4000)}'`).matches(event), true);
    assert.equal(new CesqlExpression(`subject LIKE '%${'a'.repeat(1000)}b%'`).matches(event), false);
    assert.ok(performance.now() - start < 2000);
  });
});
