import {
  attribute,
  type CloudEvent,
  idOf,
  matches,
  sourceOf,
  subjectOf,
  typeOf,
} from '../cloudevents/index.ts';
import type { MessageRequest } from '../engine/records/command.ts';
import type { Document } from '../engine/records/record.ts';
import { type Scope, toJson } from '../feel/index.ts';
import { type EventUse, longestLife } from './bindings.ts';
import { type DataSettings, variablesOf } from './data.ts';
import type { Fate } from './fate.ts';
import { evaluateFormula, type Formula, scopeOfEvent } from './formula.ts';
import type { EventRule, StartTarget } from './rules.ts';

/** An element of deployed models that waits for a message; versions that say the same are one listener. */
export interface Listener {
  readonly bpmnProcessId: string;
  readonly elementId: string;
  readonly starts: boolean;
  readonly use: EventUse;
  /** The versions of the model, as the engine names its elements (see `MessageRequest.notFor`). */
  readonly names: readonly string[];
}

export interface PlanSettings extends DataSettings {
  /** ms that an early event waits when neither the event, a model nor the type's rule says how long. */
  readonly timeToLive: number;
}

/** Who may use an event as a message or to start instances. */
export interface Audience {
  readonly rule?: EventRule;
  readonly messages: readonly { readonly name: string; readonly listeners: readonly Listener[] }[];
  readonly starts: readonly StartTarget[];
}

/** What is to be done, and what is told of those for whom nothing is done. */
export interface MessagePlan {
  readonly publications: readonly MessageRequest[];
  readonly starts: readonly { readonly target: StartTarget; readonly variables: Document }[];
  readonly told: readonly Fate[];
  /** Set if nothing is to be done. */
  readonly reason?: string;
}

/** One listener's answer to an event. */
type Reaction =
  | {
      readonly kind: 'takes';
      readonly key: string;
      readonly variables: Document;
      readonly messageId?: string;
    }
  | { readonly kind: 'noKey'; readonly reason: string }
  | { readonly kind: 'refuses'; readonly reason: string }
  | { readonly kind: 'declines'; readonly reason: string };

/**
 * Works out the messages of one event. Each listener says for itself whether it wants the event, under which
 * correlation key, and with which variables. Each pair of message name and key is then published once, for those
 * listeners that chose it and for no other: so an event starts a process once, however many keys are in use.
 */
export function planMessages(
  event: CloudEvent,
  audience: Audience,
  settings: PlanSettings,
  now: number,
): MessagePlan {
  const plan = new Planning(event, audience.rule, settings, now);
  for (const { name, listeners } of audience.messages) plan.addMessage(name, listeners);
  for (const target of audience.starts) plan.addStart(target);
  return plan.result();
}

/** The correlation key of an event, apart from what models and rules say: extension `correlationkey`, else the subject. */
export function correlationKeyOf(event: CloudEvent): string | undefined {
  return attribute(event, 'correlationkey') ?? subjectOf(event);
}

/** ms until the event's expirytime; undefined if it has none. */
export function lifeLeft(event: CloudEvent, now: number): number | undefined {
  const expiry = expiryOf(event);
  return expiry === undefined ? undefined : Math.max(0, expiry - now);
}

/** Epoch ms of the event's expirytime, if that is a time. */
export function expiryOf(event: CloudEvent): number | undefined {
  const text = attribute(event, 'expirytime');
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

class Planning {
  readonly #event: CloudEvent;
  readonly #typeUse: EventUse;
  readonly #settings: PlanSettings;
  readonly #now: number;
  readonly #scope: Scope;
  readonly #publications: MessageRequest[] = [];
  readonly #starts: { target: StartTarget; variables: Document }[] = [];
  readonly #told: Fate[] = [];
  readonly #reasons: string[] = [];
  /** Told only if others use the event; else the reason says it. */
  readonly #leftOut: Fate[] = [];

  constructor(event: CloudEvent, rule: EventRule | undefined, settings: PlanSettings, now: number) {
    this.#event = event;
    this.#typeUse = rule?.use ?? {};
    this.#settings = settings;
    this.#now = now;
    this.#scope = scopeOfEvent(event, settings.unwrap);
  }

  addMessage(name: string, listeners: readonly Listener[]): void {
    if (listeners.length === 0) {
      const reaction = this.#reactionOf(this.#typeUse, false);
      if (reaction.kind === 'takes') this.#publish(name, reaction, [this.#typeUse], []);
      else this.#reasons.push(reaction.reason);
      return;
    }
    const takers = new Map<string, { listener: Listener; use: EventUse; reaction: Taking }[]>();
    const keys = new Map<Listener, string>();
    for (const listener of listeners) {
      const use = { ...this.#typeUse, ...listener.use };
      const reaction = this.#reactionOf(use, listener.starts);
      if (reaction.kind !== 'takes') {
        this.#tell(listener, reaction);
        continue;
      }
      keys.set(listener, reaction.key);
      takers.set(reaction.key, [...(takers.get(reaction.key) ?? []), { listener, use, reaction }]);
    }
    for (const [key, group] of takers) {
      const variables = new Map(group.flatMap(({ reaction }) => [...reaction.variables]));
      const messageId = group.find(({ reaction }) => reaction.messageId !== undefined)?.reaction.messageId;
      const others = listeners.filter((listener) => keys.get(listener) !== key);
      this.#publish(
        name,
        { kind: 'takes', key, variables, ...(messageId !== undefined && { messageId }) },
        group.map(({ use }) => use),
        others.flatMap(({ names }) => names),
      );
    }
  }

  addStart(target: StartTarget): void {
    const bpmnProcessId = target.bpmnProcessId || String(target.processDefinitionKey);
    if (target.filter && !matches(target.filter, this.#event)) {
      this.#told.push({
        kind: 'declined',
        bpmnProcessId,
        reason: 'It does not pass the filter of the start mapping.',
      });
      return;
    }
    const { correlationKey: _key, messageId: _id, ...use } = this.#typeUse;
    const reaction = this.#reactionOf(use, true);
    if (reaction.kind === 'takes') this.#starts.push({ target, variables: reaction.variables });
    else if (reaction.kind === 'declines')
      this.#told.push({ kind: 'declined', bpmnProcessId, reason: reaction.reason });
    else this.#told.push({ kind: 'refused', bpmnProcessId, reason: reaction.reason });
  }

  result(): MessagePlan {
    const publications = this.#publications;
    const starts = this.#starts;
    const told = this.#told;
    if (publications.length + starts.length > 0)
      return { publications, starts, told: [...told, ...this.#leftOut] };
    const [reason] = this.#reasons;
    const refused = told.some(({ kind }) => kind === 'refused');
    const nobody = `Nobody that waits for events of type '${typeOf(this.#event)}' wants this one.`;
    if (reason === undefined && refused) return { publications, starts, told };
    return { publications, starts, told, reason: reason ?? nobody };
  }

  #publish(
    name: string,
    { key, variables, messageId }: Taking,
    uses: readonly EventUse[],
    notFor: readonly string[],
  ): void {
    const left = lifeLeft(this.#event, this.#now);
    this.#publications.push({
      name,
      correlationKey: key,
      timeToLive: left ?? longestLife(uses, this.#settings.timeToLive),
      messageId: messageId ?? JSON.stringify([sourceOf(this.#event), idOf(this.#event)]),
      variables,
      ...(notFor.length > 0 && { notFor }),
    });
  }

  #tell({ bpmnProcessId, elementId, use }: Listener, { kind, reason }: Exclude<Reaction, Taking>): void {
    const fate: Fate = {
      kind: kind === 'refuses' ? 'refused' : 'declined',
      bpmnProcessId,
      elementId,
      reason,
    };
    // What any use of the data would meet is the event's own flaw, not the element's.
    if (kind === 'declines' || (kind === 'refuses' && Object.keys(use).length > 0)) {
      this.#told.push(fate);
      return;
    }
    this.#reasons.push(reason);
    this.#leftOut.push(fate);
  }

  #reactionOf(use: EventUse, starts: boolean): Reaction {
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
    return whole.ok ? { ok: true, variables: new Map([...whole.variables, ...result]) } : whole;
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

  #evaluate(formula: Formula, purpose: string) {
    return evaluateFormula(formula, this.#scope, this.#now, purpose);
  }
}

type Taking = Extract<Reaction, { readonly kind: 'takes' }>;

function shown(json: string): string {
  return json.length > 100 ? `${json.slice(0, 100)}…` : json;
}
