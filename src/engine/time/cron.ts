/** Cron as Spring 5.3 reads it: second, minute, hour, day of month, month, day of week; in UTC. */

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEK_DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const SECONDS: Field = { min: 0, max: 59, names: [] };
const HOURS: Field = { min: 0, max: 23, names: [] };
const DAYS: Field = { min: 1, max: 31, names: [] };
const MONTH: Field = { min: 1, max: 12, names: MONTHS };
const WEEK_DAY: Field = { min: 0, max: 7, names: WEEK_DAYS };

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
};

const DAY_MS = 86_400_000;
/** A cron text that matches no day in this many days never will (29 February comes within 8 years). */
const SEARCH_DAYS = 366 * 9;

type DayTest = (day: Date) => boolean;

/** When a cron expression is due next. */
export class Cron {
  readonly #seconds: readonly number[];
  readonly #minutes: readonly number[];
  readonly #hours: readonly number[];
  readonly #months: ReadonlySet<number>;
  readonly #dayTests: readonly DayTest[];

  private constructor(fields: readonly string[]) {
    const [seconds = '', minutes = '', hours = '', days = '', months = '', weekDays = ''] = fields;
    this.#seconds = numbers(seconds, SECONDS);
    this.#minutes = numbers(minutes, SECONDS);
    this.#hours = numbers(hours, HOURS);
    this.#months = new Set(numbers(months, MONTH));
    // Two fields that leave the day to the other one name no day.
    const noDay = days === '?' && weekDays === '?';
    this.#dayTests = noDay ? [() => false] : [anyOf(days, dayOfMonth), anyOf(weekDays, dayOfWeek)];
  }

  /** Undefined if the text is no cron expression. */
  static parse(text: string): Cron | undefined {
    const fields = (MACROS[text.trim()] ?? text.trim()).split(/\s+/);
    if (fields.length !== 6) return undefined;
    try {
      return new Cron(fields);
    } catch (error) {
      if (error instanceof CronError) return undefined;
      throw error;
    }
  }

  /** The first moment after `epochMs`; undefined if there is none. */
  next(epochMs: number): number | undefined {
    const from = Math.floor(epochMs / 1000) * 1000 + 1000;
    const firstDay = Math.floor(from / DAY_MS) * DAY_MS;
    for (let offset = 0; offset < SEARCH_DAYS; offset++) {
      const start = firstDay + offset * DAY_MS;
      const day = new Date(start);
      if (!this.#months.has(day.getUTCMonth() + 1) || !this.#dayTests.every((test) => test(day))) continue;
      const time = this.#timeOfDay(Math.max(0, (from - start) / 1000));
      if (time !== undefined) return start + time * 1000;
    }
    return undefined;
  }

  /** The first second of the day that is due and not before `from`. */
  #timeOfDay(from: number): number | undefined {
    for (const hour of this.#hours) {
      if (hour * 3600 + 3599 < from) continue;
      for (const minute of this.#minutes) {
        const start = hour * 3600 + minute * 60;
        if (start + 59 < from) continue;
        const second = this.#seconds.find((candidate) => start + candidate >= from);
        if (second !== undefined) return start + second;
      }
    }
    return undefined;
  }
}

class CronError extends Error {}

function numbers(text: string, field: Field): number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [from, to] = rangeOf(range, field, step !== undefined);
    const by = step === undefined ? 1 : integer(step);
    if (by < 1 || from > to) throw new CronError(text);
    for (let value = from; value <= to; value += by) found.add(value);
  }
  return [...found].sort((left, right) => left - right);
}

function rangeOf(text: string, field: Field, stepped: boolean): [number, number] {
  if (text === '*' || text === '?') return [field.min, field === WEEK_DAY ? 6 : field.max];
  const [first = '', last] = text.split('-');
  const from = valueIn(first, field);
  if (last !== undefined) return [from, valueIn(last, field)];
  return [from, stepped ? field.max : from];
}

function valueIn(text: string, field: Field): number {
  const named = field.names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + field.min : integer(text);
  if (value < field.min || value > field.max) throw new CronError(text);
  return value;
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new CronError(text);
  return Number(text);
}

function anyOf(text: string, test: (part: string) => DayTest): DayTest {
  const tests = text.split(',').map(test);
  return (day) => tests.some((matches) => matches(day));
}

function lastDayOf(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}

function dayOfMonth(part: string): DayTest {
  if (part === 'LW') return (day) => day.getUTCDate() === nearestWorkday(day, lastDayOf(day));
  const fromEnd = /^L(?:-(\d+))?$/.exec(part);
  if (fromEnd !== null) return (day) => day.getUTCDate() === lastDayOf(day) - Number(fromEnd[1] ?? 0);
  const workday = /^(\d+)W$/.exec(part);
  if (workday !== null) return (day) => day.getUTCDate() === nearestWorkday(day, Number(workday[1]));
  const days = new Set(numbers(part, DAYS));
  return (day) => days.has(day.getUTCDate());
}

/** The working day next to a day of this month, within the month. */
function nearestWorkday(month: Date, date: number): number {
  const last = lastDayOf(month);
  const weekDay = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), date)).getUTCDay();
  if (weekDay === 6) return date === 1 ? 3 : date - 1;
  if (weekDay === 0) return date === last ? date - 2 : date + 1;
  return date;
}

function dayOfWeek(part: string): DayTest {
  if (part === 'L') return (day) => day.getUTCDay() === 0;
  const last = /^(\w+)L$/.exec(part);
  if (last !== null && last[1] !== undefined) {
    const weekDay = valueIn(last[1], WEEK_DAY) % 7;
    return (day) => day.getUTCDay() === weekDay && day.getUTCDate() + 7 > lastDayOf(day);
  }
  const nth = /^(\w+)#(\d)$/.exec(part);
  if (nth !== null && nth[1] !== undefined) {
    const weekDay = valueIn(nth[1], WEEK_DAY) % 7;
    return (day) => day.getUTCDay() === weekDay && Math.ceil(day.getUTCDate() / 7) === Number(nth[2]);
  }
  const days = new Set(numbers(part, WEEK_DAY).map((day) => day % 7));
  return (day) => days.has(day.getUTCDay());
}
