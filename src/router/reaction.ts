import { attribute, type CloudEvent, subjectOf } from '../cloudevents/index.ts';
import type { Document } from '../engine/records/record.ts';
import { type Scope, toJson } from '../feel/index.ts';
import type { EventUse } from './bindings.ts';
import { type DataSettings, variablesOf } from './data.ts';
import { evaluateFormula, type Formula, type FormulaResult, scopeOfEvent } from './formula.ts';

/** A listener's answer to an event. */
export type Reaction =
  | {
      readonly kind: 'takes';
      readonly key: string;
      readonly variables: Document;
      readonly messageId?: string;
    }
  | { readonly kind: 'noKey'; readonly reason: string }
  | { readonly kind: 'refuses'; readonly reason: string }
  | { readonly kind: 'declines'; readonly reason: string };

export type Taking = Extract<Reaction, { readonly kind: 'takes' }>;

/** Finds out how those who may use one event react to it. */
export class Reactions {
  readonly #event: CloudEvent;
  readonly #settings: DataSettings;
  readonly #now: number;
  readonly #scope: Scope;

  constructor(event: CloudEvent, settings: DataSettings, now: number) {
    this.#event = event;
    this.#settings = settings;
    this.#now = now;
    this.#scope = scopeOfEvent(event, settings.unwrap);
  }

  /** @param starts true for what starts instances: it needs no correlation key */
  of(use: EventUse, starts: boolean): Reaction {
    if (use.condition) {
      const wanted = this.#evaluate(use.condition, 'The activation condition');
      if (!wanted.ok) return { kind: 'refuses', reason: wanted.reason };
      if (wanted.value === null || wanted.value === false)
        return {
          kind: 'declines',
          reason: `The activation condition '${use.condition.text}' gives ${toJson(wanted.value)}.`,
        };
      if (wanted.value !== true)
        return {
          kind: 'refuses',
          reason: `The activation condition '${use.condition.text}' gives ${shown(toJson(wanted.value))}. Make it give true or false.`,
        };
    }
    const key = this.#keyOf(use, starts);
    if (key.kind !== 'key') return key;
    const read = this.#variablesOf(use);
    if (!read.ok) return { kind: 'refuses', reason: read.reason };
    if (!use.messageId) return { kind: 'takes', key: key.text, variables: read.variables };
    const id = this.#textOf(use.messageId, 'The message id');
    if (!id.ok) return { kind: 'refuses', reason: id.reason };
    return {
      kind: 'takes',
      key: key.text,
      variables: read.variables,
      ...(id.text && { messageId: id.text }),
    };
  }

  #keyOf(
    use: EventUse,
    starts: boolean,
  ): { readonly kind: 'key'; readonly text: string } | Exclude<Reaction, Taking> {
    const own = attribute(this.#event, 'correlationkey');
    if (own !== undefined) return { kind: 'key', text: own };
    let missing = "Set the extension 'correlationkey' or the subject.";
    if (use.correlationKey) {
      const read = this.#textOf(use.correlationKey, 'The correlation key');
      if (!read.ok) return { kind: 'refuses', reason: read.reason };
      if (read.text !== undefined) return { kind: 'key', text: read.text };
      missing = `It has neither the extension 'correlationkey' nor a subject, and '${use.correlationKey.text}' gives nothing.`;
    }
    const text = subjectOf(this.#event) ?? (starts ? '' : undefined);
    if (text !== undefined) return { kind: 'key', text };
    return { kind: 'noKey', reason: `The event has no correlation key. ${missing}` };
  }

  #variablesOf(use: EventUse): { ok: true; variables: Document } | { ok: false; reason: string } {
    const { resultVariable, resultExpression } = use;
    const result = new Map<string, string>();
    if (resultExpression) {
      const read = this.#evaluate(resultExpression, 'The result expression');
      if (!read.ok) return read;
      if (!(read.value instanceof Map)) {
        const reason = `The result expression '${resultExpression.text}' gives ${shown(toJson(read.value))}. Make it give a context, such as {orderId: data.id}.`;
        return { ok: false, reason };
      }
      for (const [name, value] of read.value) result.set(name, toJson(value));
      if (resultVariable === undefined) return { ok: true, variables: result };
    }
    const names = resultVariable === undefined ? {} : { resultVariable };
    const whole = variablesOf(this.#event, this.#settings, names);
    if (!whole.ok || result.size === 0) return whole;
    return { ok: true, variables: new Map([...whole.variables, ...result]) };
  }

  /** Text of a key or id: a string, number or Boolean; nothing for null and the empty text. */
  #textOf(formula: Formula, purpose: string): { ok: true; text?: string } | { ok: false; reason: string } {
    const read = this.#evaluate(formula, purpose);
    if (!read.ok) return read;
    if (read.value === null || read.value === '') return { ok: true };
    const json = toJson(read.value);
    if (/^[[{]/.test(json)) {
      return {
        ok: false,
        reason: `${purpose} '${formula.text}' gives ${shown(json)}. Make it give a text or a number.`,
      };
    }
    return { ok: true, text: json.startsWith('"') ? String(JSON.parse(json)) : json };
  }

  #evaluate(formula: Formula, purpose: string): FormulaResult {
    return evaluateFormula(formula, this.#scope, this.#now, purpose);
  }
}

function shown(json: string): string {
  return json.length > 100 ? `${json.slice(0, 100)}…` : json;
}
