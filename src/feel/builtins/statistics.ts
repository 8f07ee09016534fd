import { order } from '../values/compare.ts';
import type { FeelNumber } from '../values/numbers.ts';
import {
  add,
  compareNumbers,
  divide,
  fromDouble,
  isNumber,
  multiply,
  subtract,
  toDouble,
} from '../values/numbers.ts';
import { describe } from '../values/text.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

/** A function of numbers, given as a list or one by one. */
function ofNumbers(
  empty: FeelValue,
  compute: (numbers: readonly FeelNumber[]) => FeelValue,
): readonly Builtin[] {
  return [
    {
      params: ['list'],
      varArgs: true,
      invoke: ([list]) => {
        if (!Array.isArray(list)) return ILLEGAL_ARGUMENTS;
        if (list.length === 0) return empty;
        const other = list.find((item) => !isNumber(item));
        if (other !== undefined) return new Failure(`expected number but found '${describe(other)}'`);
        return compute(list.filter(isNumber));
      },
    },
  ];
}

/** The item that is before all others; a later one only if it is really before. */
function extreme(direction: 1 | -1): readonly Builtin[] {
  return [
    {
      params: ['list'],
      varArgs: true,
      invoke: ([list]) => {
        if (!Array.isArray(list)) return ILLEGAL_ARGUMENTS;
        let [best = null] = list;
        for (const item of list.slice(1)) {
          const sign = order(item, best);
          if (sign === undefined) return new Failure(`${describe(list)} is not comparable`);
          if (sign * direction < 0) best = item;
        }
        return best;
      },
    },
  ];
}

const sum = (numbers: readonly FeelNumber[]): FeelNumber => numbers.reduce(add);
const mean = (numbers: readonly FeelNumber[]): FeelNumber => divide(sum(numbers), numbers.length);

export const STATISTICS_FUNCTIONS: Builtins = {
  min: extreme(1),
  max: extreme(-1),
  sum: ofNumbers(null, sum),
  product: ofNumbers(null, (numbers) => numbers.reduce(multiply)),
  mean: ofNumbers(null, mean),
  median: ofNumbers(null, (numbers) => {
    const sorted = numbers.toSorted(compareNumbers);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle] ?? 0;
    return sorted.length % 2 === 1 ? upper : divide(add(sorted[middle - 1] ?? 0, upper), 2);
  }),
  stddev: ofNumbers(null, (numbers) => {
    const center = mean(numbers);
    const squares = numbers.map((value) => {
      const distance = subtract(value, center);
      return multiply(distance, distance);
    });
    return fromDouble(Math.sqrt(toDouble(divide(sum(squares), numbers.length - 1)))) ?? null;
  }),
  mode: ofNumbers([], mode),
};

/** The most frequent numbers, in order. */
function mode(numbers: readonly FeelNumber[]): FeelValue {
  const runs: { value: FeelNumber; count: number }[] = [];
  for (const value of numbers.toSorted(compareNumbers)) {
    const last = runs.at(-1);
    if (last !== undefined && compareNumbers(last.value, value) === 0) last.count += 1;
    else runs.push({ value, count: 1 });
  }
  const most = runs.reduce((count, run) => Math.max(count, run.count), 0);
  return runs.filter((run) => run.count === most).map((run) => run.value);
}
