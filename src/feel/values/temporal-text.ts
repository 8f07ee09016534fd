import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from './durations.ts';
import { FeelDate, FeelDateTime, FeelTime } from './temporal.ts';
import type { FeelValue } from './values.ts';

const DATE = /^(-?(?:[1-9]\d{0,4})?\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^T?(\d\d):(\d\d)(?::(\d\d))?(\.\d{1,9})?$/;
const ZONED_TIME = /^(T?\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:([+-]\d\d:\d\d(?::\d\d)?|Z)|@(.+))$/;
const DATE_TIME = /^(-?(?:[1-9]\d{0,4})?\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?)(.*)$/;
const ZONE = /^(?:([+-]\d\d:\d\d|Z)(?:\[(.+)\])?|@(.+))$/;

/** Reads `YYYY-MM-DD`; undefined if it is no such date. */
export function parseDate(text: string): FeelDate | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  return attempt(() => {
    const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
    return new FeelDate(Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }));
  });
}

/** Reads `hh:mm[:ss[.f]]` with nothing, an offset, or `@zone` after it; undefined if it is no such time. */
export function parseTime(text: string): FeelTime | undefined {
  const zoned = ZONED_TIME.exec(text);
  const time = plainTime(zoned?.[1] ?? text);
  if (time === undefined) return undefined;
  if (zoned === null) return new FeelTime(time);
  const zone = zoned[3];
  if (zone === undefined) return new FeelTime(time, offsetSeconds(zoned[2] ?? 'Z'));
  return attempt(() => new FeelTime(time, standardOffset(zone), zone));
}

/** Reads a date (midnight) or a date with time, local, with offset, `[zone]` or `@zone`. */
export function parseDateTime(text: string): FeelDateTime | undefined {
  const date = parseDate(text);
  if (date !== undefined) return new FeelDateTime(date.value.toPlainDateTime());
  const match = DATE_TIME.exec(text);
  const day = match === null ? undefined : parseDate(match[1] ?? '');
  const time = match === null ? undefined : plainTime(match[2] ?? '');
  if (match === null || day === undefined || time === undefined) return undefined;
  const local = day.value.toPlainDateTime(time);
  const suffix = match[3] ?? '';
  if (suffix === '') return new FeelDateTime(local);
  const zone = ZONE.exec(suffix);
  if (zone === null) return undefined;
  return attempt(() => {
    const [, offset, bracketed, named] = zone;
    if (named !== undefined) return new FeelDateTime(local.toZonedDateTime(named));
    const id = offset === 'Z' || offset === undefined ? '+00:00' : offset;
    const atOffset = local.toZonedDateTime(id);
    return new FeelDateTime(bracketed === undefined ? atOffset : atOffset.withTimeZone(bracketed));
  });
}

export function parseDuration(text: string): FeelDaysTimeDuration | FeelYearsMonthsDuration | undefined {
  return attempt(() => FeelYearsMonthsDuration.parse(text) ?? FeelDaysTimeDuration.parse(text));
}

/** Reads the text of an `@"…"` literal. */
export function parseTemporal(text: string): FeelValue {
  return parseDate(text) ?? parseDateTime(text) ?? parseDuration(text) ?? parseTime(text) ?? null;
}

/** Offset of a zone outside daylight saving time, in seconds. Throws `RangeError` for an unknown zone. */
export function standardOffset(zone: string): number {
  // The smaller of winter and summer; which year matters little and must not depend on the clock.
  const at = (month: number): number =>
    Temporal.PlainDateTime.from({ year: 2024, month, day: 1 }).toZonedDateTime(zone).offsetNanoseconds / 1e9;
  return Math.min(at(1), at(7));
}

function plainTime(text: string): Temporal.PlainTime | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  const nanos = Number((match[4] ?? '.').slice(1).padEnd(9, '0'));
  return attempt(() =>
    Temporal.PlainTime.from(
      {
        hour,
        minute,
        second,
        millisecond: Math.floor(nanos / 1e6),
        microsecond: Math.floor(nanos / 1e3) % 1000,
        nanosecond: nanos % 1000,
      },
      { overflow: 'reject' },
    ),
  );
}

function offsetSeconds(text: string): number {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** The result, or undefined if it is out of Temporal's range. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
