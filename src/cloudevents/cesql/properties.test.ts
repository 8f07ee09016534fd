import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { makeEvent } from '../event.ts';
import { CesqlParseError } from './errors.ts';
import { CesqlExpression } from './expression.ts';
import { likeMatcher } from './like.ts';
import { parse } from './parser.ts';
import { printed, type Shape } from './print.test-helper.ts';
import type { Node } from './syntax.ts';

const EVENT = makeEvent({
  id: '1',
  source: '/s',
  type: 'Paid',
  extensions: { a: 5, b: true, c: 'x', d: '-7', e: 'true' },
});

const attributeName = fc.oneof(
  fc.constantFrom('id', 'type', 'a', 'b', 'c', 'd', 'e', 'gone'),
  fc
    .stringMatching(/^[a-z0-9]{0,5}[a-z][a-z0-9]{0,5}$/)
    .filter((name) => !/^(and|or|xor|not|like|in|exists|true|false|data)$/.test(name)),
);
const call = fc.constantFrom(
  'LENGTH',
  'CONCAT',
  'CONCAT_WS',
  'LOWER',
  'UPPER',
  'TRIM',
  'LEFT',
  'RIGHT',
  'SUBSTRING',
  'ABS',
  'INT',
  'BOOL',
  'STRING',
  'IS_INT',
  'IS_BOOL',
  'NOPE',
);
/** A text that can be written: a backslash must not stand before a quote or the end. */
const text = fc.string({ unit: 'binary', maxLength: 8 }).map((value) => value.replaceAll('\\', '/'));

const { shape } = fc.letrec<{ shape: Shape; leaf: Shape }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('literal' as const),
      value: fc.oneof(
        text,
        fc.maxSafeInteger().map((n) => n | 0),
        fc.boolean(),
      ),
    }),
    fc.record({ kind: fc.constant('attribute' as const), name: attributeName }),
    fc.record({ kind: fc.constant('exists' as const), name: attributeName }),
  ),
  shape: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'cesql' },
    tie('leaf'),
    fc.record({ kind: fc.constantFrom('not' as const, 'negate' as const), operand: tie('shape') }),
    fc.record({
      kind: fc.constant('chain' as const),
      level: fc.constantFrom('AND OR XOR', '= != <> < <= > >=', '+ -', '* / %'),
      first: tie('shape'),
      rest: fc.array(fc.tuple(fc.nat(), tie('shape')), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('like' as const),
      operand: tie('shape'),
      pattern: text,
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      operand: tie('shape'),
      elements: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: call,
      operands: fc.array(tie('shape'), { maxLength: 3 }),
    }),
  ),
}));

/** A tree without places. */
function bare(node: Node): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value) =>
      key === 'start' || key === 'end' || key === 'at' ? undefined : value,
    ),
  );
}

const token = fc.constantFrom(
  ...[
    "'",
    '"',
    '\\',
    '(',
    ')',
    ',',
    '%',
    '_',
    '-',
    '+',
    '*',
    '/',
    '<',
    '=',
    '!',
    '<>',
    ' ',
    '\n',
    'AND',
    'or',
    'NOT',
    'LIKE',
  ],
  ...[
    'IN',
    'EXISTS',
    'true',
    '0',
    '2147483648',
    'id',
    'a',
    'gone',
    "'x'",
    "'5'",
    'LENGTH(',
    'CONCAT(',
    '😀',
    '\ud800',
  ],
);

describe('properties of CESQL', () => {
  test('a printed tree parses to the same tree', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const { source, tree } = printed(given);
        assert.deepEqual(bare(parse(source)), JSON.parse(JSON.stringify(tree)));
      }),
    );
  });

  test('every tree evaluates to a value of its type; a filter passes exactly if that is TRUE without error', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const expression = new CesqlExpression(printed(given).source);
        const { value, errors } = expression.evaluate(EVENT);
        const type = { string: 'String', number: 'Integer', boolean: 'Boolean' }[
          typeof value as 'string' | 'number' | 'boolean'
        ];
        if (expression.type !== undefined) assert.equal(type, expression.type);
        if (typeof value === 'number') assert.equal(Object.is(value, value | 0), true);
        assert.equal(expression.matches(EVENT), value === true && errors.length === 0);
      }),
    );
  });

  test('any text either parses or is refused with a place inside of it, and what parses evaluates', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(token).map((all) => all.join('')),
        ),
        (source) => {
          try {
            new CesqlExpression(source).evaluate(EVENT);
          } catch (error) {
            assert.ok(error instanceof CesqlParseError, String(error));
            const { offset, line, column } = error.position;
            assert.ok(offset >= 0 && offset <= source.length && line >= 1 && column >= 1);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('LIKE matches as a regular expression does', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '😀'), { maxLength: 8 }).map((all) => all.join(''));
    const pattern = fc
      .array(fc.constantFrom('a', 'b', '😀', '%', '_', '\\%', '\\_', '\\'), { maxLength: 8 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(letters, pattern, (value, written) => {
        const regex = written.replaceAll(/\\[%_]|[%_\\]|./gsu, (part) =>
          part === '%' ? '.*' : part === '_' ? '.' : part === '\\' ? '\\\\' : part.replace('\\', ''),
        );
        assert.equal(likeMatcher(written)(value), new RegExp(`^(?:${regex})$`, 'su').test(value));
      }),
      { numRuns: 2000 },
    );
  });
});
