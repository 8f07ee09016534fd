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
  return attempt(() => {
    const zone = zoned[3] === undefined ? (zoned[2] ?? 'Z') : zoneOf(zoned[3]);
    if (/^(?:Z$|[+-])/.test(zone)) return new FeelTime(time, offsetSeconds(zone));
    return new FeelTime(time, standardOffset(zone), zone);
  });
}

/** Reads a date (midnight) or a date with time, local, with offset, `[zone]` or `@zone`. */
export function parseDateTime(text: string): FeelDateTime | undefined {
  const date = parseDate(text);
  if (date !== undefined) return new FeelDateTime(date.value.toPlainDateTime());
  const match = DATE_TIME.exec(text);
  const day = match === null ? undefined : parseDate(match[1] ?? '');
  const time = match === null || match[2]?.startsWith('24') ? undefined : plainTime(match[2] ?? '');
  if (match === null || day === undefined || time === undefined) return undefined;
  const local = day.value.toPlainDateTime(time);
  const suffix = match[3] ?? '';
  if (suffix === '') return new FeelDateTime(local);
  const zone = ZONE.exec(suffix);
  if (zone === null) return undefined;
  return attempt(() => {
    const [, offset, bracketed, named] = zone;
    if (named !== undefined) return new FeelDateTime(local.toZonedDateTime(zoneOf(named)));
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

/**
 * The zone that Java reads from a text, as Temporal names it: an offset (`Z`, `+2`, `+02:00`) or a name,
 * whose case counts. Throws `RangeError` for an unknown one.
 */
export function zoneOf(text: string): string {
  if (text === 'Z') return '+00:00';
  const offset = /^([+-])(\d{1,2})(?::?(\d\d))?$/.exec(text);
  if (offset !== null) return `${offset[1]}${(offset[2] ?? '').padStart(2, '0')}:${offset[3] ?? '00'}`;
  const unknown = new RangeError(`java.time.zone.ZoneRulesException: Unknown time-zone ID: ${text}`);
  try {
    const { timeZoneId } = new Temporal.PlainDateTime(2024, 1, 1).toZonedDateTime(text);
    if (timeZoneId.toLowerCase() === text.toLowerCase() && timeZoneId !== text) throw unknown;
  } catch (error) {
    throw error instanceof RangeError ? unknown : error;
  }
  return text;
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
  // Java takes the end of a day as the start of one.
  if (hour === 24 && minute === 0 && second === 0 && nanos === 0) return new Temporal.PlainTime();
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

/** An offset in seconds. Throws `RangeError` beyond Java's 18 hours. */
function offsetSeconds(text: string): number {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
  const size = hours * 3600 + minutes * 60 + seconds;
  if (size > 18 * 3600 || minutes > 59 || seconds > 59) throw new RangeError('offset out of range');
  return text.startsWith('-') ? -size : size;
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
