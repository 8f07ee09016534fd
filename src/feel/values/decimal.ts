/** Significant digits kept by every operation (IEEE decimal128, as in Camunda's FEEL engine). */
const PRECISION = 34;
/** Largest absolute scale: Java keeps it in 32 bits, and nothing sensible comes near. */
const MAX_SCALE = 100_000;

export type RoundingMode =
  | 'up'
  | 'down'
  | 'ceiling'
  | 'floor'
  | 'half up'
  | 'half down'
  | 'half even'
  | 'unnecessary';

/**
 * A decimal number `unscaled × 10^-scale`. It keeps its scale (1.10 stays "1.10"), because FEEL's
 * `string()` shows it; equal values may differ in scale. Immutable.
 *
 * Operations that leave the range throw `RangeError`.
 */
export class Decimal {
  readonly kind = 'decimal';
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    if (scale > MAX_SCALE || scale < -MAX_SCALE) throw new RangeError('number out of range');
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** Reads `[-+]digits[.digits][e[-+]digits]`; undefined for any other text. */
  static parse(text: string): Decimal | undefined {
    const match = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,6}))?$/.exec(text);
    if (match === null) return undefined;
    const fraction = match[3] ?? match[4] ?? '';
    const unscaled = BigInt((match[2] ?? '') + fraction);
    const scale = fraction.length - Number(match[5] ?? 0);
    if (Math.abs(scale) > MAX_SCALE) return undefined;
    return new Decimal(match[1] === '-' ? -unscaled : unscaled, scale);
  }

  /**
   * The decimal that Java shows for a double: shortest digits, always one after the point
   * (16 is 16.0), exponent form from 10^7 on and below 10^-3. Undefined for NaN and infinities.
   */
  static fromDouble(value: number): Decimal | undefined {
    if (!Number.isFinite(value)) return undefined;
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
      const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
      return Decimal.parse(`${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent}`);
    }
    const text = String(value);
    return Decimal.parse(text.includes('.') ? text : `${text}.0`);
  }

  get sign(): -1 | 0 | 1 {
    return this.unscaled === 0n ? 0 : this.unscaled < 0n ? -1 : 1;
  }

  isWhole(): boolean {
    return this.scale <= 0 || this.unscaled % power(this.scale) === 0n;
  }

  /** The whole part, cut towards zero. */
  toBigInt(): bigint {
    return this.scale <= 0 ? this.unscaled * power(-this.scale) : this.unscaled / power(this.scale);
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(`${this.unscaled}e${-this.scale}`);
  }

  add(other: Decimal): Decimal {
    // A term that is too small to reach the kept digits must not blow the other one up.
    if (this.unscaled !== 0n && other.unscaled !== 0n) {
      const gap = exponentOf(this) - exponentOf(other);
      const reach = PRECISION + 3;
      if (gap > reach && other.scale > this.scale + reach) return this.add(speck(this, other));
      if (-gap > reach && this.scale > other.scale + reach) return other.add(speck(other, this));
    }
    const scale = Math.max(this.scale, other.scale);
    return limit(rescaled(this, scale) + rescaled(other, scale), scale);
  }

  subtract(other: Decimal): Decimal {
    return this.add(other.negate());
  }

  multiply(other: Decimal): Decimal {
    return limit(this.unscaled * other.unscaled, this.scale + other.scale);
  }

  /** Quotient to 34 digits; an exact one has the smallest scale that is at least the difference of the scales. */
  divide(other: Decimal): Decimal {
    if (other.unscaled === 0n) {
      const reason = this.unscaled === 0n ? 'Division undefined' : 'Division by zero';
      throw new RangeError(`java.lang.ArithmeticException: ${reason}`);
    }
    const preferred = this.scale - other.scale;
    if (this.unscaled === 0n) return new Decimal(0n, Math.max(-MAX_SCALE, Math.min(MAX_SCALE, preferred)));
    const shift = Math.max(0, PRECISION + 2 + digits(other.unscaled) - digits(this.unscaled));
    const dividend = this.unscaled * power(shift);
    const scale = preferred + shift;
    const quotient = dividend / other.unscaled;
    if (dividend % other.unscaled === 0n) return stripped(limit(quotient, scale), preferred);
    // A digit beyond the kept ones stands for the rest, so that halves are told from more than halves.
    const tail = this.unscaled < 0n === other.unscaled < 0n ? 1n : -1n;
    return limit(quotient * 10n + tail, scale + 1);
  }

  /** Remainder with the sign of the dividend. */
  remainder(other: Decimal): Decimal {
    if (other.unscaled === 0n) throw new RangeError('java.lang.ArithmeticException: Division by zero');
    const scale = Math.max(this.scale, other.scale);
    if (scale - Math.min(this.scale, other.scale) > 10_000) throw new RangeError('number out of range');
    return limit(rescaled(this, scale) % rescaled(other, scale), scale);
  }

  /** `this` to a whole power; a negative one gives the reciprocal. */
  power(exponent: number): Decimal {
    if (!Number.isSafeInteger(exponent) || Math.abs(exponent) > 999_999_999) {
      throw new RangeError('exponent out of range');
    }
    let result = new Decimal(1n, 0);
    let square: Decimal = this;
    for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = wide(result, square);
      if (rest > 1) square = wide(square, square);
    }
    if (exponent < 0) return new Decimal(1n, 0).divide(result);
    return limit(result.unscaled, result.scale);
  }

  negate(): Decimal {
    return new Decimal(-this.unscaled, this.scale);
  }

  abs(): Decimal {
    return this.unscaled < 0n ? this.negate() : this;
  }

  withScale(scale: number, mode: RoundingMode): Decimal {
    if (!Number.isSafeInteger(scale) || Math.abs(scale) > 6_200) throw new RangeError('scale out of range');
    if (scale >= this.scale) return new Decimal(rescaled(this, scale), scale);
    return new Decimal(rounded(this.unscaled, power(this.scale - scale), mode), scale);
  }

  compare(other: Decimal): number {
    if (this.sign !== other.sign) return this.sign - other.sign;
    if (this.sign === 0) return 0;
    const gap = exponentOf(this) - exponentOf(other);
    if (gap !== 0) return gap > 0 === this.sign > 0 ? 1 : -1;
    const scale = Math.max(this.scale, other.scale);
    const a = rescaled(this, scale);
    const b = rescaled(other, scale);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** Java's notation: plain, or with an exponent if the scale is negative or the value below 10^-6. */
  toString(): string {
    const sign = this.unscaled < 0n ? '-' : '';
    const text = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString();
    const exponent = text.length - 1 - this.scale;
    if (this.scale >= 0 && exponent >= -6) {
      if (this.scale === 0) return sign + text;
      const padded = text.padStart(this.scale + 1, '0');
      const point = padded.length - this.scale;
      return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
    }
    const mantissa = text.length === 1 ? text : `${text[0]}.${text.slice(1)}`;
    return exponent === 0
      ? sign + mantissa
      : `${sign}${mantissa}E${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
  }
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function digits(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** Decimal exponent of the leading digit. */
function exponentOf(value: Decimal): number {
  return digits(value.unscaled) - 1 - value.scale;
}

function rescaled(value: Decimal, scale: number): bigint {
  return value.scale === scale ? value.unscaled : value.unscaled * power(scale - value.scale);
}

/** A tiny number with the sign of `small`, just below the last digit that `large` keeps. */
function speck(large: Decimal, small: Decimal): Decimal {
  return new Decimal(BigInt(small.sign), PRECISION + 2 - exponentOf(large));
}

function limit(unscaled: bigint, scale: number): Decimal {
  const extra = digits(unscaled) - PRECISION;
  if (extra <= 0) return new Decimal(unscaled, scale);
  // Rounding up may add a digit (99.5 to 100), hence the second look.
  const cut = rounded(unscaled, power(extra), 'half even');
  return digits(cut) > PRECISION
    ? new Decimal(cut / 10n, scale - extra - 1)
    : new Decimal(cut, scale - extra);
}

/** Product with guard digits, so that a power is right in its last kept digit. */
function wide(a: Decimal, b: Decimal): Decimal {
  const unscaled = a.unscaled * b.unscaled;
  const scale = a.scale + b.scale;
  const extra = digits(unscaled) - (PRECISION + 12);
  return extra <= 0
    ? new Decimal(unscaled, scale)
    : new Decimal(rounded(unscaled, power(extra), 'half even'), scale - extra);
}

function stripped(value: Decimal, preferred: number): Decimal {
  let { unscaled, scale } = value;
  while (scale > preferred && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale -= 1;
  }
  return new Decimal(unscaled, scale);
}

function rounded(value: bigint, divisor: bigint, mode: RoundingMode): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  if (rest === 0n) return quotient;
  const negative = value < 0n;
  const away = negative ? quotient - 1n : quotient + 1n;
  const twice = (negative ? -rest : rest) * 2n;
  switch (mode) {
    case 'up':
      return away;
    case 'down':
      return quotient;
    case 'ceiling':
      return negative ? quotient : away;
    case 'floor':
      return negative ? away : quotient;
    case 'half up':
      return twice >= divisor ? away : quotient;
    case 'half down':
      return twice > divisor ? away : quotient;
    case 'unnecessary':
      throw new RangeError('rounding is necessary');
    case 'half even':
      return twice > divisor || (twice === divisor && quotient % 2n !== 0n) ? away : quotient;
  }
}
