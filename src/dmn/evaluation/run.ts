import {
  compile,
  compileUnaryTests,
  type Environment,
  type Evaluation,
  type Expression,
  FeelFunction,
  FeelJsonError,
  FeelRange,
  FeelSyntaxError,
  type FeelValue,
  type Scope,
  toJson,
  toText,
  type UnaryTests,
} from '../../feel/index.ts';
import type { EvaluatedDecision } from './evaluate.ts';

/** Why a decision has no result, as Zeebe words it. */
export class EvaluationFailure extends Error {
  readonly code = 'DMN_EVALUATION';
}

/** Ends the whole evaluation, also where a function of FEEL would go on with null. */
export class EvaluationLimit extends Error {
  readonly code = 'DMN_LIMIT';
}

/** Decisions and invocations of knowledge that one evaluation may take; each is kept in its record. */
const MAX_EVALUATED = 10_000;

/** The FEEL of one model, compiled when first used. */
export class CompiledTexts {
  readonly #expressions = new Map<string, Expression>();
  readonly #tests = new Map<string, UnaryTests>();

  expression(text: string): Expression {
    return madeOnce(this.#expressions, text, compile);
  }

  tests(text: string): UnaryTests {
    return madeOnce(this.#tests, text, compileUnaryTests);
  }
}

function madeOnce<Value>(known: Map<string, Value>, text: string, make: (text: string) => Value): Value {
  let value = known.get(text);
  if (value === undefined) {
    value = make(text);
    known.set(text, value);
  }
  return value;
}

/** One evaluation: what it may ask, and what it has noted so far. */
export class Run {
  readonly root: Scope;
  readonly evaluated: EvaluatedDecision[] = [];
  readonly #texts: CompiledTexts;
  readonly #environment: Environment;
  /** Contexts whose functions are shown as null; those of FEEL itself leave functions out. */
  readonly #made = new WeakSet<Map<string, FeelValue>>();

  constructor(texts: CompiledTexts, root: Scope, environment: Environment) {
    this.#texts = texts;
    this.root = root;
    this.#environment = environment;
  }

  evaluate(text: string, scope: Scope): FeelValue {
    return resultOf(() => this.#texts.expression(text).evaluate(scope, this.#environment));
  }

  /** Whether an input meets the tests; what cannot be decided is not met. */
  meets(tests: string, input: FeelValue, scope: Scope): boolean {
    if (tests === '' || tests === '-') return true;
    return resultOf(() => this.#texts.tests(tests).evaluate(input, scope, this.#environment)) === true;
  }

  context(entries: Map<string, FeelValue>): Map<string, FeelValue> {
    this.#made.add(entries);
    return entries;
  }

  json(value: FeelValue): string {
    try {
      return toJson(this.#withoutFunctions(value));
    } catch (error) {
      if (error instanceof FeelJsonError || error instanceof RangeError)
        throw new EvaluationFailure(error.message);
      throw error;
    }
  }

  note(decision: EvaluatedDecision): void {
    if (this.evaluated.length >= MAX_EVALUATED)
      throw new EvaluationLimit(`it takes more than ${MAX_EVALUATED} decisions and invocations`);
    this.evaluated.push(decision);
  }

  #withoutFunctions(value: FeelValue): FeelValue {
    if (Array.isArray(value)) return value.map((item) => this.#withoutFunctions(item));
    if (!(value instanceof Map) || !this.#made.has(value)) return value;
    const entries = [...value].map(([name, entry]): [string, FeelValue] => [
      name,
      entry instanceof FeelFunction ? null : this.#withoutFunctions(entry),
    ]);
    return new Map(entries);
  }
}

function resultOf(evaluate: () => Evaluation): FeelValue {
  try {
    const result = evaluate();
    if (result.ok) return result.value;
    throw new EvaluationFailure(result.message);
  } catch (error) {
    if (error instanceof FeelSyntaxError) throw new EvaluationFailure(error.message);
    throw error;
  }
}

/** A scope in which some names mean something else than around it. */
export function layered(around: Scope, names: ReadonlyMap<string, FeelValue>): Scope {
  return {
    get(name) {
      const value = names.get(name);
      return value === undefined ? around.get(name) : value;
    },
  };
}

/** A value as failures show it. */
export function shown(value: FeelValue): string {
  return value instanceof FeelRange ? 'null' : toText(value);
}
