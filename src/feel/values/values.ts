import type { FeelDaysTimeDuration, FeelYearsMonthsDuration } from './durations.ts';
import type { FeelNumber } from './numbers.ts';
import { isNumber } from './numbers.ts';
import type { FeelDate, FeelDateTime, FeelTime } from './temporal.ts';

/** A FEEL context. A `Map`, so that keys such as `__proto__` are plain data. Never changed once made. */
export type FeelContext = Map<string, FeelValue>;

/** Any value that an expression can read or give. Lists and contexts are never changed once made. */
export type FeelValue =
  | null
  | boolean
  | string
  | FeelNumber
  | FeelValue[]
  | FeelContext
  | FeelDate
  | FeelTime
  | FeelDateTime
  | FeelDaysTimeDuration
  | FeelYearsMonthsDuration
  | FeelRange
  | FeelFunction;

/** An interval such as `[1..5)`. */
export class FeelRange {
  readonly kind = 'range';
  readonly start: FeelValue;
  readonly end: FeelValue;
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;

  constructor(start: FeelValue, end: FeelValue, startIncluded: boolean, endIncluded: boolean) {
    this.start = start;
    this.end = end;
    this.startIncluded = startIncluded;
    this.endIncluded = endIncluded;
  }
}

/** A function written in FEEL. Its body sees the variables of the place where it was written. */
export class FeelFunction {
  readonly kind = 'function';
  readonly parameters: readonly string[];
  readonly invoke: (args: readonly FeelValue[]) => FeelValue;

  constructor(parameters: readonly string[], invoke: (args: readonly FeelValue[]) => FeelValue) {
    this.parameters = parameters;
    this.invoke = invoke;
  }
}

/** FEEL's name of a value's type. */
export type FeelType =
  | 'null'
  | 'boolean'
  | 'string'
  | 'number'
  | 'list'
  | 'context'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'
  | 'range'
  | 'function';

export function typeOf(value: FeelValue): FeelType {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  if (isNumber(value)) return 'number';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'context';
  return value.kind;
}

/** The result types of Zeebe, as its incident texts name them. */
export type ZeebeType =
  | 'NULL'
  | 'BOOLEAN'
  | 'STRING'
  | 'NUMBER'
  | 'ARRAY'
  | 'OBJECT'
  | 'DATE'
  | 'DATE_TIME'
  | 'DURATION'
  | 'PERIOD'
  | 'UNKNOWN';

const ZEEBE_TYPES: Readonly<Record<FeelType, ZeebeType>> = {
  null: 'NULL',
  boolean: 'BOOLEAN',
  string: 'STRING',
  number: 'NUMBER',
  list: 'ARRAY',
  context: 'OBJECT',
  date: 'DATE',
  time: 'UNKNOWN',
  'date and time': 'DATE_TIME',
  'days and time duration': 'DURATION',
  'years and months duration': 'PERIOD',
  range: 'UNKNOWN',
  function: 'UNKNOWN',
};

/** The name for `Expected result of the expression '…' to be '…', but was '…'`. */
export function typeName(value: FeelValue): ZeebeType {
  return ZEEBE_TYPES[typeOf(value)];
}

/** Where an expression finds its variables. */
export interface Scope {
  /** The value of a variable; undefined if there is none of that name. */
  get(name: string): FeelValue | undefined;
}

/** A scope over a map, or over the own properties of a record. */
export function scopeOf(
  variables: ReadonlyMap<string, FeelValue> | Readonly<Record<string, FeelValue>>,
): Scope {
  if (variables instanceof Map) return variables;
  const map = new Map(Object.entries(variables));
  return { get: (name) => map.get(name) };
}

/** What an evaluation may ask of the world. */
export interface Environment {
  /** Milliseconds since the epoch. `now()` and `today()` show it in UTC. */
  nowMs(): number;
  /** Source of `random number()` (0 ≤ n < 1) and `uuid()`. Without it both are unknown functions. */
  random?(): number;
}
