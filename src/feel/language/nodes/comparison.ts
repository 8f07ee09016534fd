import { equalOrUndefined, order } from '../../values/compare.ts';
import { describe } from '../../values/text.ts';
import type { FeelValue } from '../../values/values.ts';
import { typeOf } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { operands } from '../compiler.ts';
import type { Code, Runtime } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { compileOperand, expected } from './arithmetic.ts';
import { allOf, valuesOf } from './logic.ts';
import { compileTests, INPUT } from './tests.ts';

export function compileComparison(compiler: Compiler, node: Syntax): Code {
  const [left, operator, ...rest] = operands(node);
  const [right, , upper] = rest;
  if (left === undefined || operator === undefined || right === undefined) throw compiler.error(node);
  const value = compileOperand(compiler, left);
  if (operator.name === 'in') {
    const nodes = right.name === 'PositiveUnaryTests' ? operands(right) : [right];
    const tests = compileTests(compiler, nodes, nodes.length > 1);
    return (frame) => tests(frame.with(INPUT, value(frame)));
  }
  if (operator.name === 'between') {
    if (upper === undefined) throw compiler.error(node);
    const [from, to] = [compileOperand(compiler, right), compileOperand(compiler, upper)];
    // The value is read for each bound, so a missing variable is reported twice, as in Camunda.
    const terms: Code[] = [
      (frame) => ordered('>=', value(frame), from(frame), frame.runtime),
      (frame) => ordered('<=', value(frame), to(frame), frame.runtime),
    ];
    return (frame) => allOf(valuesOf(terms, frame), frame.runtime);
  }
  const symbol = compiler.textOf(operator);
  const other = compileOperand(compiler, right);
  return (frame) => compareValues(symbol, value(frame), other(frame), frame.runtime);
}

export function compileInstanceOf(compiler: Compiler, node: Syntax): Code {
  const [left] = operands(node);
  const type = node.children.find((child) => child.name === 'Type');
  if (left === undefined || type === undefined) throw compiler.error(node);
  const value = compileOperand(compiler, left);
  const name = compiler.nameOf(type);
  if (/[<>]/.test(name))
    throw compiler.error(type, 'types with parameters are not supported, name the type alone');
  return (frame) => isInstance(value(frame), name);
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  'date time': 'date and time',
  'year-month-duration': 'years and months duration',
  'day-time-duration': 'days and time duration',
};

function isInstance(value: FeelValue, name: string): boolean {
  return name === 'Any' ? value !== null : typeOf(value) === (OTHER_NAMES[name] ?? name);
}

/** One of `= != < <= > >=`. Null, with a warning, if the two cannot be compared. */
function compareValues(symbol: string, a: FeelValue, b: FeelValue, runtime: Runtime): FeelValue {
  if (symbol !== '=' && symbol !== '!=') return ordered(symbol, a, b, runtime);
  if (Array.isArray(a)) runtime.reads(b);
  const same = equality(a, b, runtime);
  if (symbol === '=') return same;
  return same === null ? expected('boolean', same, runtime) : !same;
}

export function equality(a: FeelValue, b: FeelValue, runtime: Runtime): boolean | null {
  return equalOrUndefined(a, b) ?? notComparable(a, b, runtime);
}

/** One of `< <= > >=`. */
export function ordered(symbol: string, a: FeelValue, b: FeelValue, runtime: Runtime): boolean | null {
  const sign = order(a, b);
  if (sign === undefined) return notComparable(a, b, runtime);
  switch (symbol) {
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    default:
      return sign >= 0;
  }
}

function notComparable(a: FeelValue, b: FeelValue, runtime: Runtime): null {
  return runtime.warn('NOT_COMPARABLE', `Can't compare '${describe(a)}' with '${describe(b)}'`);
}
