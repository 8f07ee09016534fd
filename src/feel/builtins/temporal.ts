import type { Runtime } from '../language/runtime.ts';
import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from '../values/durations.ts';
import { isNumber, toInt } from '../values/numbers.ts';
import { FeelDate, FeelDateTime } from '../values/temporal.ts';
import { describe } from '../values/text.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** A function of a date, or of the date of a date with time. */
function ofDate(compute: (date: Temporal.PlainDate) => FeelValue): readonly Builtin[] {
  return [
    {
      params: ['date'],
      invoke: ([value]) => {
        if (value instanceof FeelDate) return compute(value.value);
        return value instanceof FeelDateTime ? compute(value.date) : ILLEGAL_ARGUMENTS;
      },
    },
  ];
}

export const TEMPORAL_FUNCTIONS: Builtins = {
  now: [{ params: [], invoke: (_, runtime) => new FeelDateTime(moment(runtime)) }],
  today: [{ params: [], invoke: (_, runtime) => new FeelDate(moment(runtime).toPlainDate()) }],
  'day of year': ofDate((date) => date.dayOfYear),
  'day of week': ofDate((date) => DAYS[date.dayOfWeek - 1] ?? null),
  'month of year': ofDate((date) => MONTHS[date.month - 1] ?? null),
  'week of year': ofDate((date) => date.weekOfYear ?? null),
  'last day of month': ofDate((date) => new FeelDate(date.with({ day: date.daysInMonth }))),
  // Zeebe adds these two for timer cycles: repeat for ever, or a number of times (null: for ever).
  cycle: [
    {
      params: ['interval'],
      invoke: ([interval = null]) =>
        cycle(null, interval) ??
        new Failure(
          `cycle function expected an interval (duration) parameter, but found '${describe(interval)}'`,
        ),
    },
    {
      params: ['repetitions', 'interval'],
      invoke: ([count = null, interval = null]) =>
        cycle(count, interval) ??
        new Failure(
          `cycle function expected a repetitions (number) and an interval (duration) parameter, but found '${describe([count, interval])}'`,
        ),
    },
  ],
};

/** An ISO 8601 repeating interval, such as `R3/PT10S`; undefined if the types do not fit. */
function cycle(count: FeelValue, interval: FeelValue): FeelValue | undefined {
  const isDuration = interval instanceof FeelDaysTimeDuration || interval instanceof FeelYearsMonthsDuration;
  if (!isDuration || !(count === null || isNumber(count))) return undefined;
  // FEEL's text has no fractions of a second; without them half a second would repeat at once.
  const isExact = !(interval instanceof FeelDaysTimeDuration) || interval.parts.nanos === 0n;
  return `R${count === null ? '' : toInt(count)}/${isExact ? interval.toString() : interval.toIso()}`;
}

function moment(runtime: Runtime): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(runtime.environment.nowMs()).toZonedDateTimeISO('UTC');
}
