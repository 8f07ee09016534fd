import { compileFilter, compilePath, compileVariable } from './nodes/access.ts';
import { compileArithmetic } from './nodes/arithmetic.ts';
import { compileContext, compileList } from './nodes/collections.ts';
import { compileComparison, compileInstanceOf } from './nodes/comparison.ts';
import { compileDefinition, compileInvocation } from './nodes/functions.ts';
import { compileLiteral, compileTemporal } from './nodes/literals.ts';
import { compileConjunction, compileDisjunction, compileIf } from './nodes/logic.ts';
import { compileFor, compileQuantified } from './nodes/loops.ts';
import { compileInput, compileInputTest } from './nodes/tests.ts';
import type { Code } from './runtime.ts';
import { type Source, writtenName } from './source.ts';
import type { Parsed, Syntax } from './syntax.ts';
import { FeelSyntaxError } from './syntax.ts';

/** What the functions that compile one kind of node need of the whole. */
export interface Compiler {
  readonly source: Source;
  /** Compiles any expression node. */
  code(node: Syntax): Code;
  /** The text of a node as written. */
  textOf(node: Syntax): string;
  /** The name that a name node stands for: without backticks, one blank between its words. */
  nameOf(node: Syntax): string;
  /** Compiles with these names bound by the expression itself. */
  binding<T>(names: readonly string[], compile: () => T): T;
  /** Notes that a name is read; it is free unless bound. */
  reads(name: string): void;
  /** How often a name was read so far, free or bound: tells whether a part of an expression reads it. */
  readsOf(name: string): number;
  error(node: Syntax, reason?: string): FeelSyntaxError;
}

type CompileNode = (compiler: Compiler, node: Syntax) => Code;

const NODES: ReadonlyMap<string, CompileNode> = new Map<string, CompileNode>([
  ['Expression', (compiler, node) => compiler.code(only(compiler, node))],
  ['ParenthesizedExpression', (compiler, node) => compiler.code(only(compiler, node))],
  ['PositiveUnaryTest', (compiler, node) => compiler.code(only(compiler, node))],
  ['null', compileLiteral],
  ['BooleanLiteral', compileLiteral],
  ['NumericLiteral', compileLiteral],
  ['StringLiteral', compileLiteral],
  ['DateTimeLiteral', compileTemporal],
  ['VariableName', compileVariable],
  ['PathExpression', compilePath],
  ['FilterExpression', compileFilter],
  ['ArithmeticExpression', compileArithmetic],
  ['Comparison', compileComparison],
  ['InstanceOfExpression', compileInstanceOf],
  ['Conjunction', compileConjunction],
  ['Disjunction', compileDisjunction],
  ['IfExpression', compileIf],
  ['ForExpression', compileFor],
  ['QuantifiedExpression', compileQuantified],
  ['List', compileList],
  ['Context', compileContext],
  ['FunctionDefinition', compileDefinition],
  ['FunctionInvocation', compileInvocation],
  ['SimplePositiveUnaryTest', compileInputTest],
  ['?', compileInput],
]);

const PUNCTUATION = new Set(['(', ')', '[', ']', '{', '}', ',']);

/** Children without brackets. */
export function operands(node: Syntax): Syntax[] {
  return node.children.filter((child) => !PUNCTUATION.has(child.name));
}

/** The child of a name. */
export function childOf(node: Syntax, name: string): Syntax | undefined {
  return node.children.find((child) => child.name === name);
}

/** The same node without the parentheses and wrappers around it. */
export function unwrapped(node: Syntax): Syntax {
  let inner = node;
  while (inner.name === 'ParenthesizedExpression' || inner.name === 'Expression') {
    const [child] = operands(inner);
    if (child === undefined) break;
    inner = child;
  }
  return inner;
}

function only(compiler: Compiler, node: Syntax): Syntax {
  const [child, ...others] = operands(node);
  if (child === undefined || others.length > 0) throw compiler.error(others[0] ?? node);
  return child;
}

/** Compiles a parse tree. Throws `FeelSyntaxError` for what the grammar allows but Camunda's dialect does not. */
export class TreeCompiler implements Compiler {
  readonly source: Source;
  readonly #free = new Set<string>();
  readonly #bound = new Map<string, number>();
  readonly #reads = new Map<string, number>();

  constructor(parsed: Parsed) {
    this.source = parsed.source;
  }

  /** Names that the compiled parts read from the scope outside. */
  get variables(): readonly string[] {
    return [...this.#free];
  }

  code(node: Syntax): Code {
    const compileNode = NODES.get(node.name);
    if (compileNode === undefined) throw this.error(node);
    return compileNode(this, node);
  }

  textOf(node: Syntax): string {
    return this.source.text.slice(node.from, node.to);
  }

  nameOf(node: Syntax): string {
    const quoted = this.source.quotedNames.get(node.from);
    const text = this.textOf(node);
    if (quoted !== undefined && text.length === quoted.length + 2) return quoted;
    const misplaced = text.indexOf('`');
    if (misplaced >= 0) throw new FeelSyntaxError(this.source.text, node.from + misplaced);
    return writtenName(this.source, node.from, node.to).trim().replace(/\s+/g, ' ');
  }

  binding<T>(names: readonly string[], compile: () => T): T {
    for (const name of names) this.#bound.set(name, (this.#bound.get(name) ?? 0) + 1);
    try {
      return compile();
    } finally {
      for (const name of names) this.#bound.set(name, (this.#bound.get(name) ?? 1) - 1);
    }
  }

  reads(name: string): void {
    this.#reads.set(name, this.readsOf(name) + 1);
    if ((this.#bound.get(name) ?? 0) === 0) this.#free.add(name);
  }

  readsOf(name: string): number {
    return this.#reads.get(name) ?? 0;
  }

  error(node: Syntax, reason?: string): FeelSyntaxError {
    return new FeelSyntaxError(this.source.text, node.from, reason);
  }
}
