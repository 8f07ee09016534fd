import type { Value } from './values.ts';

/** Syntax tree of CESQL. Offsets are into the source; parentheses leave no node. */
export type Node = Span &
  (
    | { readonly kind: 'literal'; readonly value: Value }
    | { readonly kind: 'attribute' | 'exists'; readonly name: string }
    | { readonly kind: 'not' | 'negate'; readonly operand: Node }
    | { readonly kind: 'logic'; readonly first: Node; readonly rest: readonly Step<LogicOperator>[] }
    | { readonly kind: 'compare'; readonly first: Node; readonly rest: readonly Step<Comparison>[] }
    | { readonly kind: 'compute'; readonly first: Node; readonly rest: readonly Step<Arithmetic>[] }
    | { readonly kind: 'like'; readonly operand: Node; readonly pattern: string; readonly negated: boolean }
    | {
        readonly kind: 'in';
        readonly operand: Node;
        readonly elements: readonly Node[];
        readonly negated: boolean;
      }
    | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Node[] }
  );

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * An operator and its right operand. Operators of equal precedence are a flat chain that is worked off from left to
 * right, so that a long chain is no deep tree.
 */
export interface Step<Operator> {
  readonly operator: Operator;
  readonly operand: Node;
  /** Offset of the operator. */
  readonly at: number;
}

export type LogicOperator = 'AND' | 'OR' | 'XOR';
export type Comparison = '=' | '!=' | '<>' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';
