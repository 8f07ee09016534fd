import type { Run } from './run.ts';
import type { Arithmetic, Comparison, LogicOperator } from './syntax.ts';
import { cast, isInteger, toInteger, typeOf, type Value } from './values.ts';

/** What operators do with the values of their operands. Offsets are for the errors. */

/** True if AND or OR do not look at their right operand. */
export function isDecided(operator: LogicOperator, left: boolean): boolean {
  return (operator === 'AND' && !left) || (operator === 'OR' && left);
}

/** The right operand counts where it was looked at: then it is the value of AND and OR. */
export function combine(operator: LogicOperator, left: boolean, right: boolean): boolean {
  return operator === 'XOR' ? left !== right : right;
}

/** The right operand decides the type in which `=` and `!=` compare; the others compare integers. */
export function compare(
  run: Run,
  operator: Comparison,
  left: Value,
  leftAt: number,
  right: Value,
  rightAt: number,
): boolean {
  if (operator === '=' || operator === '!=' || operator === '<>') {
    const type = typeOf(right);
    const value = cast(left, type);
    if (value !== undefined) return (value === right) === (operator === '=');
    run.failCast(left, type, leftAt);
    return false;
  }
  const x = toInteger(left);
  const y = toInteger(right);
  if (x === undefined) run.failCast(left, 'Integer', leftAt, ONLY_INTEGERS);
  if (y === undefined) run.failCast(right, 'Integer', rightAt, ONLY_INTEGERS);
  if (x === undefined || y === undefined) return false;
  switch (operator) {
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    case '>=':
      return x >= y;
  }
}

const ONLY_INTEGERS = '; <, <=, > and >= compare integers only';

/** Division cuts off the fraction; the remainder has the sign of `x`. */
export function compute(run: Run, operator: Arithmetic, x: number, y: number, at: number): number {
  switch (operator) {
    case '+':
      return inRange(run, x + y, at);
    case '-':
      return inRange(run, x - y, at);
    case '*':
      return inRange(run, x * y, at);
    case '/':
    case '%':
      if (y === 0) {
        run.fail('math', at, 'division by zero');
        return 0;
      }
      return inRange(run, operator === '/' ? Math.trunc(x / y) : x % y, at);
  }
}

/** Integers do not wrap around: a result that 32 bits do not hold is a math error. */
export function inRange(run: Run, value: number, at: number): number {
  // Adding 0 turns -0 into 0.
  if (isInteger(value)) return value + 0;
  run.fail('math', at, 'the result is no Integer (32 bits)');
  return 0;
}
