import { type CloudEvent, dataAsJsonText, isAttributeName } from '../cloudevents/index.ts';
import {
  compile,
  type Expression,
  type FeelContext,
  FeelJsonError,
  FeelSyntaxError,
  type FeelValue,
  fromJson,
  type Scope,
} from '../feel/index.ts';
import { innerJsonText } from './data.ts';

/** A FEEL text of a model or of `tutti.yaml`, parsed once. A text that is none keeps its problem until it is used. */
export interface Formula {
  /** As it was written. */
  readonly text: string;
  readonly compiled: Expression | { readonly problem: string };
}

export type FormulaResult =
  | { readonly ok: true; readonly value: FeelValue }
  | { readonly ok: false; readonly reason: string };

/** @param text FEEL, with or without the leading `=` */
export function formulaOf(text: string): Formula {
  try {
    return { text, compiled: compile(text.replace(/^\s*=/, '')) };
  } catch (error) {
    if (error instanceof FeelSyntaxError) return { text, compiled: { problem: error.message } };
    throw error;
  }
}

/**
 * The formula of a correlation key. `=…` is FEEL. One word that can be an attribute's name (`subject`, `orderid`) is
 * that attribute. Anything else that looks like a path (`order.id`, `data.order.id`) leads into the data.
 */
export function keyFormulaOf(text: string): Formula {
  const plain = text.trim();
  if (/^[\p{L}_]\w*(?:\.[\p{L}_]\w*)*$/u.test(plain)) {
    if (isAttributeName(plain) && plain !== 'data') return { ...formulaOf(`event.${plain}`), text };
    if (!/^(?:data|event)\./.test(plain)) return { ...formulaOf(`data.${plain}`), text };
  }
  return formulaOf(text);
}

/**
 * What formulas see of an event: `event` holds its attributes, `data` its JSON data, and the members of a data object
 * can be named without `data.` too. Data that are no JSON are null.
 */
export function scopeOfEvent(event: CloudEvent, unwrap: boolean): Scope {
  let data: FeelValue | undefined;
  const dataOf = (): FeelValue => {
    data ??= readData(event, unwrap);
    return data;
  };
  return {
    get: (name) => {
      if (name === 'event') return attributesOf(event);
      const value = dataOf();
      if (name === 'data') return value;
      return value instanceof Map ? value.get(name) : undefined;
    },
  };
}

/** Evaluates; the reason of a failure says what the formula is for. */
export function evaluateFormula(formula: Formula, scope: Scope, now: number, purpose: string): FormulaResult {
  const { compiled, text } = formula;
  if ('problem' in compiled)
    return { ok: false, reason: `${purpose} '${text}' does not parse: ${compiled.problem}` };
  const result = compiled.evaluate(scope, { nowMs: () => now });
  if (result.ok) return result;
  return { ok: false, reason: `${purpose} '${text}' fails: ${result.message}` };
}

function attributesOf(event: CloudEvent): FeelContext {
  const context: FeelContext = new Map();
  for (const [name, value] of event.attributes) {
    context.set(name, value);
  }
  return context;
}

function readData(event: CloudEvent, unwrap: boolean): FeelValue {
  const text = dataAsJsonText(event);
  if (text === undefined) return null;
  try {
    return fromJson((unwrap ? innerJsonText(text) : undefined) ?? text);
  } catch (error) {
    // JSON that nests deeper than FEEL follows.
    if (error instanceof FeelJsonError) return null;
    throw error;
  }
}
