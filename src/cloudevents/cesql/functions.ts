import type { CesqlErrorKind } from './errors.ts';
import { nearest } from './suggest.ts';
import { lengthOf, sliceOf, trimmed } from './text.ts';
import {
  cast,
  castFailure,
  LEAST_INTEGER,
  MOST_INTEGER,
  type Type,
  toText,
  type Value,
  ZERO,
} from './values.ts';

/** Characters (UTF-16 units) of a text that a function makes. */
export const MAX_TEXT = 262_144;

/** The value of a call that went wrong, and why. */
export class Failure {
  readonly value: Value;
  readonly kind: CesqlErrorKind;
  readonly message: string;

  constructor(value: Value, message: string, kind: CesqlErrorKind = 'functionEvaluation') {
    this.value = value;
    this.kind = kind;
    this.message = message;
  }
}

/** One overload. Operands are cast to the types before `apply` is called, `Any` as they are. */
export interface CesqlFunction {
  readonly operands: readonly (Type | 'Any')[];
  /** Any number of further operands of this type. */
  readonly variadic?: Type;
  readonly returns: Type;
  readonly apply: (...operands: readonly Value[]) => Value | Failure;
}

const text = (value: Value | undefined): string => toText(value ?? '');
const integer = (value: Value | undefined): number => (typeof value === 'number' ? value : 0);

/** The functions of section 3.5 and the casts of the conformance tests, each with its overloads by arity. */
const FUNCTIONS: ReadonlyMap<string, readonly CesqlFunction[]> = new Map<string, readonly CesqlFunction[]>([
  ['LENGTH', [{ operands: ['String'], returns: 'Integer', apply: (x) => lengthOf(text(x)) }]],
  ['CONCAT', [{ operands: [], variadic: 'String', returns: 'String', apply: (...all) => joined(all, '') }]],
  [
    'CONCAT_WS',
    [
      {
        operands: ['String'],
        variadic: 'String',
        returns: 'String',
        apply: (delimiter, ...all) => joined(all, text(delimiter)),
      },
    ],
  ],
  ['LOWER', [{ operands: ['String'], returns: 'String', apply: (x) => limited(text(x).toLowerCase()) }]],
  ['UPPER', [{ operands: ['String'], returns: 'String', apply: (x) => limited(text(x).toUpperCase()) }]],
  ['TRIM', [{ operands: ['String'], returns: 'String', apply: (x) => trimmed(text(x)) }]],
  [
    'LEFT',
    [
      {
        operands: ['String', 'Integer'],
        returns: 'String',
        apply: (x, y) => (integer(y) < 0 ? negative('LEFT', x, y) : sliceOf(text(x), 0, integer(y))),
      },
    ],
  ],
  [
    'RIGHT',
    [
      {
        operands: ['String', 'Integer'],
        returns: 'String',
        apply: (x, y) =>
          integer(y) < 0
            ? negative('RIGHT', x, y)
            : sliceOf(text(x), Math.max(0, lengthOf(text(x)) - integer(y))),
      },
    ],
  ],
  [
    'SUBSTRING',
    [
      {
        operands: ['String', 'Integer'],
        returns: 'String',
        apply: (x, position) => substring(text(x), integer(position), MOST_INTEGER),
      },
      {
        operands: ['String', 'Integer', 'Integer'],
        returns: 'String',
        apply: (x, position, length) => substring(text(x), integer(position), integer(length)),
      },
    ],
  ],
  ['ABS', [{ operands: ['Integer'], returns: 'Integer', apply: (x) => absolute(integer(x)) }]],
  ['INT', [{ operands: ['Any'], returns: 'Integer', apply: (x) => castTo('Integer', x) }]],
  ['BOOL', [{ operands: ['Any'], returns: 'Boolean', apply: (x) => castTo('Boolean', x) }]],
  ['STRING', [{ operands: ['Any'], returns: 'String', apply: (x) => castTo('String', x) }]],
  [
    'IS_INT',
    [{ operands: ['Any'], returns: 'Boolean', apply: (x = '') => cast(x, 'Integer') !== undefined }],
  ],
  [
    'IS_BOOL',
    [{ operands: ['Any'], returns: 'Boolean', apply: (x = '') => cast(x, 'Boolean') !== undefined }],
  ],
]);

/** The overload of a name (in upper case) that takes this number of operands. */
export function functionOf(name: string, arity: number): CesqlFunction | undefined {
  return FUNCTIONS.get(name)?.find(
    ({ operands, variadic }) =>
      operands.length === arity || (variadic !== undefined && operands.length < arity),
  );
}

/** Why a call can never be carried out, for people. */
export function missingFunction(name: string, arity: number): string {
  const overloads = FUNCTIONS.get(name);
  if (overloads === undefined) {
    const meant = nearest(name, FUNCTIONS.keys());
    return `there is no function ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  }
  const wanted = overloads.map(({ operands, variadic }) =>
    variadic === undefined ? String(operands.length) : `${operands.length} or more`,
  );
  const number = wanted.join(' or ');
  return `${name} takes ${number} ${number === '1' ? 'operand' : 'operands'}, not ${arity}`;
}

function castTo(type: Type, value: Value = ''): Value | Failure {
  return cast(value, type) ?? new Failure(ZERO[type], castFailure(value, type), 'cast');
}

function joined(values: readonly Value[], delimiter: string): string | Failure {
  const texts = values.map(text);
  const length = texts.reduce((sum, each) => sum + each.length, delimiter.length * (texts.length - 1));
  return length > MAX_TEXT ? tooLong() : texts.join(delimiter);
}

function limited(value: string): string | Failure {
  return value.length > MAX_TEXT ? tooLong() : value;
}

function tooLong(): Failure {
  return new Failure('', `the text would be longer than ${MAX_TEXT} characters`);
}

function negative(name: string, value: Value | undefined, length: Value | undefined): Failure {
  return new Failure(text(value), `${name} was asked for ${integer(length)} characters; ask for 0 or more`);
}

function substring(value: string, position: number, length: number): string | Failure {
  const characters = lengthOf(value);
  if (Math.abs(position) > characters) {
    return new Failure('', `position ${position} is outside of the text, which has ${characters} characters`);
  }
  if (length < 0) return new Failure('', `SUBSTRING was asked for ${length} characters; ask for 0 or more`);
  if (position === 0) return '';
  const from = position > 0 ? position - 1 : characters + position;
  return sliceOf(value, from, from + length);
}

function absolute(value: number): number | Failure {
  if (value !== LEAST_INTEGER) return Math.abs(value);
  return new Failure(MOST_INTEGER, `the absolute value of ${value} is no Integer (32 bits)`, 'math');
}
