import { isInterval } from '../../bpmn/validation/timer-text.ts';

/** An ISO 8601 interval: months and days follow the calendar (in UTC), the rest is exact. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
}

const NUMBER = '([-+]?\\d+)';
const DATE_PART = `(?:${NUMBER}Y)?(?:${NUMBER}M)?(?:${NUMBER}W)?(?:${NUMBER}D)?`;
const TIME_PART = `(?:T(?:${NUMBER}H)?(?:${NUMBER}M)?(?:([-+]?\\d+(?:[.,]\\d{0,9})?)S)?)?`;
const INTERVAL = new RegExp(`^([+-]?)P${DATE_PART}${TIME_PART}$`, 'i');

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1_000;

/** Reads `P1Y2M3W4DT5H6M7.8S`, also with signs as Java allows (`PT-10S`); undefined if it is none. */
export function parseInterval(text: string): Interval | undefined {
  const match = INTERVAL.exec(text);
  if (match === null || !isInterval(text)) return undefined;
  const sign = match[1] === '-' ? -1 : 1;
  const part = (at: number) => sign * Number((match[at] ?? '0').replace(',', '.'));
  return {
    months: part(2) * 12 + part(3),
    days: part(4) * 7 + part(5),
    milliseconds: part(6) * HOUR + part(7) * MINUTE + Math.trunc(part(8) * SECOND),
  };
}

/** Epoch ms after the interval; the 31st plus a month is the last day of the next month. */
export function addInterval(epochMs: number, interval: Interval): number {
  if (interval.months === 0 && interval.days === 0) return epochMs + interval.milliseconds;
  const date = new Date(epochMs);
  if (interval.months !== 0) {
    const day = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + interval.months);
    const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(day, lastDay));
  }
  date.setUTCDate(date.getUTCDate() + interval.days);
  return date.getTime() + interval.milliseconds;
}
