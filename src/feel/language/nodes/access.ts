import type { FeelNumber } from '../../values/numbers.ts';
import { isNumber, negate, toDouble } from '../../values/numbers.ts';
import { propertiesOf } from '../../values/properties.ts';
import { describe } from '../../values/text.ts';
import type { FeelContext, FeelValue } from '../../values/values.ts';
import { FeelFunction } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { operands, unwrapped } from '../compiler.ts';
import type { Code, Frame, Runtime } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { expected } from './arithmetic.ts';
import { literalValue } from './literals.ts';

export function compileVariable(compiler: Compiler, node: Syntax): Code {
  const name = variableOf(compiler, node);
  return (frame) => {
    const value = frame.get(name);
    return value === undefined ? missing(name, frame.runtime) : value;
  };
}

/** `a.b.c`. On a list it gives the list of the entries. A missing first variable ends the path. */
export function compilePath(compiler: Compiler, node: Syntax): Code {
  const keys: string[] = [];
  let source: Syntax = node;
  while (source.name === 'PathExpression') {
    const [inner, dot, key] = operands(source);
    if (inner === undefined || dot === undefined || key === undefined) throw compiler.error(source);
    keys.unshift(singleName(compiler, key, ['time offset']));
    source = inner;
  }
  if (source.name === 'VariableName') {
    const name = variableOf(compiler, source);
    return (frame) => {
      const value = frame.get(name);
      return value === undefined ? missing(name, frame.runtime) : follow(value, keys, frame.runtime);
    };
  }
  const start = compiler.code(source);
  return (frame) => follow(start(frame), keys, frame.runtime);
}

/**
 * `list[…]`: an item by its number from 1, or from the end if negative; or the items for which the filter
 * is true. In the filter `item` is the item, and the entries of an item that is a context are variables.
 */
export function compileFilter(compiler: Compiler, node: Syntax): Code {
  const [source, condition] = operands(node);
  if (source === undefined || condition === undefined) throw compiler.error(node);
  const list = compiler.code(source);
  const filter = compiler.binding(['item'], () => compiler.code(condition));
  const inner = unwrapped(condition);
  const constant = constantIndex(compiler, inner);
  const outer = isTest(inner) ? undefined : filter;
  return (frame) => {
    const value = list(frame);
    if (!Array.isArray(value)) return expected('list', value, frame.runtime);
    if (constant !== undefined) return itemAt(value, constant);
    // Only a filter that cannot be a test is tried as an item number, outside the list.
    const index = outer?.(frame);
    return index !== undefined && isNumber(index) ? itemAt(value, index) : select(value, filter, frame);
  };
}

/** A name of one word: more are allowed in calls of built-in functions only. */
export function singleName(compiler: Compiler, node: Syntax, exceptions: readonly string[] = []): string {
  const name = compiler.nameOf(node);
  if (node.children.length > 1 && !exceptions.includes(name)) {
    throw compiler.error(node, `a name with blanks must be written in backticks: \`${name}\``);
  }
  return name;
}

function variableOf(compiler: Compiler, node: Syntax): string {
  const name = singleName(compiler, node);
  compiler.reads(name);
  return name;
}

function missing(name: string, runtime: Runtime): null {
  return runtime.warn('NO_VARIABLE_FOUND', `No variable found with name '${name}'`);
}

function follow(start: FeelValue, keys: readonly string[], runtime: Runtime): FeelValue {
  let value = start;
  for (const key of keys) value = entryOf(value, key, runtime);
  return value;
}

function entryOf(value: FeelValue, key: string, runtime: Runtime): FeelValue {
  if (value instanceof Map) return value.get(key) ?? entryMissing(value, key, runtime);
  if (Array.isArray(value)) {
    runtime.step(value.length);
    return value.map((item) => entryOf(item, key, runtime));
  }
  if (value === null) {
    const message = `No context entry found with key '${key}'. The context is null`;
    return runtime.warn('NO_CONTEXT_ENTRY_FOUND', message);
  }
  const properties = propertiesOf(value);
  const property = properties.get(key);
  if (property !== undefined) return property;
  const available = [...properties.keys()].map((name) => `'${name}'`).join(', ');
  return runtime.warn(
    'NO_PROPERTY_FOUND',
    `No property found with name '${key}' of value '${describe(value)}'. Available properties: ${available}`,
  );
}

function entryMissing(context: FeelContext, key: string, runtime: Runtime): FeelValue {
  // An entry that is null is there; only `undefined` of a map means missing.
  if (context.has(key)) return null;
  const names = [...context]
    .filter(([, value]) => !(value instanceof FeelFunction))
    .map(([name]) => `'${name}'`);
  const detail = names.length === 0 ? 'The context is empty' : `Available keys: ${names.join(', ')}`;
  return runtime.warn('NO_CONTEXT_ENTRY_FOUND', `No context entry found with key '${key}'. ${detail}`);
}

/** The number of a filter that is a number literal, perhaps with a minus before it. */
function constantIndex(compiler: Compiler, node: Syntax): FeelNumber | undefined {
  const [sign, operand] = operands(node);
  const negative = node.name === 'ArithmeticExpression' && sign?.name === 'ArithOp';
  const literal = negative && operand !== undefined ? unwrapped(operand) : node;
  if (literal.name !== 'NumericLiteral') return undefined;
  const number = literalValue(compiler, literal);
  if (!isNumber(number)) return undefined;
  return negative ? negate(number) : number;
}

function isTest(node: Syntax): boolean {
  return [
    'Comparison',
    'InstanceOfExpression',
    'FunctionInvocation',
    'DateTimeLiteral',
    'SimplePositiveUnaryTest',
  ].includes(node.name);
}

function itemAt(list: readonly FeelValue[], number: FeelNumber): FeelValue {
  const position = toDouble(number);
  const index = position > 0 ? position - 1 : list.length + position;
  return index < 0 ? null : (list[Math.trunc(index)] ?? null);
}

function select(list: readonly FeelValue[], filter: Code, frame: Frame): FeelValue {
  frame.runtime.step(list.length);
  const selected: FeelValue[] = [];
  for (const [position, item] of list.entries()) {
    const own = frame.with('item', item);
    const verdict = filter(item instanceof Map ? own.withAll(item) : own);
    // A function may give a number: then it is the number of the wanted item.
    if (position === 0 && isNumber(verdict)) return itemAt(list, verdict);
    if (verdict === true) selected.push(item);
  }
  return selected;
}
