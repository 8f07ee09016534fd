import type { FeelValue } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { operands } from '../compiler.ts';
import type { Code, Frame, Runtime } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { expected } from './arithmetic.ts';

export function compileConjunction(compiler: Compiler, node: Syntax): Code {
  const terms = compileChain(compiler, node);
  return (frame) => allOf(valuesOf(terms, frame), frame.runtime);
}

export function compileDisjunction(compiler: Compiler, node: Syntax): Code {
  const terms = compileChain(compiler, node);
  return (frame) => anyOf(valuesOf(terms, frame), frame.runtime);
}

export function compileIf(compiler: Compiler, node: Syntax): Code {
  const parts = operands(node).filter((child) => !['if', 'then', 'else'].includes(child.name));
  const [condition, positive, negative] = parts.map((part) => compiler.code(part));
  if (condition === undefined || positive === undefined || negative === undefined) throw compiler.error(node);
  return (frame) => {
    const value = condition(frame);
    if (typeof value !== 'boolean') expected('boolean', value, frame.runtime);
    return value === true ? positive(frame) : negative(frame);
  };
}

/** Terms of a chain of one operator, which the tree nests to the left. */
function compileChain(compiler: Compiler, node: Syntax): Code[] {
  const terms: Code[] = [];
  let left: Syntax = node;
  while (left.name === node.name) {
    const parts = operands(left).filter((child) => child.name !== 'and' && child.name !== 'or');
    const [first, ...others] = parts;
    if (first === undefined) throw compiler.error(left);
    terms.unshift(...others.map((part) => compileTerm(compiler, part)));
    left = first;
  }
  terms.unshift(compileTerm(compiler, left));
  return terms;
}

/** Loops and conditions reach to the end of an expression, so within a chain they need parentheses. */
function compileTerm(compiler: Compiler, node: Syntax): Code {
  if (['IfExpression', 'ForExpression', 'QuantifiedExpression'].includes(node.name)) {
    throw compiler.error(node, 'it needs parentheses');
  }
  return compiler.code(node);
}

/** Gives one value after the other, computed when asked for; undefined after the last. */
export type Values = () => FeelValue | undefined;

/** The values of the terms, one by one. */
export function valuesOf(terms: readonly Code[], frame: Frame): Values {
  let index = 0;
  return () => terms[index++]?.(frame);
}

/**
 * True if all are; false as soon as one is; else null. The first value that is no boolean gets a warning,
 * those after it do not, as in Camunda.
 */
export function allOf(values: Values, runtime: Runtime): FeelValue {
  return fold(values, runtime, false);
}

/** True as soon as one is; false if all are; else null. */
export function anyOf(values: Values, runtime: Runtime): FeelValue {
  return fold(values, runtime, true);
}

function fold(values: Values, runtime: Runtime, decisive: boolean): FeelValue {
  let result: FeelValue = !decisive;
  for (let value = values(); value !== undefined; value = values()) {
    if (value === decisive) return decisive;
    if (typeof value !== 'boolean') {
      if (result !== null) expected('boolean', value, runtime);
      result = null;
    }
  }
  return result;
}
