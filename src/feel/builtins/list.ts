import type { Runtime } from '../language/runtime.ts';
import { equal } from '../values/compare.ts';
import { Decimal } from '../values/decimal.ts';
import { isNumber, toInt } from '../values/numbers.ts';
import { describe } from '../values/text.ts';
import type { FeelValue } from '../values/values.ts';
import { FeelFunction } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

/** A function of one list. */
function ofList(
  compute: (list: readonly FeelValue[], runtime: Runtime) => FeelValue,
  varArgs = false,
): readonly Builtin[] {
  return [
    {
      params: ['list'],
      varArgs,
      invoke: ([list], runtime) => (Array.isArray(list) ? compute(list, runtime) : ILLEGAL_ARGUMENTS),
    },
  ];
}

/** A function of several lists; an argument that is no list counts as a list of itself. */
function ofLists(compute: (items: FeelValue[], runtime: Runtime) => FeelValue): readonly Builtin[] {
  return [
    {
      params: ['lists'],
      varArgs: true,
      invoke: ([lists], runtime) =>
        Array.isArray(lists) ? compute(joined(lists, runtime), runtime) : ILLEGAL_ARGUMENTS,
    },
  ];
}

/** The items of the lists, one list after the other. */
function joined(lists: readonly FeelValue[], runtime: Runtime): FeelValue[] {
  for (const list of lists) if (Array.isArray(list)) runtime.step(list.length / 10);
  return lists.flat();
}

const sublist: Builtin['invoke'] = ([list, start = null, length = Number.MAX_SAFE_INTEGER]) => {
  if (!Array.isArray(list) || !isNumber(start) || !isNumber(length)) return ILLEGAL_ARGUMENTS;
  const from = indexOf(list, toInt(start));
  const end = length === Number.MAX_SAFE_INTEGER ? list.length : from + toInt(length);
  return list.slice(Math.max(0, from), Math.max(0, end));
};

const join: Builtin['invoke'] = ([list, delimiter = null, prefix = null, suffix = null], runtime) => {
  const isText = (value: FeelValue): value is string | null => value === null || typeof value === 'string';
  if (!Array.isArray(list) || !isText(delimiter) || !isText(prefix) || !isText(suffix))
    return ILLEGAL_ARGUMENTS;
  if (!list.every(isText))
    return new Failure(`expected a list of strings but found 'List(${list.map(describe).join(', ')})'`);
  const texts = list.filter((item) => item !== null);
  runtime.checkLength(
    texts.reduce((sum, text) => sum + text.length, texts.length * (delimiter ?? '').length),
  );
  return (prefix ?? '') + texts.join(delimiter ?? '') + (suffix ?? '');
};

export const LIST_FUNCTIONS: Builtins = {
  'list contains': [
    {
      params: ['list', 'element'],
      invoke: ([list, element = null]) =>
        Array.isArray(list) ? list.some((item) => equal(item, element)) : ILLEGAL_ARGUMENTS,
    },
  ],
  count: ofList((list) => list.length),
  'is empty': ofList((list) => list.length === 0),
  all: ofList((list) => decide(list, false), true),
  any: ofList((list) => decide(list, true), true),
  // Camunda's older names for `all` and `any`.
  and: ofList((list) => decide(list, false), true),
  or: ofList((list) => decide(list, true), true),
  sublist: [
    { params: ['list', 'start'], invoke: sublist },
    { params: ['list', 'start', 'length'], invoke: sublist },
  ],
  append: [
    {
      params: ['list', 'items'],
      varArgs: true,
      invoke: ([list, items]) =>
        Array.isArray(list) && Array.isArray(items) ? [...list, ...items] : ILLEGAL_ARGUMENTS,
    },
  ],
  concatenate: ofLists((items) => items),
  union: ofLists(distinct),
  'insert before': [
    {
      params: ['list', 'position', 'newItem'],
      invoke: ([list, position = null, item = null]) => {
        if (!Array.isArray(list) || !isNumber(position)) return ILLEGAL_ARGUMENTS;
        const index = Math.max(0, indexOf(list, toInt(position)));
        return [...list.slice(0, index), item, ...list.slice(index)];
      },
    },
  ],
  remove: [
    {
      params: ['list', 'position'],
      invoke: ([list, position = null]) => {
        if (!Array.isArray(list) || !isNumber(position)) return ILLEGAL_ARGUMENTS;
        const index = indexOf(list, toInt(position));
        return list.filter((_, at) => at !== index);
      },
    },
  ],
  reverse: ofList((list) => list.toReversed()),
  'index of': [
    {
      params: ['list', 'match'],
      invoke: ([list, match = null]) => {
        if (!Array.isArray(list)) return ILLEGAL_ARGUMENTS;
        return list.flatMap((item, index) => (equal(item, match) ? [index + 1] : []));
      },
    },
  ],
  'distinct values': ofList(distinct),
  'duplicate values': ofList(repeated),
  flatten: ofList(flatten),
  sort: [{ params: ['list', 'precedes'], invoke: ([list, precedes]) => sort(list, precedes) }],
  partition: [
    {
      params: ['list', 'size'],
      invoke: ([list, size = null]) => {
        if (!Array.isArray(list) || !isNumber(size)) return ILLEGAL_ARGUMENTS;
        const length = toInt(size);
        if (length <= 0)
          return new Failure("'size' should be greater than zero but was less or equal to zero");
        const parts: FeelValue[][] = [];
        for (let from = 0; from < list.length; from += length) parts.push(list.slice(from, from + length));
        return parts;
      },
    },
  ],
  'string join': [
    { params: ['list'], invoke: join },
    { params: ['list', 'delimiter'], invoke: join },
    { params: ['list', 'delimiter', 'prefix', 'suffix'], invoke: join },
  ],
};

/** Index from 0 for a position from 1, or from the end if it is not positive. May lie outside of the list. */
function indexOf(list: readonly FeelValue[], position: number): number {
  return position > 0 ? position - 1 : list.length + position;
}

/** The decisive value if the list has it; its opposite if all are; else null. */
function decide(list: readonly FeelValue[], decisive: boolean): FeelValue {
  if (list.includes(decisive)) return decisive;
  return list.every((item) => item === !decisive) ? !decisive : null;
}

/** Tells values apart as `=` does, in constant time for those that are not lists, contexts or times. */
class Seen {
  readonly #runtime: Runtime;
  readonly #keys = new Set<unknown>();
  readonly #others: FeelValue[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** True if an equal value was added before. */
  add(value: FeelValue): boolean {
    const key = keyOf(value);
    if (key !== undefined) {
      if (this.#keys.has(key)) return true;
      this.#keys.add(key);
      return false;
    }
    this.#runtime.step(this.#others.length / 10);
    if (this.#others.some((other) => equal(other, value))) return true;
    this.#others.push(value);
    return false;
  }
}

function keyOf(value: FeelValue): unknown {
  if (value instanceof Decimal) {
    if (!value.isWhole()) return `d${value.toString().replace(/0+$/, '')}`;
    const whole = value.toBigInt();
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  return value === null || typeof value !== 'object'
    ? typeof value === 'string'
      ? `s${value}`
      : value
    : undefined;
}

function distinct(list: readonly FeelValue[], runtime: Runtime): FeelValue[] {
  const seen = new Seen(runtime);
  return list.filter((item) => !seen.add(item));
}

/** Values that the list has more than once, each once. */
function repeated(list: readonly FeelValue[], runtime: Runtime): FeelValue[] {
  const seen = new Seen(runtime);
  const twice = new Seen(runtime);
  for (const item of list) if (seen.add(item)) twice.add(item);
  // In the order of first appearance.
  const candidates = distinct(list, runtime);
  return candidates.filter((item) => twice.add(item));
}

function flatten(list: readonly FeelValue[], runtime: Runtime): FeelValue[] {
  runtime.step(list.length / 10);
  return list.flatMap((item) => (Array.isArray(item) ? flatten(item, runtime) : [item]));
}

function sort(list: FeelValue | undefined, precedes: FeelValue | undefined): FeelValue | Failure {
  if (!Array.isArray(list) || !(precedes instanceof FeelFunction)) return ILLEGAL_ARGUMENTS;
  const count = precedes.parameters.length;
  if (count !== 2) return new Failure(`expect boolean function with 2 arguments, but found '${count}'`);
  let failure: Failure | undefined;
  const before = (a: FeelValue, b: FeelValue): boolean => {
    if (failure !== undefined) return false;
    const verdict = precedes.invoke([a, b]);
    if (typeof verdict === 'boolean') return verdict;
    const reason = `expected boolean but found '${describe(verdict)}'`;
    failure = new Failure(`fail to sort list by given precedes function: ${reason}`);
    return false;
  };
  const sorted = list.toSorted((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
  return failure ?? sorted;
}
