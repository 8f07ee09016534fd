import { equal, order } from '../../values/compare.ts';
import { describe } from '../../values/text.ts';
import type { FeelValue } from '../../values/values.ts';
import { FeelRange } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { childOf, operands } from '../compiler.ts';
import type { Code, Frame } from '../runtime.ts';
import { EvaluationStop } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { compileOperand } from './arithmetic.ts';
import { equality, ordered } from './comparison.ts';
import { anyOf, valuesOf } from './logic.ts';

/** The name under which a frame holds the value that unary tests test. */
export const INPUT = '?';

/** `?`: the value under test. */
export function compileInput(compiler: Compiler): Code {
  compiler.binding([INPUT], () => compiler.reads(INPUT));
  return (frame) => {
    const value = frame.get(INPUT);
    if (value === undefined) {
      throw new EvaluationStop(
        "No input value available. '?' can only be used inside an unary-test expression.",
      );
    }
    return value;
  };
}

/** Tests of which one must hold, separated by commas; `enclosed` if a bracket follows the last. */
export function compileTests(compiler: Compiler, nodes: readonly Syntax[], enclosed = false): Code {
  const tests = nodes.map((node, index) =>
    compileTest(compiler, node, index === nodes.length - 1 && !enclosed),
  );
  const [only, ...others] = tests;
  if (only === undefined || others.length === 0) return only ?? (() => false);
  return (frame) => anyOf(valuesOf(tests, frame), frame.runtime);
}

/** `> 5`, `[1..5]`: a test of the input. Elsewhere than in unary tests there is none, and the result is null. */
export function compileInputTest(compiler: Compiler, node: Syntax): Code {
  const interval = childOf(node, 'Interval');
  if (interval !== undefined) return compileIntervalTest(compiler, interval);
  const [operator, endpoint] = operands(node);
  if (operator === undefined || endpoint === undefined) throw compiler.error(node);
  const symbol = compiler.textOf(operator);
  const value = compileOperand(compiler, endpoint);
  return (frame) => {
    const input = inputOf(frame);
    const other = value(frame);
    if (symbol === '=') return equality(input, other, frame.runtime);
    if (symbol !== '!=') return ordered(symbol, input, other, frame.runtime);
    const same = equality(input, other, frame.runtime);
    return same === null ? null : !same;
  };
}

/** `[1..5]` as a value, as the argument of a function. */
export function compileRange(compiler: Compiler, interval: Syntax): Code {
  const { start, end, startIncluded, endIncluded } = boundsOf(compiler, interval);
  return (frame) => {
    const [from, to] = [start(frame), end(frame)];
    if (typeof from === 'string' || order(from, to) === undefined) {
      return frame.runtime.warn('INVALID_TYPE', `Invalid range definition '${compiler.textOf(interval)}'`);
    }
    return new FeelRange(from, to, startIncluded, endIncluded);
  };
}

function compileIntervalTest(compiler: Compiler, interval: Syntax): Code {
  const { start, end, startIncluded, endIncluded } = boundsOf(compiler, interval);
  return (frame) => {
    const [from, to] = [start(frame), end(frame)];
    const input = inputOf(frame);
    const [above, below] = [order(input, from), order(input, to)];
    if (above === undefined || below === undefined) {
      const bounds = `'${describe(from)}' and '${describe(to)}'`;
      return frame.runtime.warn('NOT_COMPARABLE', `Can't compare '${describe(input)}' with ${bounds}`);
    }
    return (startIncluded ? above >= 0 : above > 0) && (endIncluded ? below <= 0 : below < 0);
  };
}

function boundsOf(
  compiler: Compiler,
  interval: Syntax,
): { start: Code; end: Code; startIncluded: boolean; endIncluded: boolean } {
  const values = operands(interval).filter((child) => child.name !== '..');
  const [start, end] = values;
  if (start === undefined || end === undefined) throw compiler.error(interval);
  const text = compiler.textOf(interval);
  return {
    start: compileOperand(compiler, start),
    end: compileOperand(compiler, end),
    startIncluded: text.startsWith('['),
    endIncluded: text.endsWith(']'),
  };
}

function inputOf(frame: Frame): FeelValue {
  const value = frame.get(INPUT);
  return value === undefined ? frame.runtime.warn('NO_VARIABLE_FOUND', 'No input value found.') : value;
}

/**
 * A test is a comparison or interval, or an expression that gives true, the input, or a list with the input.
 * A boolean literal that is the last test is compared with the input; elsewhere true holds for any input, as in
 * Camunda.
 */
function compileTest(compiler: Compiler, node: Syntax, isLast: boolean): Code {
  const test = node.name === 'PositiveUnaryTest' ? (operands(node)[0] ?? node) : node;
  if (test.name === 'SimplePositiveUnaryTest') return compileInputTest(compiler, test);
  const before = compiler.readsOf(INPUT);
  const expression = compiler.code(test);
  if (compiler.readsOf(INPUT) > before) {
    // With `?` the expression is the whole condition.
    return (frame) => {
      const value = expression(frame);
      return typeof value === 'boolean' ? value : null;
    };
  }
  if (test.name === 'BooleanLiteral' && isLast) {
    return (frame) => equality(inputOf(frame), expression(frame), frame.runtime);
  }
  return (frame) => {
    const input = inputOf(frame);
    const value = expression(frame);
    if (value === true) return true;
    if (Array.isArray(value) && value.some((item) => equal(item, input))) return true;
    const same = equality(input, value, frame.runtime);
    if (same === true) return true;
    return Array.isArray(value) ? false : same;
  };
}
