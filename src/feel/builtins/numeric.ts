import type { RoundingMode } from '../values/decimal.ts';
import { FeelDaysTimeDuration, FeelYearsMonthsDuration } from '../values/durations.ts';
import type { FeelNumber } from '../values/numbers.ts';
import {
  abs,
  add,
  compareNumbers,
  fromDecimal,
  fromDouble,
  isNumber,
  noNumber,
  remainder,
  toDecimal,
  toDouble,
  toInt,
} from '../values/numbers.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS, orFailure } from './builtin.ts';

/** A function of one number, computed in double. Without a finite result it ends the evaluation, as in Camunda. */
function inDouble(compute: (value: number) => number): readonly Builtin[] {
  return ofNumber((value) => {
    const double = compute(toDouble(value));
    const result = fromDouble(double);
    if (result === undefined) throw new RangeError(noNumber(double));
    return result;
  });
}

function ofNumber(compute: (value: FeelNumber) => FeelValue): readonly Builtin[] {
  return [
    {
      params: ['number'],
      invoke: ([value = null]) => (isNumber(value) ? compute(value) : ILLEGAL_ARGUMENTS),
    },
  ];
}

/** A rounding function: number, scale. */
function rounding(mode: RoundingMode): Builtin {
  return { params: ['n', 'scale'], invoke: ([value = null, scale = null]) => round(value, scale, mode) };
}

/** The same with scale 0. */
function roundingToWhole(mode: RoundingMode): Builtin {
  return { params: ['n'], invoke: ([value = null]) => round(value, 0, mode) };
}

const MODES: readonly RoundingMode[] = [
  'up',
  'down',
  'ceiling',
  'floor',
  'half up',
  'half down',
  'half even',
  'unnecessary',
];

const absolute: Builtin['invoke'] = ([value = null]) => {
  if (isNumber(value)) return abs(value);
  if (value instanceof FeelDaysTimeDuration) return value.nanoseconds < 0n ? value.negate() : value;
  if (value instanceof FeelYearsMonthsDuration) return value.months < 0 ? value.negate() : value;
  return ILLEGAL_ARGUMENTS;
};

export const NUMERIC_FUNCTIONS: Builtins = {
  decimal: [
    rounding('half even'),
    {
      params: ['n', 'scale', 'mode'],
      invoke: ([value = null, scale = null, name]) => {
        if (typeof name !== 'string') return ILLEGAL_ARGUMENTS;
        const mode = MODES.find((each) => each === name.toLowerCase().replace('_', ' '));
        const all = MODES.map((each) => each.toUpperCase().replace(' ', '_')).join(', ');
        if (mode !== undefined) return round(value, scale, mode);
        return new Failure(`Illegal argument '${name}' for rounding mode. Must be one of: ${all}`);
      },
    },
  ],
  floor: [roundingToWhole('floor'), rounding('floor')],
  ceiling: [roundingToWhole('ceiling'), rounding('ceiling')],
  'round up': [rounding('up')],
  'round down': [rounding('down')],
  'round half up': [rounding('half up')],
  'round half down': [rounding('half down')],
  abs: [
    { params: ['number'], invoke: absolute },
    { params: ['n'], invoke: absolute },
  ],
  modulo: [
    {
      params: ['dividend', 'divisor'],
      invoke: ([dividend = null, divisor = null]) => {
        if (!isNumber(dividend) || !isNumber(divisor)) return ILLEGAL_ARGUMENTS;
        return remainder(add(remainder(dividend, divisor), divisor), divisor);
      },
    },
  ],
  sqrt: ofNumber((value) => (compareNumbers(value, 0) < 0 ? null : squareRoot(value))),
  log: inDouble(Math.log),
  exp: inDouble(Math.exp),
  odd: ofNumber((value) => compareNumbers(remainder(abs(value), 2), 1) === 0),
  even: ofNumber((value) => compareNumbers(remainder(value, 2), 0) === 0),
  'random number': [
    {
      params: [],
      random: true,
      invoke: (_, { environment }) => fromDouble(environment.random?.() ?? 0) ?? null,
    },
  ],
};

/** Of a number that is not negative. */
function squareRoot(value: FeelNumber): FeelValue {
  return fromDouble(Math.sqrt(toDouble(value))) ?? null;
}

function round(value: FeelValue, scale: FeelValue, mode: RoundingMode): FeelValue | Failure {
  if (!isNumber(value) || !isNumber(scale)) return ILLEGAL_ARGUMENTS;
  return orFailure(
    () => fromDecimal(toDecimal(value).withScale(toInt(scale), mode)),
    new Failure(
      `Failed to apply rounding mode '${mode.toUpperCase().replace(' ', '_')}'${mode === 'unnecessary' ? ': Rounding necessary' : ''}`,
    ),
  );
}
