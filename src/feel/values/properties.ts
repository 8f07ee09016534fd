import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from './durations.ts';
import { numberOf } from './numbers.ts';
import { FeelDate, FeelDateTime, FeelTime } from './temporal.ts';
import type { FeelContext, FeelValue } from './values.ts';

/** What `value.name` can read of a date, time or duration; empty for other values. */
export function propertiesOf(value: FeelValue): FeelContext {
  if (value instanceof FeelDate) return new Map(dateProperties(value.value));
  if (value instanceof FeelTime) return new Map(timeProperties(value.value, value.offset, value.zone));
  if (value instanceof FeelDateTime) {
    return new Map([...dateProperties(value.date), ...timeProperties(value.time, value.offset, value.zone)]);
  }
  if (value instanceof FeelDaysTimeDuration) {
    const { days, hours, minutes, seconds } = value.parts;
    const entries = Object.entries({ days, hours, minutes, seconds });
    return new Map(entries.map(([name, part]) => [name, numberOf(part) ?? null]));
  }
  if (value instanceof FeelYearsMonthsDuration) return new Map(Object.entries(value.parts));
  return new Map();
}

function dateProperties(date: Temporal.PlainDate): [string, FeelValue][] {
  return [
    ['year', date.year],
    ['month', date.month],
    ['day', date.day],
    ['weekday', date.dayOfWeek],
  ];
}

function timeProperties(
  time: Temporal.PlainTime,
  offset: number | undefined,
  zone: string | undefined,
): [string, FeelValue][] {
  return [
    ['hour', time.hour],
    ['minute', time.minute],
    ['second', time.second],
    ['time offset', offset === undefined ? null : new FeelDaysTimeDuration(BigInt(offset) * 1_000_000_000n)],
    ['timezone', zone ?? null],
  ];
}
