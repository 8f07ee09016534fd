import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from './durations.ts';
import type { FeelNumber } from './numbers.ts';
import { compareNumbers, isNumber } from './numbers.ts';
import type { FeelDateTime } from './temporal.ts';
import { FeelDateTime as DateTime, FeelDate, FeelTime } from './temporal.ts';
import { describe } from './text.ts';
import type { FeelType, FeelValue } from './values.ts';
import { typeOf } from './values.ts';

/**
 * FEEL's `=`: null equals null only and is comparable with everything; undefined if the two have types that
 * cannot be compared. Inside lists and contexts such a pair counts as different.
 */
export function equalOrUndefined(a: FeelValue, b: FeelValue): boolean | undefined {
  if (a === null || b === null) return a === b;
  if (typeof a === 'string' || typeof a === 'boolean') return typeof b === typeof a ? a === b : undefined;
  if (isNumber(a)) return isNumber(b) ? compareNumbers(a, b) === 0 : undefined;
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) return undefined;
    return a.length === b.length && a.every((item, index) => equal(item, b[index] ?? null));
  }
  if (a instanceof Map) {
    if (!(b instanceof Map)) return undefined;
    if (a.size !== b.size) return false;
    for (const [key, value] of a) {
      const other = b.get(key);
      if (other === undefined || !equal(value, other)) return false;
    }
    return true;
  }
  if (kindOf(a) !== kindOf(b)) return undefined;
  if (a instanceof FeelTime && b instanceof FeelTime) {
    return a.value.equals(b.value) && a.offset === b.offset && a.zone === b.zone;
  }
  // Two moments in different zones are never equal, as in Java.
  if (a instanceof DateTime && b instanceof DateTime) return a.zone === b.zone && orderDateTimes(a, b) === 0;
  const sign = order(a, b);
  return sign === undefined ? undefined : sign === 0;
}

export function equal(a: FeelValue, b: FeelValue): boolean {
  return equalOrUndefined(a, b) === true;
}

/**
 * Negative, zero or positive as `a` is before, at or after `b`; undefined if they cannot be ordered. Throws
 * `RangeError` for two lists of values.
 */
export function order(a: FeelValue, b: FeelValue): number | undefined {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a as FeelNumber, b as FeelNumber);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof FeelDate && b instanceof FeelDate) return Temporal.PlainDate.compare(a.value, b.value);
  if (a instanceof FeelTime && b instanceof FeelTime) {
    return kindOf(a) === kindOf(b) ? a.nanos - b.nanos : undefined;
  }
  if (a instanceof DateTime && b instanceof DateTime) {
    return kindOf(a) === kindOf(b) ? orderDateTimes(a, b) : undefined;
  }
  if (a instanceof FeelDaysTimeDuration && b instanceof FeelDaysTimeDuration) {
    return a.nanoseconds < b.nanoseconds ? -1 : a.nanoseconds > b.nanoseconds ? 1 : 0;
  }
  if (a instanceof FeelYearsMonthsDuration && b instanceof FeelYearsMonthsDuration)
    return a.months - b.months;
  if (Array.isArray(a) && Array.isArray(b) && hasValues(a) && hasValues(b)) {
    // Camunda's engine lets Java's exception end the evaluation.
    const reason = `${describe(a)} can not be compared to ${describe(b)}`;
    throw new RangeError(`java.lang.IllegalArgumentException: ${reason}`);
  }
  return undefined;
}

/** Neither empty nor with a null. */
function hasValues(list: readonly FeelValue[]): boolean {
  return list.length > 0 && !list.includes(null);
}

/** Same moment: the local time decides, as in Java, so that the order agrees with equality. */
function orderDateTimes(a: FeelDateTime, b: FeelDateTime): number {
  if (a.epochNanos !== b.epochNanos) return a.epochNanos < b.epochNanos ? -1 : 1;
  const local = Temporal.PlainDateTime.compare(a.local, b.local);
  if (local !== 0) return local;
  const zones = [a.zone ?? '', b.zone ?? ''] as const;
  return zones[0] < zones[1] ? -1 : zones[0] > zones[1] ? 1 : 0;
}

/** The type as Camunda's engine tells them apart: local times and dates with time are types of their own. */
function kindOf(value: FeelValue): FeelType | 'local time' | 'local date and time' {
  if (value instanceof FeelTime && value.offset === undefined) return 'local time';
  if (value instanceof DateTime && value.offset === undefined) return 'local date and time';
  return typeOf(value);
}
