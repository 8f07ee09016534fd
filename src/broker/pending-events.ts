import { idOf, sourceOf } from '../cloudevents/index.ts';
import type { FateEntry, LoggedEvent, Trace } from './logged-event.ts';

/** An event that is not written yet. */
export interface Pending extends LoggedEvent {
  /** Hash of its source and id. */
  readonly identity: number;
  fates: readonly FateEntry[];
  trace?: Trace;
  /** The one before of those whose identities have the same place. */
  before: Pending | undefined;
}

/** The events of a transaction in order of their sequence, found by that and by source and id. */
export class PendingEvents {
  readonly #bySequence = new Map<number, Pending>();
  // By a part of the hash that is a small integer: V8 keeps each text that is a key of a map in a table of all such texts.
  readonly #byIdentity = new Map<number, Pending>();

  get(sequence: number): Pending | undefined {
    return this.#bySequence.get(sequence);
  }

  all(): Iterable<Pending> {
    return this.#bySequence.values();
  }

  add(event: Omit<Pending, 'before'>): void {
    const place = placeOf(event.identity);
    const pending = { ...event, before: this.#byIdentity.get(place) };
    this.#bySequence.set(event.sequence, pending);
    this.#byIdentity.set(place, pending);
  }

  /** Takes back the event that was added last. */
  undo(sequence: number): void {
    const pending = this.#bySequence.get(sequence);
    if (pending === undefined) return;
    this.#bySequence.delete(sequence);
    const place = placeOf(pending.identity);
    if (pending.before === undefined) this.#byIdentity.delete(place);
    else this.#byIdentity.set(place, pending.before);
  }

  /** Sequence of the youngest event with this source and id. */
  find(identity: number, source: string, id: string): number | undefined {
    let pending = this.#byIdentity.get(placeOf(identity));
    while (pending !== undefined) {
      if (idOf(pending.event) === id && sourceOf(pending.event) === source) return pending.sequence;
      pending = pending.before;
    }
    return undefined;
  }
}

/** Without the lowest bit, which is the same for all. */
function placeOf(identity: number): number {
  return (identity >>> 1) & 0x3fff_ffff;
}
