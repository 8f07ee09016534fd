import type { CloudEvent } from '../event.ts';
import { compileNode, type Evaluate, typeOfNode } from './compile.ts';
import { type CesqlError, positionAt } from './errors.ts';
import { functionOf, missingFunction } from './functions.ts';
import { parse } from './parser.ts';
import { Run } from './run.ts';
import type { Node } from './syntax.ts';
import type { Type, Value } from './values.ts';

/** What an evaluation gives: always a value, and what went wrong on the way. */
export interface Evaluation {
  readonly value: Value;
  readonly errors: readonly CesqlError[];
}

/** An expression of CESQL 1.0.0, compiled once and evaluated on any number of events. */
export class CesqlExpression {
  readonly source: string;
  readonly node: Node;
  /** Type of the value, undefined if only the event decides. */
  readonly type: Type | undefined;
  /** The first call that can never be carried out: of an unknown function, or with a wrong number of operands. */
  readonly missingFunction: CesqlError | undefined;
  readonly #evaluate: Evaluate;

  /** @throws CesqlParseError with the position and what was expected there */
  constructor(source: string) {
    this.source = source;
    this.node = parse(source);
    this.type = typeOfNode(this.node);
    const call = firstMissing(this.node);
    this.missingFunction = call && {
      kind: 'missingFunction',
      message: missingFunction(call.name, call.operands.length),
      position: positionAt(source, call.start),
    };
    this.#evaluate = compileNode(this.node);
  }

  /** Evaluates to a value and all errors. Never throws. */
  evaluate(event: CloudEvent): Evaluation {
    const errors: CesqlError[] = [];
    const value = this.#evaluate(new Run(this.source, event.attributes, errors));
    return { value, errors };
  }

  /** As a filter: the event passes only if the value is the Boolean TRUE and there was no error (section 1.2). */
  matches(event: CloudEvent): boolean {
    const run = new Run(this.source, event.attributes, undefined);
    return this.#evaluate(run) === true && run.failures === 0;
  }
}

function firstMissing(node: Node): Extract<Node, { readonly kind: 'call' }> | undefined {
  if (node.kind === 'call' && functionOf(node.name, node.operands.length) === undefined) return node;
  for (const child of childrenOf(node)) {
    const found = firstMissing(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'attribute':
    case 'exists':
      return [];
    case 'not':
    case 'negate':
    case 'like':
      return [node.operand];
    case 'logic':
    case 'compare':
    case 'compute':
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case 'in':
      return [node.operand, ...node.elements];
    case 'call':
      return node.operands;
  }
}
