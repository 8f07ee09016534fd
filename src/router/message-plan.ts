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
import { type EventUse, longestLife } from './bindings.ts';
import type { DataSettings } from './data.ts';
import type { Fate } from './fate.ts';
import { type Reaction, Reactions, type Taking } from './reaction.ts';
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
  readonly #reactions: Reactions;
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
    this.#reactions = new Reactions(event, settings, now);
  }

  addMessage(name: string, listeners: readonly Listener[]): void {
    if (listeners.length === 0) {
      const reaction = this.#reactions.of(this.#typeUse, false);
      if (reaction.kind === 'takes') this.#publish(name, reaction, [this.#typeUse], []);
      else this.#reasons.push(reaction.reason);
      return;
    }
    const takers = new Map<string, { use: EventUse; reaction: Taking }[]>();
    const keys = new Map<Listener, string>();
    for (const listener of listeners) {
      const use = { ...this.#typeUse, ...listener.use };
      const reaction = this.#reactions.of(use, listener.starts);
      if (reaction.kind !== 'takes') {
        this.#tell(listener, reaction);
        continue;
      }
      keys.set(listener, reaction.key);
      const group = takers.get(reaction.key);
      if (group) group.push({ use, reaction });
      else takers.set(reaction.key, [{ use, reaction }]);
    }
    for (const [key, group] of takers) {
      const variables = variablesOfAll(group.map(({ reaction }) => reaction.variables));
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
    const reaction = this.#reactions.of(use, true);
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
      messageId: messageId ?? messageIdOf(this.#event),
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
}

function variablesOfAll(documents: readonly Document[]): Document {
  const [only] = documents;
  return documents.length === 1 && only ? only : new Map(documents.flatMap((each) => [...each]));
}

/** The id of the message that is made of an event, unless the model says another one. */
export function messageIdOf(event: CloudEvent): string {
  return JSON.stringify([sourceOf(event), idOf(event)]);
}
