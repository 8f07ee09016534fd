import type { Environment, FeelValue, Scope } from '../values/values.ts';
import type { Compiler } from './compiler.ts';
import { operands, TreeCompiler } from './compiler.ts';
import { run, withExpectation } from './expression.ts';
import { compileTests, INPUT } from './nodes/tests.ts';
import type { Code, Evaluation } from './runtime.ts';
import { Frame } from './runtime.ts';
import type { Syntax } from './syntax.ts';
import { parse } from './syntax.ts';
import { testsExpectation } from './tests-expectation.ts';

/** Unary tests, as in the input entry of a decision table, compiled once. */
export interface UnaryTests {
  readonly text: string;
  readonly variables: readonly string[];
  /** The value is true, false, or null if no test could be decided. */
  evaluate(input: FeelValue, scope: Scope, environment: Environment): Evaluation;
}

/** Compiles unary tests: `-`, `> 5, [1..3]`, `not("a", "b")`. Throws `FeelSyntaxError` if the text is none. */
export function compileUnaryTests(text: string): UnaryTests {
  const { compiler, code } = withExpectation(text, codeOf, testsExpectation);
  return {
    text,
    variables: compiler.variables,
    evaluate: (input, scope, environment) =>
      run(text, code, environment, (runtime) => new Frame(runtime, scope).with(INPUT, input)),
  };
}

function codeOf(text: string) {
  const parsed = parse(text, 'UnaryTests');
  const compiler = new TreeCompiler(parsed);
  return { compiler, code: compileRoot(compiler, parsed.root) };
}

function compileRoot(compiler: Compiler, root: Syntax): Code {
  const parts = operands(root);
  if (parts.some((part) => part.name === 'Wildcard')) return () => true;
  const list = parts.find((part) => part.name === 'PositiveUnaryTests');
  if (list === undefined) throw compiler.error(root);
  for (const { children } of operands(list)) {
    const sign = children[0]?.children[0];
    // `= 1` is a test after `in` only.
    if (sign !== undefined && /^!?=$/.test(compiler.textOf(sign))) throw compiler.error(sign);
  }
  const negated = parts.some((part) => part.name === 'not');
  const tests = compileTests(compiler, operands(list), negated);
  if (!negated) return tests;
  return (frame) => {
    const value = tests(frame);
    return typeof value === 'boolean' ? !value : null;
  };
}
