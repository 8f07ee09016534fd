import type { Environment, Scope } from '../values/values.ts';
import { TreeCompiler } from './compiler.ts';
import { expectation } from './expectation.ts';
import type { Code, Evaluation } from './runtime.ts';
import { EvaluationStop, Frame, Runtime } from './runtime.ts';
import { FeelSyntaxError, parse } from './syntax.ts';

/** An expression, compiled once. Evaluating it never parses and keeps no state. */
export interface Expression {
  /** The text it was compiled from. */
  readonly text: string;
  /** Names of the variables that it reads from its scope, as far as the text tells. */
  readonly variables: readonly string[];
  /** Never throws for what the data are: a failure is `ok: false`. */
  evaluate(scope: Scope, environment: Environment): Evaluation;
}

/**
 * Compiles a FEEL expression in Camunda's dialect (as of Zeebe 8.6), without a leading `=`.
 * Throws `FeelSyntaxError` if the text is none, is longer than 100,000 characters, or nests too deeply.
 */
export function compile(text: string): Expression {
  const { compiler, code } = withExpectation(text, codeOf, expectation);
  return {
    text,
    variables: compiler.variables,
    evaluate: (scope, environment) => run(text, code, environment, (runtime) => new Frame(runtime, scope)),
  };
}

function codeOf(text: string) {
  const parsed = parse(text, 'Expression');
  const compiler = new TreeCompiler(parsed);
  return { compiler, code: compiler.code(parsed.root) };
}

/** Words a refusal as Zeebe's parser does, also where our grammar takes what Zeebe's does not. */
export function withExpectation<Compiled>(
  text: string,
  compileText: (text: string) => Compiled,
  expect: typeof expectation,
): Compiled {
  try {
    return compileText(text);
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error;
    const compiles = (beginning: string): boolean => {
      try {
        compileText(beginning);
        return true;
      } catch (failure) {
        if (failure instanceof FeelSyntaxError) return false;
        throw failure;
      }
    };
    throw new FeelSyntaxError(text, error.position, error.reason, expect(text, compiles));
  }
}

/** Runs compiled code and words its failures as Zeebe does. */
export function run(
  text: string,
  code: Code,
  environment: Environment,
  frameOf: (runtime: Runtime) => Frame,
): Evaluation {
  const runtime = new Runtime(environment);
  const { warnings } = runtime;
  try {
    const value = code(frameOf(runtime));
    if (runtime.assertion === undefined) return { ok: true, value, warnings };
    const message = `Assertion failure on evaluate the expression '${text}': ${runtime.assertion}`;
    return { ok: false, message, warnings };
  } catch (error) {
    const cause = stopCause(error);
    if (cause === undefined) throw error;
    return { ok: false, message: `failed to evaluate expression '${text}'${cause}`, warnings };
  }
}

/** Why an evaluation had to end, with the colon as Zeebe sets it; undefined for a defect of ours. */
function stopCause(error: unknown): string | undefined {
  if (error instanceof EvaluationStop) return `: ${error.message}`;
  // What has no result, such as `0 ** -1`, and what is too large: the stack, strings and dates have limits.
  return error instanceof RangeError ? ` : ${error.message}` : undefined;
}
