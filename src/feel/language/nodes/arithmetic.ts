import { add, divide, multiply, subtract } from '../../values/arithmetic.ts';
import { isNumber, negate, raise } from '../../values/numbers.ts';
import { describe } from '../../values/text.ts';
import type { FeelValue, typeOf } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { operands } from '../compiler.ts';
import type { Code, Runtime } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';

type Operation = (a: FeelValue, b: FeelValue, runtime: Runtime) => FeelValue;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['+', operation(add, (a, b) => `Can't add '${describe(b)}' to '${describe(a)}'`)],
  ['-', operation(subtract, (a, b) => `Can't subtract '${describe(b)}' from '${describe(a)}'`)],
  ['*', operation(multiply, (a, b) => `Can't multiply '${describe(a)}' by '${describe(b)}'`)],
  ['/', operation(divide, (a, b) => `Can't divide '${describe(a)}' by '${describe(b)}'`)],
  ['**', raiseValues],
]);

/** Operators of one rank, from left to right, or a sign before an operand. Types that do not fit give null. */
export function compileArithmetic(compiler: Compiler, node: Syntax): Code {
  const [first, second] = operands(node);
  if (first?.name === 'ArithOp' && second !== undefined) {
    if (compiler.textOf(first) !== '-') throw compiler.error(first, 'only a minus can be a sign');
    const operand = compileOperand(compiler, second);
    return (frame) => negateValue(operand(frame), frame.runtime);
  }
  // A long chain is a deep tree to the left; it is walked in a loop, so that its length costs no stack.
  const steps: { apply: Operation; right: Code }[] = [];
  let left: Syntax = node;
  for (;;) {
    const [operand, operator, right] = operands(left);
    if (left.name !== 'ArithmeticExpression' || operand === undefined || operand.name === 'ArithOp') break;
    const apply = operator === undefined ? undefined : OPERATIONS.get(compiler.textOf(operator));
    if (apply === undefined || right === undefined) throw compiler.error(left);
    steps.unshift({ apply, right: compileOperand(compiler, right) });
    left = operand;
  }
  const start = compileOperand(compiler, left);
  const [only, ...others] = steps;
  if (only !== undefined && others.length === 0) {
    const { apply, right } = only;
    return (frame) => apply(start(frame), right(frame), frame.runtime);
  }
  return (frame) => {
    let value = start(frame);
    for (const { apply, right } of steps) value = apply(value, right(frame), frame.runtime);
    return value;
  };
}

const UNFIT_OPERANDS: ReadonlySet<string> = new Set([
  ...['SimplePositiveUnaryTest', 'Comparison', 'InstanceOfExpression', 'Conjunction', 'Disjunction'],
  ...['IfExpression', 'ForExpression', 'QuantifiedExpression'],
]);

/** Compiles an operand of an arithmetic operator or comparison: anything else needs parentheses here. */
export function compileOperand(compiler: Compiler, node: Syntax): Code {
  if (UNFIT_OPERANDS.has(node.name)) throw compiler.error(node, 'it needs parentheses');
  return compiler.code(node);
}

function operation(
  compute: (a: FeelValue, b: FeelValue) => FeelValue | undefined,
  complaint: (a: FeelValue, b: FeelValue) => string,
): Operation {
  return (a, b, runtime) => {
    const value = compute(a, b);
    if (value === undefined) return runtime.warn('INVALID_TYPE', complaint(a, b));
    if (typeof value === 'string') runtime.checkSize(value);
    return value;
  };
}

function raiseValues(a: FeelValue, b: FeelValue, runtime: Runtime): FeelValue {
  if (!isNumber(a)) return expectedNumber(a, runtime);
  if (!isNumber(b)) return expectedNumber(b, runtime);
  return raise(a, b);
}

function negateValue(value: FeelValue, runtime: Runtime): FeelValue {
  return isNumber(value) ? negate(value) : expectedNumber(value, runtime);
}

function expectedNumber(value: FeelValue, runtime: Runtime): null {
  return runtime.warn('INVALID_TYPE', `Expected number but found '${describe(value)}'`);
}

/** Warns that a value has the wrong type. */
export function expected(type: ReturnType<typeof typeOf>, value: FeelValue, runtime: Runtime): null {
  return runtime.warn('INVALID_TYPE', `Expected ${type} but found '${describe(value)}'`);
}
