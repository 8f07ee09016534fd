import { fateHash, identityHash, termHash } from './event-hash.ts';
import { IdentityFilter } from './identity-filter.ts';
import type { FateEntry } from './logged-event.ts';

/** Events of one run. */
export const RUN_LENGTH = 32_768;
/** Entries that are sorted at once. */
const PART_LENGTH = 4096;
const NONE: readonly number[] = [];

/** What an event is found by. */
export interface Terms {
  readonly sequence: number;
  /** Epoch ms. */
  readonly received: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** Other texts: subject, correlation key, correlation id. */
  readonly others: readonly (string | undefined)[];
  /** What became of it in its own transaction. */
  readonly fates: readonly FateEntry[];
}

/**
 * The events of a run that is not written yet: their hashes, each with the place of its event in the run. They are sorted
 * part by part as they come and merged page by page as they are written, so that no event waits for a whole run.
 */
export class YoungEvents {
  /** Sequence of the first one. */
  readonly first: number;
  readonly filter = IdentityFilter.for(RUN_LENGTH);
  /** Epoch ms of the last one. */
  received = 0;
  #parts: Float64Array[] = [];
  #entries: number[] = [];
  /** Used again for each event. */
  readonly #terms = new Set<number>();
  readonly #identities = new Map<number, number | readonly number[]>();

  constructor(first: number) {
    this.first = first;
  }

  add({ sequence, received, source, id, type, others, fates }: Terms): void {
    const place = sequence - this.first;
    const identity = identityHash(source, id);
    const known = this.#identities.get(identity);
    this.#identities.set(
      identity,
      known === undefined ? sequence : [...(typeof known === 'number' ? [known] : known), sequence],
    );
    this.filter.add(identity);
    this.#entries.push(identity * RUN_LENGTH + place);
    this.#terms.clear();
    for (const text of [id, source, type, ...others]) if (text !== undefined) this.#terms.add(termHash(text));
    for (const { kind } of fates) this.#terms.add(fateHash(kind));
    for (const term of this.#terms) this.#entries.push(term * RUN_LENGTH + place);
    this.received = received;
    if (this.#entries.length >= PART_LENGTH) this.#sortPart();
  }

  /** Sequences of events with this hash of source and id, the youngest first. */
  candidates(hash: number): readonly number[] {
    const found = this.#identities.get(hash);
    if (found === undefined) return NONE;
    return typeof found === 'number' ? [found] : found.toReversed();
  }

  /** All entries in order, in pages of so many. No event may be added any more. */
  *pages(length: number): Generator<Float64Array, void, undefined> {
    this.#sortPart();
    const parts = this.#parts;
    const places = parts.map(() => 0);
    const heads = Float64Array.from(parts, (part) => part[0] ?? Number.POSITIVE_INFINITY);
    let left = parts.reduce((sum, part) => sum + part.length, 0);
    while (left > 0) {
      const page = new Float64Array(Math.min(left, length));
      for (let at = 0; at < page.length; at++) {
        let least = 0;
        for (let other = 1; other < heads.length; other++)
          if ((heads[other] as number) < (heads[least] as number)) least = other;
        page[at] = heads[least] as number;
        const next = (places[least] as number) + 1;
        places[least] = next;
        heads[least] = parts[least]?.[next] ?? Number.POSITIVE_INFINITY;
      }
      left -= page.length;
      yield page;
    }
  }

  #sortPart(): void {
    if (this.#entries.length === 0) return;
    this.#parts.push(Float64Array.from(this.#entries).sort());
    this.#entries = [];
  }
}
