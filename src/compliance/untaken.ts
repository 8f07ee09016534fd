import type { ComplianceView, Finding, KeptEvent } from './judgement.ts';
import { judgeUnused } from './unused.ts';

interface Published {
  readonly event: KeptEvent;
  readonly over: boolean;
  /** Instances of this batch that had ended when it came. */
  readonly ended: number;
}

/**
 * Events that nobody took so far. Within a batch they are only remembered, as most are taken at once; at its end those
 * that live on are kept, and the others judged.
 */
export class Untaken {
  readonly #view: ComplianceView;
  readonly #apply: (finding: Finding) => void;
  /** By key of the message, in order. */
  readonly #published = new Map<number, Published>();
  /** Instances that ended in this batch, in order. */
  readonly #ended = new Map<number, number>();

  constructor(view: ComplianceView, apply: (finding: Finding) => void) {
    this.#view = view;
    this.#apply = apply;
  }

  published(event: KeptEvent): void {
    this.#published.set(event.key, { event, over: false, ended: this.#ended.size });
  }

  /** The message reached somebody. */
  taken(messageKey: number): void {
    if (!this.#published.delete(messageKey)) this.#apply({ kind: 'dropped', key: messageKey });
  }

  /** The message's life is over. */
  expired(messageKey: number): void {
    const known = this.#published.get(messageKey);
    // Its event's fate still comes.
    if (known) this.#published.set(messageKey, { ...known, over: true });
    else this.giveUp(messageKey);
  }

  /** The newest message of this name without an event is this event's; false if there is none. */
  name(eventType: string, eventSequence: number): boolean {
    const known = [...this.#published.values()].findLast(
      ({ event }) => event.eventType === eventType && event.eventSequence === undefined,
    );
    if (known) this.#published.set(known.event.key, { ...known, event: { ...known.event, eventSequence } });
    return known !== undefined;
  }

  /** The instance has ended: nobody will take what was kept for it. */
  ended(processInstanceKey: number): void {
    this.#ended.set(processInstanceKey, this.#ended.size);
    for (const event of this.#view.keptFor(processInstanceKey)) this.#drop(event, 'the instance ended');
  }

  /** What was kept will not be taken any more. */
  giveUp(key: number): void {
    const event = this.#view.kept(key);
    if (event) this.#drop(event, 'it expired');
  }

  settle(): void {
    for (const published of this.#published.values()) this.#settleOne(published);
    this.forget();
  }

  forget(): void {
    this.#published.clear();
    this.#ended.clear();
  }

  #settleOne({ event, over, ended }: Published): void {
    const endedBefore = (key: number): boolean => (this.#ended.get(key) ?? -1) < ended;
    if (over) {
      this.#report(event, 'it expired', endedBefore);
      return;
    }
    const known = this.#view
      .instancesKnowing(event.eventType, event.correlationKey)
      .filter(({ processDefinitionKey }) => this.#isAwaitedWithin(processDefinitionKey, event.eventType));
    const running = known.find(({ endedAt }) => endedAt === undefined);
    // Nobody will take what is meant for an instance that has ended, however long it lives.
    if (!running && known.length > 0) {
      this.#report(event, 'the instance ended', endedBefore);
      return;
    }
    const processInstanceKey = running?.processInstanceKey;
    this.#apply({
      kind: 'kept',
      event: { ...event, ...(processInstanceKey !== undefined && { processInstanceKey }) },
    });
  }

  /** A start event's message may still start the next instance when this one ends. */
  #isAwaitedWithin(processDefinitionKey: number, eventType: string): boolean {
    const places = this.#view.model(processDefinitionKey)?.places ?? [];
    return places.some(({ awaits, kind }) => awaits === eventType && kind !== 'start');
  }

  #drop(event: KeptEvent, over: string): void {
    this.#apply({ kind: 'dropped', key: event.key });
    // What is kept for an instance came while that ran; what is kept for none may have found a later one.
    this.#report(event, over, () => false);
  }

  #report(event: KeptEvent, over: string, endedBefore: (processInstanceKey: number) => boolean): void {
    const judgement = judgeUnused(event, over, this.#view, endedBefore);
    if (judgement) this.#apply({ kind: 'judged', judgement });
  }
}
