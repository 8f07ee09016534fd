import { cronError } from './cron-text.ts';

/**
 * Reads the texts of timers as far as a deployment must know them: whether they are well-formed. The engine reads
 * them again when it sets the timer.
 */

const PERIOD = /^[+-]?P(?=[-+\d])(?:[-+]?\d+Y)?(?:[-+]?\d+M)?(?:[-+]?\d+W)?(?:[-+]?\d+D)?$/i;
const DURATION =
  /^[+-]?P(?:[-+]?\d+D)?T(?=[-+\d])(?:[-+]?\d+H)?(?:[-+]?\d+M)?(?:[-+]?\d+(?:[.,]\d{0,9})?S)?$/i;
const DATE_TIME =
  /^(-?\d{4}|[+-]\d{5,9})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:(?:0\d|1[0-7])(?::[0-5]\d(?::[0-5]\d)?)?|18(?::00(?::00)?)?))(?:\[([^\]]+)\])?$/i;

/** Whether a text is an ISO 8601 period, duration, or both in one (`P1DT2H`). Only the `T` must be a capital. */
export function isInterval(text: string): boolean {
  const time = text.indexOf('T');
  if (time === -1) return isPeriod(text);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  if (time === sign.length + 1) return isDuration(text);
  return isPeriod(text.slice(0, time)) && isDuration(`${sign}P${text.slice(time)}`);
}

const LARGEST_INT = 0x7fffffff;
const LARGEST_LONG = 2 ** 63;
const SECONDS = { D: 86_400, H: 3_600, M: 60, S: 1 };

/** The numbers of a period must be integers of 32 bits. */
function isPeriod(text: string): boolean {
  if (!PERIOD.test(text)) return false;
  const days = (unit: string) => (unit.toUpperCase() === 'W' ? 7 : 1);
  return [...text.matchAll(/(\d+)([YMWD])/gi)].every(
    ([, number, unit]) => Number(number) * days(unit ?? '') <= LARGEST_INT,
  );
}

/** The seconds of a duration must be an integer of 64 bits. */
function isDuration(text: string): boolean {
  if (!DURATION.test(text)) return false;
  const seconds = [...text.matchAll(/(\d+)(?:[.,]\d*)?([DHMS])/gi)].map(
    ([, number, unit]) => Number(number) * SECONDS[(unit ?? '').toUpperCase() as keyof typeof SECONDS],
  );
  return seconds.every((part) => part < LARGEST_LONG);
}

/** Whether a text is an ISO 8601 date with time and offset (and, if it likes, a zone in brackets). */
export function isZonedDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const zone = match[5];
  if (zone !== undefined && !isZone(zone)) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function isZone(name: string): boolean {
  if (name === 'Z') return true;
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** What is wrong with a repeating interval (`R3/PT10S`, `R/2030-01-01T00:00:00Z/PT1H`) or cron text; undefined if nothing. */
export function cycleError(text: string): string | undefined {
  return text.startsWith('R') ? repeatingIntervalError(text) : cronError(text);
}

const DATE_TIME_PARTS = [
  /^\d{4}/,
  /^-/,
  /^\d\d/,
  /^-/,
  /^\d\d/,
  /^T/i,
  /^\d\d/,
  /^:/,
  /^\d\d/,
  /^(:\d\d(\.\d+)?)?/,
];

/** How much of a text is the beginning of a date with time. */
function wellFormedLength(text: string): number {
  let length = 0;
  for (const part of DATE_TIME_PARTS) {
    const found = part.exec(text.slice(length));
    if (found === null) break;
    length += found[0].length;
  }
  return length;
}

function repeatingIntervalError(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return 'No interval given';
  const count = text.slice(1, slash);
  if (count !== '' && !(/^[+-]?\d+$/.test(count) && Math.abs(Number(count)) <= 0x7fffffff)) {
    return 'Cannot parse repetitions count';
  }
  const rest = text.slice(slash + 1);
  const last = rest.lastIndexOf('/');
  if (last > 0 && !isZonedDateTime(rest.slice(0, last))) {
    const start = rest.slice(0, last);
    return `Text '${start}' could not be parsed at index ${wellFormedLength(start)}`;
  }
  const interval = rest.slice(last + 1);
  if (isInterval(interval)) return undefined;
  return `Text cannot be parsed to a ${interval.includes('T') ? 'Duration' : 'Period'}`;
}
