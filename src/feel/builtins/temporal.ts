import type { Runtime } from '../language/runtime.ts';
import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from '../values/durations.ts';
import { isNumber, toInt } from '../values/numbers.ts';
import { FeelDate, FeelDateTime } from '../values/temporal.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins, Failure } from './builtin.ts';
import { ILLEGAL_ARGUMENTS } from './builtin.ts';

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
    { params: ['interval'], invoke: ([interval]) => cycle(null, interval) },
    { params: ['repetitions', 'interval'], invoke: ([count = null, interval]) => cycle(count, interval) },
  ],
};

/** An ISO 8601 repeating interval, such as `R3/PT10S`. */
function cycle(count: FeelValue, interval: FeelValue | undefined): FeelValue | Failure {
  const isDuration = interval instanceof FeelDaysTimeDuration || interval instanceof FeelYearsMonthsDuration;
  if (!isDuration || !(count === null || isNumber(count))) return ILLEGAL_ARGUMENTS;
  return `R${count === null ? '' : toInt(count)}/${interval.toIso()}`;
}

function moment(runtime: Runtime): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(runtime.environment.nowMs()).toZonedDateTimeISO('UTC');
}
