import type { ModelText } from '../../bpmn/graph.ts';
import { staticValue } from '../../bpmn/static-value.ts';
import {
  type Evaluation,
  FeelSyntaxError,
  type FeelValue,
  isNumber,
  type Scope,
  toText,
  typeName,
  type Warning,
} from '../../feel/index.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { WrittenScope } from '../processing/list-memory.ts';
import type { Work } from '../processing/work.ts';
import { CLUSTER_ROOT, clusterVariables } from './cluster-variables.ts';
import { localVariables, parentScope } from './visible-variables.ts';

/** The variables that an expression sees from a scope outwards. */
export class VariableScope implements WrittenScope {
  readonly #work: Work;
  readonly #scopeKey: number;

  constructor(work: Work, scopeKey: number) {
    this.#work = work;
    this.#scopeKey = scopeKey;
  }

  get(name: string): FeelValue | undefined {
    const work = this.#work;
    for (let scope = this.#scopeKey; scope >= 0; scope = parentScope(work, scope)) {
      const value = work.cache.variable(localVariables(work, scope), name);
      if (value !== undefined) return value;
    }
    return name === CLUSTER_ROOT ? clusterVariables(work) : undefined;
  }

  text(name: string): string | undefined {
    for (let scope = this.#scopeKey; scope >= 0; scope = parentScope(this.#work, scope)) {
      const text = localVariables(this.#work, scope).get(name);
      if (text !== undefined) return text;
    }
    return undefined;
  }
}

/** Zeebe's way to tell what an evaluation complained about. */
export function warningsText(warnings: readonly Warning[]): string {
  if (warnings.length === 0) return '';
  const lines = warnings.map(({ code, message }) => `[${code}] ${message}`);
  return ` The evaluation reported the following warnings:\n${lines.join('\n')}`;
}

export function failureText(failed: {
  readonly message: string;
  readonly warnings: readonly Warning[];
}): string {
  return failed.message + warningsText(failed.warnings);
}

/** Evaluates an expression. Throws `IncidentError` if it fails as a whole. */
export function evaluate(w: Work, text: string, scopeKey: number, scope?: Scope): Evaluation & { ok: true } {
  const result = run(w, text, scope ?? new VariableScope(w, scopeKey));
  if (result.ok) return result;
  throw new IncidentError('EXTRACT_VALUE_ERROR', failureText(result), scopeKey);
}

function run(w: Work, text: string, scope: Scope): Evaluation {
  try {
    return w.cache.expressions.get(text).evaluate(scope, w.environment);
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error;
    return { ok: false, message: error.message, warnings: [] };
  }
}

/** The value of a text of the model: a string or number as it stands, or the result of its expression. */
export function valueOfText(
  w: Work,
  text: ModelText,
  scopeKey: number,
  scope?: Scope,
): Evaluation & { ok: true } {
  if (text.kind === 'static') return { ok: true, value: staticValue(text.value), warnings: [] };
  return evaluate(w, text.text, scopeKey, scope);
}

export function sourceText(text: ModelText): string {
  return text.kind === 'static' ? text.value : text.text;
}

/** The variable of an expression that is just a variable, or a path into one. */
export function plainVariable(text: ModelText | undefined): string | undefined {
  if (text?.kind !== 'feel') return undefined;
  return /^(?!(?:true|false|null)\b)([\p{L}_][\p{L}\p{N}_]*)(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.exec(
    text.text.trim(),
  )?.[1];
}

/** Zeebe's complaint about the type of a result. */
export function wrongType(text: string, expected: string, result: Evaluation & { ok: true }): string {
  const complaint = `Expected result of the expression '${text}' to be ${expected}, but was '${typeName(result.value)}'.`;
  return complaint + warningsText(result.warnings);
}

export function evaluateString(w: Work, text: ModelText, scopeKey: number): string {
  const result = valueOfText(w, text, scopeKey);
  if (typeof result.value === 'string') return result.value;
  throw new IncidentError('EXTRACT_VALUE_ERROR', wrongType(sourceText(text), "'STRING'", result), scopeKey);
}

/** As {@link evaluateString} where a static text is a string, whatever it looks like: codes, and attributes of user tasks. */
export function evaluateGiven(w: Work, text: ModelText, scopeKey: number): string {
  return text.kind === 'static' ? text.value : evaluateString(w, text, scopeKey);
}

export function evaluateBoolean(w: Work, text: ModelText, scopeKey: number, scope?: Scope): boolean {
  const result = valueOfText(w, text, scopeKey, scope);
  if (typeof result.value === 'boolean') return result.value;
  throw new IncidentError('EXTRACT_VALUE_ERROR', wrongType(sourceText(text), "'BOOLEAN'", result), scopeKey);
}

export function evaluateNumber(w: Work, text: ModelText, scopeKey: number): number {
  const result = valueOfText(w, text, scopeKey);
  if (isNumber(result.value)) return Math.trunc(Number(toText(result.value)));
  throw new IncidentError('EXTRACT_VALUE_ERROR', wrongType(sourceText(text), "'NUMBER'", result), scopeKey);
}

/** As {@link evaluateNumber}, but a number that is not whole is a failure. */
export function evaluateInteger(w: Work, text: ModelText, scopeKey: number): number {
  const result = valueOfText(w, text, scopeKey);
  const number = isNumber(result.value) ? Number(toText(result.value)) : undefined;
  if (number !== undefined && Number.isInteger(number)) return number;
  const complaint =
    number === undefined
      ? wrongType(sourceText(text), "'NUMBER'", result)
      : `Expected result of the expression '${sourceText(text)}' to be an integer, but was a decimal.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', complaint, scopeKey);
}

/** As {@link evaluateList}, for who asks again and again: it is computed again when something that it reads has changed. */
export function rememberedList(w: Work, text: ModelText, scopeKey: number): readonly FeelValue[] {
  const scope = new VariableScope(w, scopeKey);
  return w.cache.lists.get(scopeKey, sourceText(text), scope, (noting) =>
    evaluateList(w, text, scopeKey, noting),
  );
}

export function evaluateList(
  w: Work,
  text: ModelText,
  scopeKey: number,
  scope?: Scope,
): readonly FeelValue[] {
  const result = valueOfText(w, text, scopeKey, scope);
  if (Array.isArray(result.value)) return result.value;
  throw new IncidentError('EXTRACT_VALUE_ERROR', wrongType(sourceText(text), "'ARRAY'", result), scopeKey);
}

export function evaluateStringList(w: Work, text: ModelText, scopeKey: number): readonly string[] {
  const result = valueOfText(w, text, scopeKey);
  const list = result.value;
  if (!Array.isArray(list))
    throw new IncidentError('EXTRACT_VALUE_ERROR', wrongType(sourceText(text), "'ARRAY'", result), scopeKey);
  const strings = list.filter((item): item is string => typeof item === 'string');
  if (strings.length === list.length) return strings;
  const complaint =
    `Expected result of the expression '${sourceText(text)}' to be 'ARRAY' containing 'STRING' items,` +
    ` but was 'ARRAY' containing at least one non-'STRING' item.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', complaint + warningsText(result.warnings), scopeKey);
}

/** The name of a message that an event waits for. */
export function evaluateMessageName(w: Work, text: ModelText, scopeKey: number): string {
  return evaluateString(w, text, scopeKey);
}

/** A number as Java's `long` has it: without its fraction, and of a very large one the low 64 bits. */
function longText(number: string): string {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(number) ?? [];
  const digits = whole + fraction;
  const zeros = Number(exponent) - fraction.length;
  // 10 to the power of 64 and more has no bit below 2 to the power of 64.
  if (zeros >= 64 || -zeros >= digits.length) return '0';
  const text = zeros < 0 ? digits.slice(0, zeros) : digits + '0'.repeat(zeros);
  return String(BigInt.asIntN(64, BigInt(sign + text)));
}

/** A correlation key: a string, or a whole number. */
export function evaluateCorrelationKey(w: Work, text: ModelText, scopeKey: number): string {
  const result = valueOfText(w, text, scopeKey);
  if (typeof result.value === 'string') return result.value;
  if (isNumber(result.value)) return longText(toText(result.value));
  const complaint =
    `Failed to extract the correlation key for '${sourceText(text)}': ` +
    `The value must be either a string or a number, but was '${typeName(result.value)}'.`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', complaint + warningsText(result.warnings), scopeKey);
}
