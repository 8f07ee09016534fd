import { Decimal } from './decimal.ts';

/**
 * A FEEL number: a safe integer as a plain `number` (fast), anything else as a `Decimal`.
 * A `number` here is never a fraction, NaN, infinite or -0.
 */
export type FeelNumber = number | Decimal;

export function isNumber(value: unknown): value is FeelNumber {
  return typeof value === 'number' || value instanceof Decimal;
}

export function toDecimal(value: FeelNumber): Decimal {
  return typeof value === 'number' ? new Decimal(BigInt(value), 0) : value;
}

/** The same value as a plain `number` if it is a safe integer without decimal places. */
export function fromDecimal(value: Decimal): FeelNumber {
  if (value.scale !== 0) return value;
  const plain = Number(value.unscaled);
  return Number.isSafeInteger(plain) ? plain : value;
}

/** A FEEL number from any finite double or bigint; undefined for NaN and infinities. */
export function numberOf(value: number | bigint): FeelNumber | undefined {
  if (typeof value === 'bigint') return fromDecimal(new Decimal(value, 0));
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  return Decimal.fromDouble(value);
}

/** Like `numberOf`, but whole results keep one decimal place, as Java's doubles do (4.0). */
export function fromDouble(value: number): FeelNumber | undefined {
  return Decimal.fromDouble(value);
}

export function toDouble(value: FeelNumber): number {
  return typeof value === 'number' ? value : value.toNumber();
}

/** The whole part as Java's int, which wraps at 32 bits. */
export function toInt(value: FeelNumber): number {
  return typeof value === 'number' && value === (value | 0)
    ? value
    : Number(BigInt.asIntN(32, toDecimal(value).toBigInt()));
}

export function isWhole(value: FeelNumber): boolean {
  return typeof value === 'number' || value.isWhole();
}

export function add(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return fromDecimal(toDecimal(a).add(toDecimal(b)));
}

export function subtract(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return fromDecimal(toDecimal(a).subtract(toDecimal(b)));
}

export function multiply(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return fromDecimal(toDecimal(a).multiply(toDecimal(b)));
}

/** Throws `RangeError` if `b` is zero. */
export function divide(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0 && a % b === 0) {
    return a === 0 ? 0 : a / b;
  }
  return fromDecimal(toDecimal(a).divide(toDecimal(b)));
}

/** Remainder with the sign of the dividend. Throws `RangeError` if `b` is zero. */
export function remainder(a: FeelNumber, b: FeelNumber): FeelNumber {
  return fromDecimal(toDecimal(a).remainder(toDecimal(b)));
}

/** `a ** b`; a fractional exponent is computed in double. Throws `RangeError` if there is no result. */
export function raise(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (isWhole(b)) return fromDecimal(toDecimal(a).power(toDouble(b)));
  const result = fromDouble(toDouble(a) ** toDouble(b));
  if (result === undefined) throw new RangeError(noNumber(toDouble(a) ** toDouble(b)));
  return result;
}

/** What Java says of a double that is no number: it reads its text, `NaN` or `Infinity`. */
export function noNumber(value: number): string {
  const first = Number.isNaN(value) ? 'N' : value < 0 ? '-I' : 'I';
  const char = first.at(-1) ?? '';
  return `java.lang.NumberFormatException: Character ${char} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`;
}

export function negate(value: FeelNumber): FeelNumber {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  return value.negate();
}

export function abs(value: FeelNumber): FeelNumber {
  return typeof value === 'number' ? Math.abs(value) : value.abs();
}

export function compareNumbers(a: FeelNumber, b: FeelNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return toDecimal(a).compare(toDecimal(b));
}

export function isZero(value: FeelNumber): boolean {
  return typeof value === 'number' ? value === 0 : value.sign === 0;
}
