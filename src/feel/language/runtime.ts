import type { Environment, FeelValue, Scope } from '../values/values.ts';

/** Kinds of failure that Camunda's FEEL engine suppresses and reports. */
export type WarningCode =
  | 'NO_VARIABLE_FOUND'
  | 'NO_CONTEXT_ENTRY_FOUND'
  | 'NO_PROPERTY_FOUND'
  | 'NOT_COMPARABLE'
  | 'INVALID_TYPE'
  | 'NO_FUNCTION_FOUND'
  | 'FUNCTION_INVOCATION_FAILURE'
  | 'ASSERT_FAILURE';

/** A failure after which the evaluation went on with null. Zeebe shows it as `[code] message`. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

/** What an evaluation gives. `message` is the text of Zeebe, without its list of warnings. */
export type Evaluation =
  | { readonly ok: true; readonly value: FeelValue; readonly warnings: Warning[] }
  | { readonly ok: false; readonly message: string; readonly warnings: Warning[] };

/** A message with the warnings after it, as Zeebe's incident texts have them; without warnings the mere message. */
export function withWarnings(message: string, warnings: readonly Warning[]): string {
  if (warnings.length === 0) return message;
  const lines = warnings.map((warning) => `\n[${warning.code}] ${warning.message}`);
  return `${message} The evaluation reported the following warnings:${lines.join('')}`;
}

/** Steps of loops that one evaluation may take before it is stopped. */
const MAX_STEPS = 1_000_000;
/** Steps of matching regular expressions that one evaluation may take: about half a second. */
const MAX_WORK = 10_000_000;
/** Length of a text that an expression may make. */
export const MAX_TEXT = 10_000_000;
/** Warnings kept; a loop over bad data makes one for each item, and nobody reads thousands. */
const MAX_WARNINGS = 1_000;

/** Ends the whole evaluation, unlike a warning. */
export class EvaluationStop extends Error {}

/** The state of one evaluation. */
export class Runtime {
  readonly environment: Environment;
  readonly warnings: Warning[] = [];
  #steps = 0;
  #work = 0;
  #assertion: string | undefined;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** Notes a failure; gives null, the value to go on with. */
  warn(code: WarningCode, message: string): null {
    if (code === 'ASSERT_FAILURE') this.#assertion ??= message;
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push({ code, message });
    return null;
  }

  /** The message of the first failed `assert`, if any: the evaluation goes on, but its result is a failure. */
  get assertion(): string | undefined {
    return this.#assertion;
  }

  /** Checks that a text or list just made is not too long; the stop comes before the memory is gone. */
  checkSize(value: FeelValue): void {
    if (typeof value === 'string') this.checkLength(value.length);
    if (Array.isArray(value)) this.step(value.length / 10);
  }

  /** The same for a text that is still to be made. */
  checkLength(length: number): void {
    if (length > MAX_TEXT) throw new EvaluationStop(`a text of more than ${MAX_TEXT} characters`);
  }

  /** Counts loop steps. Throws `EvaluationStop` if there are too many. */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > MAX_STEPS) throw new EvaluationStop(`more than ${MAX_STEPS} steps of iteration`);
  }

  /** Counts the reading of a whole text, list or context, so that a loop over long ones ends too. */
  reads(value: FeelValue): void {
    if (typeof value === 'string') this.step(value.length / 1_000);
    else if (Array.isArray(value)) this.step(value.length / 100);
    else if (value instanceof Map) this.step(value.size / 100);
  }

  /** Counts steps of matching regular expressions. Throws `EvaluationStop` if there are too many. */
  work(count: number): void {
    this.#work += count;
    if (this.#work > MAX_WORK) throw new EvaluationStop(`more than ${MAX_WORK} steps of matching a pattern`);
  }
}

/** Variables in sight at one place of an expression: a chain from the innermost to the scope outside. */
export class Frame {
  readonly runtime: Runtime;
  readonly #parent: Frame | undefined;
  readonly #own: Scope;

  constructor(runtime: Runtime, own: Scope, parent?: Frame) {
    this.runtime = runtime;
    this.#own = own;
    this.#parent = parent;
  }

  get(name: string): FeelValue | undefined {
    for (let frame: Frame | undefined = this; frame !== undefined; frame = frame.#parent) {
      const value = frame.#own.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  with(name: string, value: FeelValue): Frame {
    return new Frame(this.runtime, new OneVariable(name, value), this);
  }

  withAll(variables: Scope): Frame {
    return new Frame(this.runtime, variables, this);
  }
}

class OneVariable implements Scope {
  readonly #name: string;
  readonly #value: FeelValue;

  constructor(name: string, value: FeelValue) {
    this.#name = name;
    this.#value = value;
  }

  get(name: string): FeelValue | undefined {
    return name === this.#name ? this.#value : undefined;
  }
}

/** A compiled piece of an expression. */
export type Code = (frame: Frame) => FeelValue;
