import type { Value } from './values.ts';

/** An expression without places, as tests make them up. */
export type Shape =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'attribute' | 'exists'; readonly name: string }
  | { readonly kind: 'not' | 'negate'; readonly operand: Shape }
  | {
      readonly kind: 'chain';
      /** Operators of one precedence, with blanks between. */
      readonly level: string;
      readonly first: Shape;
      /** Number of the operator, modulo their count. */
      readonly rest: readonly (readonly [operator: number, operand: Shape])[];
    }
  | { readonly kind: 'like'; readonly operand: Shape; readonly pattern: string; readonly negated: boolean }
  | {
      readonly kind: 'in';
      readonly operand: Shape;
      readonly elements: readonly Shape[];
      readonly negated: boolean;
    }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Shape[] };

/** The source of an expression, each operand in parentheses if it is no leaf, and the tree that it must parse to. */
export function printed(shape: Shape): { source: string; tree: unknown } {
  const { kind } = shape;
  switch (kind) {
    case 'literal':
      return { source: literal(shape.value), tree: shape };
    case 'attribute':
      return { source: shape.name, tree: shape };
    case 'exists':
      return { source: `exists ${shape.name}`, tree: shape };
    case 'not':
    case 'negate': {
      const operand = enclosed(shape.operand);
      return {
        source: `${kind === 'not' ? 'NOT' : '-'} ${operand.source}`,
        tree: { kind, operand: operand.tree },
      };
    }
    case 'chain': {
      const operators = shape.level.split(' ');
      const first = enclosed(shape.first);
      const rest = shape.rest.map(([number, operand]) => ({
        operator: operators[number % operators.length],
        ...enclosed(operand),
      }));
      const name = shape.level.startsWith('AND')
        ? 'logic'
        : shape.level.startsWith('=')
          ? 'compare'
          : 'compute';
      return {
        source: [first.source, ...rest.map(({ operator, source }) => `${operator} ${source}`)].join(' '),
        tree: {
          kind: name,
          first: first.tree,
          rest: rest.map(({ operator, tree }) => ({ operator, operand: tree })),
        },
      };
    }
    case 'like': {
      const { pattern, negated } = shape;
      const operand = enclosed(shape.operand);
      const source = `${operand.source}${negated ? ' NOT' : ''} LIKE ${literal(pattern)}`;
      return { source, tree: { kind, operand: operand.tree, negated, pattern } };
    }
    case 'in': {
      const { negated } = shape;
      const operand = enclosed(shape.operand);
      const elements = shape.elements.map(printed);
      const source = `${operand.source}${negated ? ' NOT' : ''} IN (${elements.map((each) => each.source).join(',')})`;
      return {
        source,
        tree: { kind, operand: operand.tree, negated, elements: elements.map(({ tree }) => tree) },
      };
    }
    case 'call': {
      const { name } = shape;
      const operands = shape.operands.map(printed);
      const source = `${name}(${operands.map((each) => each.source).join(', ')})`;
      return { source, tree: { kind, name, operands: operands.map(({ tree }) => tree) } };
    }
  }
}

function enclosed(shape: Shape): { source: string; tree: unknown } {
  const { source, tree } = printed(shape);
  const leaf = shape.kind === 'attribute' || shape.kind === 'call';
  return { source: leaf ? source : `(${source})`, tree };
}

function literal(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
}
