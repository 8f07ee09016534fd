import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Decimal } from './decimal.ts';
import {
  add,
  compareNumbers,
  divide,
  fromDecimal,
  multiply,
  numberOf,
  raise,
  subtract,
  toDouble,
} from './numbers.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -20, max: 20 }))
  .map(([unscaled, scale]) => new Decimal(unscaled, scale));

function parse(text: string): Decimal {
  const value = Decimal.parse(text);
  assert.ok(value !== undefined);
  return value;
}

test('the text of a decimal reads back as the same decimal', () => {
  fc.assert(
    fc.property(decimals, (value) => {
      const again = parse(value.toString());
      assert.equal(again.compare(value), 0);
      assert.equal(again.toString(), value.toString());
    }),
  );
});

test('sums and products of integers are exact up to 34 digits', () => {
  const integers = fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n });
  const big = (value: bigint) => numberOf(value) ?? 0;
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      assert.equal(String(add(big(a), big(b))), String(a + b));
      assert.equal(String(subtract(big(a), big(b))), String(a - b));
      assert.equal(String(multiply(big(a), big(b))), String(a * b));
      assert.equal(Math.sign(compareNumbers(big(a), big(b))), a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('a quotient times the divisor is the dividend, up to the last digit', () => {
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      fc.pre(b.sign !== 0 && a.sign !== 0);
      const back = a.divide(b).multiply(b);
      const error = back.subtract(a).abs();
      assert.ok(error.compare(a.abs().multiply(new Decimal(1n, 32))) <= 0, `${a} / ${b}`);
    }),
  );
});

test('sums do not depend on the order of their terms', () => {
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      assert.equal(a.add(b).toString(), b.add(a).toString());
      assert.equal(a.subtract(b).negate().compare(b.subtract(a)), 0);
    }),
  );
});

// As java.math.BigDecimal with MathContext.DECIMAL128 gives them.
const KNOWN: readonly (readonly [string, string])[] = [
  [String(parse('1').divide(parse('3'))), '0.3333333333333333333333333333333333'],
  [String(parse('2').divide(parse('3'))), '0.6666666666666666666666666666666667'],
  [String(parse('10').divide(parse('4'))), '2.5'],
  [String(parse('1.00').divide(parse('2'))), '0.50'],
  [String(parse('100').divide(parse('1.0'))), '1.0E+2'],
  [String(parse('1.10').add(parse('1'))), '2.10'],
  [String(parse('1.50').multiply(parse('2'))), '3.00'],
  [String(parse('0.0000001')), '1E-7'],
  [String(parse('0.000001')), '0.000001'],
  [String(parse('-12').remainder(parse('5'))), '-2'],
  [String(parse('2').power(-2)), '0.25'],
  [String(parse('1.1').power(2)), '1.21'],
  [String(parse('2').power(200)), '1.606938044258990275541962092341163E+60'],
  [String(parse('1E+50').add(parse('1'))), `1.${'0'.repeat(33)}E+50`],
  [String(parse('1E+50').subtract(parse('1'))), `1.${'0'.repeat(33)}E+50`],
  [String(Decimal.fromDouble(1e7)), '1.0E+7'],
  [String(Decimal.fromDouble(16)), '16.0'],
  [String(parse('2.5').withScale(0, 'half even')), '2'],
  [String(parse('-1.5').withScale(0, 'floor')), '-2'],
  [String(parse('1').withScale(2, 'up')), '1.00'],
];

test('results have the digits and the scale that Java gives them', () => {
  for (const [actual, expected] of KNOWN) assert.equal(actual, expected);
});

test('whole numbers within 2^53 are plain numbers, never -0', () => {
  assert.equal(fromDecimal(new Decimal(5n, 0)), 5);
  assert.ok(fromDecimal(new Decimal(50n, 1)) instanceof Decimal);
  assert.ok(Object.is(multiply(0, -5), 0));
  assert.ok(Object.is(divide(0, -5), 0));
  assert.ok(add(Number.MAX_SAFE_INTEGER, 1) instanceof Decimal);
});

test('what has no result is a RangeError', () => {
  assert.throws(() => divide(1, 0), RangeError);
  assert.throws(() => raise(0, -1), RangeError);
  assert.throws(() => raise(10, 999_999_999), RangeError);
  assert.throws(() => raise(-2, fromDecimal(new Decimal(5n, 1))), RangeError);
});

test('very large and very small terms meet without being written out', () => {
  const sum = new Decimal(1n, -90_000).add(new Decimal(1n, 90_000));
  assert.equal(sum.unscaled.toString().length, 34);
  assert.equal(toDouble(new Decimal(1n, 400)), 0);
});
