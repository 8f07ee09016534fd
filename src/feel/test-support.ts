import type { Evaluation, FeelValue } from './index.ts';
import { compile, fromJson, toJson } from './index.ts';

/** The clock of the tests: 2024-05-06T07:08:09Z. */
const NOW = 1_714_979_289_000;

/** Evaluates with the variables of a JSON object. */
export function evaluate(text: string, json = '{}', random?: () => number): Evaluation {
  const variables = fromJson(json);
  if (!(variables instanceof Map)) throw new TypeError(`variables must be a JSON object, found ${json}`);
  const clock = { nowMs: () => NOW };
  return compile(text).evaluate(variables, random === undefined ? clock : { ...clock, random });
}

/** The value of an expression that must not fail. */
export function resultOf(text: string, json?: string): FeelValue {
  const result = evaluate(text, json);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

/** The same as JSON. */
export function jsonOf(text: string, json?: string): string {
  return toJson(resultOf(text, json));
}

export function warningsOf(text: string, json?: string): string[] {
  return evaluate(text, json).warnings.map(({ code, message }) => `[${code}] ${message}`);
}
