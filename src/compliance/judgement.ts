import type { ComplianceModel } from './places.ts';

/**
 * How an event stands to the order that the model expects:
 * - `expected`: it started the instance, reached a place that was waiting, answered a waiting job, or was sent by the
 *   process itself
 * - `early`: it came before its place was reached, and was kept until then
 * - `late`: its place, or the whole instance, had been left without it
 * - `unexpected`: the model knows its type and the instance its key, but nothing waited for it until it expired or the
 *   instance ended
 * - `missing`: a place that waited was left by a time-out or by the end of the instance, and no event had come
 */
export type Verdict = 'expected' | 'early' | 'late' | 'unexpected' | 'missing';

export const VERDICTS: readonly Verdict[] = ['expected', 'early', 'late', 'unexpected', 'missing'];

export interface Judgement {
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  /** Place in the event log; absent for `missing`, and for messages that were no events. */
  readonly eventSequence?: number;
  /** Of a place with several alternatives that all stayed away: their types, joined by ` or `. */
  readonly eventType: string;
  readonly verdict: Verdict;
  /** The place; of a choice that stayed without event, its gateway. */
  readonly elementId: string;
  /** Epoch ms. */
  readonly time: number;
  /** A sentence for people. */
  readonly reason: string;
}

/** A message, or a reply, that nobody took yet. */
export interface KeptEvent {
  /** Key of the message; of an early reply the event's sequence, negative. */
  readonly key: number;
  readonly eventType: string;
  readonly correlationKey: string;
  /** Epoch ms. */
  readonly time: number;
  readonly eventSequence?: number;
  /** The instance that it concerns, if one is known. */
  readonly processInstanceKey?: number;
}

/** What a record means for compliance. Findings are applied one by one, before the next record is looked at. */
export type Finding =
  | { readonly kind: 'model'; readonly model: ComplianceModel }
  | {
      readonly kind: 'started';
      readonly processInstanceKey: number;
      readonly processDefinitionKey: number;
      readonly time: number;
      readonly businessKey?: string;
    }
  | { readonly kind: 'named'; readonly processInstanceKey: number; readonly businessKey: string }
  | {
      readonly kind: 'migrated';
      readonly processInstanceKey: number;
      readonly processDefinitionKey: number;
    }
  | { readonly kind: 'ended'; readonly processInstanceKey: number; readonly time: number }
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  /** Which event it was that a subscription took, a job sent or got as its reply: shown in the trace. */
  | {
      readonly kind: 'identified';
      readonly as: 'taken' | 'sent' | 'reply' | 'start';
      /** Of the subscription, of the job, or (`start`) of the instance. */
      readonly key: number;
      readonly eventSequence: number;
    }
  | { readonly kind: 'kept'; readonly event: KeptEvent }
  | { readonly kind: 'dropped'; readonly key: number };

/** Where an instance waits, or waited, for an event of some type with some key. */
export interface KnownWait {
  readonly processInstanceKey: number;
  readonly elementId: string;
  readonly state: 'open' | 'met' | 'left';
  /** Epoch ms at which it came to this state. */
  readonly since: number;
}

export interface KnownInstance {
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  /** Epoch ms; absent while it runs. */
  readonly endedAt?: number;
}

export interface KnownJob {
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly elementId: string;
}

/** What was found before, as the next record needs it. All look-ups are by index. */
export interface ComplianceView {
  model(processDefinitionKey: number): ComplianceModel | undefined;
  /** True if some model awaits events of this type. */
  isAwaited(eventType: string): boolean;
  instance(processInstanceKey: number): KnownInstance | undefined;
  /** The newest instances with this business key, or with a wait that has this key, whose model awaits this type. */
  instancesKnowing(eventType: string, correlationKey: string): readonly KnownInstance[];
  /** Waits of an instance for this type and key. */
  waits(processInstanceKey: number, eventType: string, correlationKey: string): readonly KnownWait[];
  job(jobKey: number): KnownJob | undefined;
  kept(key: number): KeptEvent | undefined;
  keptFor(processInstanceKey: number): readonly KeptEvent[];
}
