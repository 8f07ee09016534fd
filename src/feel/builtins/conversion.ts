import { MAX_TEXT } from '../language/runtime.ts';
import { Decimal } from '../values/decimal.ts';
import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from '../values/durations.ts';
import type { FeelNumber } from '../values/numbers.ts';
import { fromDecimal, isNumber, toDecimal, toInt } from '../values/numbers.ts';
import { FeelDate, FeelDateTime, FeelTime } from '../values/temporal.ts';
import { parseDate, parseDateTime, parseDuration, parseTime, zoneOf } from '../values/temporal-text.ts';
import { describe, toText } from '../values/text.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS, orFailure } from './builtin.ts';

const number: Builtin['invoke'] = ([from, ...separators]) => {
  const [grouping = null, decimal = null] = separators;
  if (typeof from !== 'string') return ILLEGAL_ARGUMENTS;
  if (separators.length > 0 && grouping === null && decimal === null) return ILLEGAL_ARGUMENTS;
  const isGrouping = grouping === null || grouping === ' ' || grouping === ',' || grouping === '.';
  const isDecimal = decimal === null || decimal === ',' || decimal === '.';
  if (!isGrouping || !isDecimal || (grouping !== null && grouping === decimal)) {
    return new Failure(
      separators.length === 1
        ? "illegal argument for grouping. Must be one of ' ', ',' or '.'"
        : "illegal arguments for grouping or decimal. Must be one of ' ' (grouping only), ',' or '.'",
    );
  }
  const ungrouped = grouping === null ? from : from.replaceAll(grouping, '');
  const text = decimal === null ? ungrouped : ungrouped.replaceAll(decimal, '.');
  const parsed = text.length > 1_000 ? undefined : Decimal.parse(text);
  return parsed === undefined ? new Failure(`Can't parse '${text}' as a number`) : fromDecimal(parsed);
};

export const CONVERSION_FUNCTIONS: Builtins = {
  date: [
    {
      params: ['from'],
      invoke: ([from]) => {
        if (typeof from === 'string')
          return parseDate(from) ?? new Failure(`Failed to parse date from '${from}'`);
        if (from instanceof FeelDateTime) return new FeelDate(from.date);
        return from instanceof FeelDate ? from : ILLEGAL_ARGUMENTS;
      },
    },
    {
      params: ['year', 'month', 'day'],
      invoke: ([year = null, month = null, day = null]) => {
        if (!isNumber(year) || !isNumber(month) || !isNumber(day)) return ILLEGAL_ARGUMENTS;
        const parts = { year: toInt(year), month: toInt(month), day: toInt(day) };
        return orFailure(
          () => new FeelDate(Temporal.PlainDate.from(parts, { overflow: 'reject' })),
          new Failure(`Failed to parse date from: year=${year}, month=${month}, day=${day}`),
        );
      },
    },
  ],
  'date and time': [
    {
      params: ['from'],
      invoke: ([from]) => {
        if (typeof from !== 'string') return ILLEGAL_ARGUMENTS;
        return parseDateTime(from) ?? new Failure(`Failed to parse date-time from '${from}'`);
      },
    },
    { params: ['date', 'time'], invoke: ([date = null, time = null]) => combine(date, time) },
  ],
  time: [
    {
      params: ['from'],
      invoke: ([from]) => {
        if (typeof from === 'string')
          return parseTime(from) ?? new Failure(`Failed to parse time from '${from}'`);
        if (from instanceof FeelDateTime) return new FeelTime(from.time, from.offset, from.zone);
        return from instanceof FeelDate ? new FeelTime(new Temporal.PlainTime(), 0) : ILLEGAL_ARGUMENTS;
      },
    },
    {
      params: ['hour', 'minute', 'second'],
      invoke: ([hour, minute, second]) => timeOf(hour, minute, second, null),
    },
    {
      params: ['hour', 'minute', 'second', 'offset'],
      invoke: ([hour, minute, second, offset]) => timeOf(hour, minute, second, offset),
    },
  ],
  number: [
    { params: ['from'], invoke: number },
    { params: ['from', 'grouping separator'], invoke: number },
    { params: ['from', 'grouping separator', 'decimal separator'], invoke: number },
  ],
  string: [
    {
      params: ['from'],
      invoke: ([from = null]) => (from === null || typeof from === 'string' ? from : toText(from, MAX_TEXT)),
    },
  ],
  duration: [
    {
      params: ['from'],
      invoke: ([from]) => {
        if (typeof from !== 'string') return ILLEGAL_ARGUMENTS;
        return parseDuration(from) ?? new Failure(`Failed to parse duration from '${from}'`);
      },
    },
  ],
  'years and months duration': [
    {
      params: ['from', 'to'],
      invoke: ([from, to]) => {
        const [start, end] = [dateOf(from), dateOf(to)];
        return start === undefined || end === undefined ? ILLEGAL_ARGUMENTS : monthsBetween(start, end);
      },
    },
  ],
};

function combine(date: FeelValue, time: FeelValue): FeelValue | Failure {
  if (date instanceof FeelDateTime && typeof time === 'string') {
    // A zone: a local time is taken as being there, a moment is shown there.
    const zone = zoneOf(time);
    return new FeelDateTime(date.zoned?.withTimeZone(zone) ?? date.local.toZonedDateTime(zone));
  }
  const day = dateOf(date);
  if (day === undefined || !(time instanceof FeelTime)) return ILLEGAL_ARGUMENTS;
  const local = day.toPlainDateTime(time.value);
  if (time.offset === undefined) return new FeelDateTime(local);
  const sign = time.offset < 0 ? '-' : '+';
  const size = Math.abs(time.offset);
  const two = (part: number): string => String(part).padStart(2, '0');
  const zone = time.zone ?? `${sign}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}`;
  return new FeelDateTime(local.toZonedDateTime(zone));
}

function timeOf(
  hour: FeelValue = null,
  minute: FeelValue = null,
  second: FeelValue = null,
  offset: FeelValue = null,
): FeelValue | Failure {
  if (!isNumber(hour) || !isNumber(minute) || !isNumber(second)) return ILLEGAL_ARGUMENTS;
  if (offset !== null && !(offset instanceof FeelDaysTimeDuration)) return ILLEGAL_ARGUMENTS;
  const nanos = nanosOf(second);
  const parts = {
    hour: toInt(hour),
    minute: toInt(minute),
    second: toInt(second),
    millisecond: Math.floor(nanos / 1e6),
    microsecond: Math.floor(nanos / 1e3) % 1000,
    nanosecond: nanos % 1000,
  };
  const seconds = offset === null ? undefined : Number(offset.nanoseconds / 1_000_000_000n);
  const kind = offset === null ? 'local-time' : 'time';
  const shown = offset === null ? '' : `, offset=${describe(offset)}`;
  const failure = new Failure(
    `Failed to parse ${kind} from: hour=${hour}, minute=${minute}, second=${second}${shown}`,
  );
  // Java allows offsets of at most 18 hours.
  if (seconds !== undefined && Math.abs(seconds) > 18 * 3600) return failure;
  return orFailure(
    () => new FeelTime(Temporal.PlainTime.from(parts, { overflow: 'reject' }), seconds),
    failure,
  );
}

/** The fraction of a number of seconds. */
function nanosOf(second: FeelNumber): number {
  if (typeof second === 'number') return 0;
  const fraction = second.remainder(toDecimal(1)).multiply(toDecimal(1e9));
  return Math.abs(Number(fraction.toBigInt()));
}

function dateOf(value: FeelValue | undefined): Temporal.PlainDate | undefined {
  if (value instanceof FeelDate) return value.value;
  return value instanceof FeelDateTime ? value.date : undefined;
}

/** Whole months, counted as Java's Period does. */
function monthsBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): FeelYearsMonthsDuration {
  const months = (to.year - from.year) * 12 + to.month - from.month;
  const days = to.day - from.day;
  const incomplete = months > 0 && days < 0 ? -1 : months < 0 && days > 0 ? 1 : 0;
  return new FeelYearsMonthsDuration(months + incomplete);
}
