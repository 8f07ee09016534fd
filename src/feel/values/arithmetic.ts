import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from './durations.ts';
import type { FeelNumber } from './numbers.ts';
import * as numbers from './numbers.ts';
import { isNumber, toDecimal, toInt } from './numbers.ts';
import { FeelDate, FeelDateTime, FeelTime } from './temporal.ts';
import type { FeelValue } from './values.ts';

type Duration = FeelDaysTimeDuration | FeelYearsMonthsDuration;

/** `a + b`; undefined if the types do not allow it. Throws `RangeError` if the result is out of range. */
export function add(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (isNumber(a)) return isNumber(b) ? numbers.add(a, b) : undefined;
  if (typeof a === 'string') return typeof b === 'string' ? a + b : undefined;
  if (isDuration(a)) {
    if (isDuration(b)) return addDurations(a, b);
    return shift(b, a);
  }
  return isDuration(b) ? shift(a, b) : undefined;
}

/** `a - b`; undefined if the types do not allow it. Throws `RangeError` if the result is out of range. */
export function subtract(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (isNumber(a)) return isNumber(b) ? numbers.subtract(a, b) : undefined;
  if (isDuration(b)) return isDuration(a) ? addDurations(a, b.negate()) : shift(a, b.negate());
  if (a instanceof FeelDate && b instanceof FeelDate) return between(midnight(b), midnight(a));
  if (a instanceof FeelTime && b instanceof FeelTime) {
    if ((a.offset === undefined) !== (b.offset === undefined)) return undefined;
    const nanos = BigInt(a.nanos) - BigInt(b.nanos);
    // Camunda gives the distance of two times with an offset, never a negative duration.
    return new FeelDaysTimeDuration(a.offset !== undefined && nanos < 0n ? -nanos : nanos);
  }
  if (a instanceof FeelDateTime && b instanceof FeelDateTime) {
    if ((a.offset === undefined) !== (b.offset === undefined)) return undefined;
    return between(b, a);
  }
  return undefined;
}

/** `a * b`; undefined if the types do not allow it. A factor of a duration is cut to a whole number. */
export function multiply(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (isNumber(a) && isNumber(b)) return numbers.multiply(a, b);
  if (isNumber(a) && isDuration(b)) return multiply(b, a);
  if (!isNumber(b)) return undefined;
  if (a instanceof FeelDaysTimeDuration) return new FeelDaysTimeDuration(a.nanoseconds * BigInt(toInt(b)));
  if (a instanceof FeelYearsMonthsDuration) return new FeelYearsMonthsDuration(a.months * toInt(b));
  return undefined;
}

/** `a / b`; undefined if the types do not allow it or `b` is zero. Two durations give a whole number. */
export function divide(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (isNumber(b)) {
    if (numbers.isZero(b)) return undefined;
    if (isNumber(a)) return numbers.divide(a, b);
    if (a instanceof FeelYearsMonthsDuration) {
      return new FeelYearsMonthsDuration(Number(quotient(BigInt(a.months), b)));
    }
    // Camunda divides milliseconds.
    if (a instanceof FeelDaysTimeDuration)
      return new FeelDaysTimeDuration(quotient(a.milliseconds, b) * 1_000_000n);
    return undefined;
  }
  if (a instanceof FeelYearsMonthsDuration && b instanceof FeelYearsMonthsDuration && b.months !== 0) {
    return numbers.numberOf(Math.trunc(a.months / b.months));
  }
  if (a instanceof FeelDaysTimeDuration && b instanceof FeelDaysTimeDuration && b.milliseconds !== 0n) {
    return numbers.numberOf(a.milliseconds / b.milliseconds);
  }
  return undefined;
}

function quotient(dividend: bigint, divisor: FeelNumber): bigint {
  return toDecimal(numbers.numberOf(dividend) ?? 0)
    .divide(toDecimal(divisor))
    .toBigInt();
}

function isDuration(value: FeelValue): value is Duration {
  return value instanceof FeelDaysTimeDuration || value instanceof FeelYearsMonthsDuration;
}

function addDurations(a: Duration, b: Duration): FeelValue | undefined {
  if (a instanceof FeelDaysTimeDuration && b instanceof FeelDaysTimeDuration) {
    return new FeelDaysTimeDuration(a.nanoseconds + b.nanoseconds);
  }
  if (a instanceof FeelYearsMonthsDuration && b instanceof FeelYearsMonthsDuration) {
    return new FeelYearsMonthsDuration(a.months + b.months);
  }
  return undefined;
}

function shift(value: FeelValue, by: Duration): FeelValue | undefined {
  const duration = by.toTemporal();
  if (value instanceof FeelDate) {
    return by instanceof FeelYearsMonthsDuration
      ? new FeelDate(value.value.add(duration))
      : new FeelDate(midnight(value).local.add(duration).toPlainDate());
  }
  if (value instanceof FeelDateTime) return new FeelDateTime(value.value.add(duration));
  if (value instanceof FeelTime && by instanceof FeelDaysTimeDuration) {
    return new FeelTime(value.value.add(duration), value.offset, value.zone);
  }
  return undefined;
}

function midnight(date: FeelDate): FeelDateTime {
  return new FeelDateTime(date.value.toPlainDateTime());
}

function between(from: FeelDateTime, to: FeelDateTime): FeelDaysTimeDuration {
  return new FeelDaysTimeDuration(to.epochNanos - from.epochNanos);
}
