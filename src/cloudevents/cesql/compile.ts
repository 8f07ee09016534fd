import { type CesqlFunction, Failure, functionOf, missingFunction } from './functions.ts';
import { likeMatcher } from './like.ts';
import { combine, compare, compute, inRange, isDecided } from './operators.ts';
import type { Run } from './run.ts';
import type { Node, Step } from './syntax.ts';
import { cast, type Type, toBoolean, toInteger, toText, typeOf, type Value, ZERO } from './values.ts';

/**
 * Computes a node. What goes wrong is told to the run; the value is then the zero value of the operation's type (or
 * what a function says). An operation with an operand that failed is not carried out: it has its zero value too, so
 * that no error hides behind a later result.
 */
export type Evaluate = (run: Run) => Value;

type Of<Kind extends Node['kind']> = Extract<Node, { readonly kind: Kind }>;

export function compileNode(node: Node): Evaluate {
  switch (node.kind) {
    case 'literal':
      return () => node.value;
    case 'attribute':
      return compileAttribute(node.name, node.start);
    case 'exists':
      return ({ attributes }) => attributes.has(node.name);
    case 'not':
      return compileNot(node.operand);
    case 'negate':
      return compileNegate(node.operand, node.start);
    case 'logic':
      return compileLogic(node);
    case 'compare':
      return compileComparison(node);
    case 'compute':
      return compileArithmetic(node);
    case 'like':
      return compileLike(node);
    case 'in':
      return compileIn(node);
    case 'call':
      return compileCall(node);
  }
}

/** The type of the value, undefined if only the event decides. */
export function typeOfNode(node: Node): Type | undefined {
  switch (node.kind) {
    case 'literal':
      return typeOf(node.value);
    case 'attribute':
      return undefined;
    case 'negate':
    case 'compute':
      return 'Integer';
    case 'call':
      return functionOf(node.name, node.operands.length)?.returns ?? 'Boolean';
    case 'exists':
    case 'not':
    case 'logic':
    case 'compare':
    case 'like':
    case 'in':
      return 'Boolean';
  }
}

function compileAttribute(name: string, at: number): Evaluate {
  return (run) => {
    const value = run.attributes.get(name);
    if (value !== undefined) return value;
    run.failMissing(name, at);
    return false;
  };
}

function compileNot(node: Node): Evaluate {
  const operand = compileNode(node);
  return (run) => {
    const before = run.failures;
    const value = operand(run);
    if (run.failures !== before) return false;
    const boolean = toBoolean(value);
    if (boolean !== undefined) return !boolean;
    run.failCast(
      value,
      'Boolean',
      node.start,
      '; NOT takes only the next value, write NOT (…) around a comparison',
    );
    return false;
  };
}

function compileNegate(node: Node, at: number): Evaluate {
  const operand = compileNode(node);
  return (run) => {
    const before = run.failures;
    const value = operand(run);
    if (run.failures !== before) return 0;
    const integer = toInteger(value);
    if (integer !== undefined) return inRange(run, 0 - integer, at);
    run.failCast(value, 'Integer', node.start);
    return 0;
  };
}

interface CompiledStep<Operator> extends Step<Operator> {
  readonly evaluate: Evaluate;
}

function compileSteps<Operator>(rest: readonly Step<Operator>[]): readonly CompiledStep<Operator>[] {
  return rest.map((step) => ({ ...step, evaluate: compileNode(step.operand) }));
}

function compileLogic({ first, rest }: Of<'logic'>): Evaluate {
  const start = compileNode(first);
  const steps = compileSteps(rest);
  return (run) => {
    const before = run.failures;
    let value = booleanOf(run, start(run), first, before);
    for (const { operator, operand, evaluate } of steps) {
      if (run.failures !== before) return false;
      if (isDecided(operator, value)) continue;
      value = combine(operator, value, booleanOf(run, evaluate(run), operand, before));
    }
    return run.failures === before && value;
  };
}

function booleanOf(run: Run, value: Value, { start }: Node, before: number): boolean {
  if (run.failures !== before) return false;
  const boolean = toBoolean(value);
  if (boolean === undefined) run.failCast(value, 'Boolean', start);
  return boolean ?? false;
}

function compileComparison({ first, rest }: Of<'compare'>): Evaluate {
  const start = compileNode(first);
  const steps = compileSteps(rest);
  return (run) => {
    const before = run.failures;
    let value = start(run);
    for (const { operator, operand, evaluate } of steps) {
      const right = evaluate(run);
      value = run.failures === before && compare(run, operator, value, first.start, right, operand.start);
    }
    return value;
  };
}

function compileArithmetic({ first, rest }: Of<'compute'>): Evaluate {
  const start = compileNode(first);
  const steps = compileSteps(rest);
  return (run) => {
    const before = run.failures;
    let value = start(run);
    for (const { operator, operand, at, evaluate } of steps) {
      const right = evaluate(run);
      if (run.failures !== before) continue;
      const x = toInteger(value);
      const y = toInteger(right);
      if (x === undefined) run.failCast(value, 'Integer', first.start);
      if (y === undefined) run.failCast(right, 'Integer', operand.start);
      if (x !== undefined && y !== undefined) value = compute(run, operator, x, y, at);
    }
    return run.failures === before ? value : 0;
  };
}

function compileLike({ operand, pattern, negated }: Of<'like'>): Evaluate {
  const left = compileNode(operand);
  const matches = likeMatcher(pattern);
  return (run) => {
    const before = run.failures;
    const value = left(run);
    return run.failures === before && matches(toText(value)) !== negated;
  };
}

function compileIn({ operand, elements, negated }: Of<'in'>): Evaluate {
  const left = compileNode(operand);
  const compiled = elements.map((element) => ({ at: element.start, evaluate: compileNode(element) }));
  const texts = literalTexts(elements);
  return (run) => {
    const before = run.failures;
    const value = left(run);
    if (run.failures !== before) return false;
    if (texts !== undefined && typeof value === 'string') return texts.has(value) !== negated;
    const type = typeOf(value);
    for (const { at, evaluate } of compiled) {
      const soFar = run.failures;
      const element = evaluate(run);
      if (run.failures !== soFar) continue;
      const same = cast(element, type);
      if (same === undefined) run.failCast(element, type, at);
      else if (same === value) return run.failures === before && !negated;
    }
    return run.failures === before && negated;
  };
}

/** A set of literals, cast to texts once: how most sets are, and asked with a text. */
function literalTexts(elements: readonly Node[]): ReadonlySet<string> | undefined {
  const texts = new Set<string>();
  for (const element of elements) {
    if (element.kind !== 'literal') return undefined;
    texts.add(toText(element.value));
  }
  return texts;
}

function compileCall({ name, operands, start }: Of<'call'>): Evaluate {
  const overload = functionOf(name, operands.length);
  if (overload === undefined) {
    const message = missingFunction(name, operands.length);
    return (run) => {
      run.fail('missingFunction', start, message);
      return false;
    };
  }
  const compiled = operands.map((operand, index) => ({
    at: operand.start,
    type: operandType(overload, index),
    evaluate: compileNode(operand),
  }));
  return (run) => {
    const before = run.failures;
    const values: Value[] = [];
    for (const { at, type, evaluate } of compiled) {
      const soFar = run.failures;
      const value = evaluate(run);
      if (run.failures !== soFar) continue;
      const same = type === 'Any' ? value : cast(value, type);
      if (same !== undefined) values.push(same);
      else if (type !== 'Any') run.failCast(value, type, at);
    }
    if (run.failures !== before) return ZERO[overload.returns];
    const result = overload.apply(...values);
    if (!(result instanceof Failure)) return result;
    run.fail(result.kind, start, result.message);
    return result.value;
  };
}

function operandType({ operands, variadic }: CesqlFunction, index: number): Type | 'Any' {
  return operands[index] ?? variadic ?? 'Any';
}
