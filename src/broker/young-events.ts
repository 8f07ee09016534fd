import { fateHash, termHash } from './event-hash.ts';
import { IdentityFilter } from './identity-filter.ts';
import type { FateEntry } from './logged-event.ts';
import { remembering } from './remembering.ts';

/** Events of one run. */
export const RUN_LENGTH = 32_768;
/** Entries that are sorted at once. */
const PART_LENGTH = 4096;
/** About half of them are used in the end. */
const SLOTS = 65_536;

/** What an event is found by. */
export interface Terms {
  readonly sequence: number;
  /** Epoch ms. */
  readonly received: number;
  /** Hash of source and id. */
  readonly identity: number;
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
 * part by part as they come and merged page by page as they are written, so that no event waits for a whole run. All is
 * kept as plain numbers outside the heap: that many objects would be moved about by each collection of garbage.
 */
export class YoungEvents {
  /** Sequence of the first one. */
  readonly first: number;
  readonly filter = IdentityFilter.for(RUN_LENGTH);
  /** Epoch ms of the last one. */
  received = 0;
  #parts: Float64Array[] = [];
  readonly #part = new Float64Array(PART_LENGTH);
  #length = 0;
  /** Used again for each event. */
  readonly #terms: number[] = [];
  // A shop has few sources, types and kinds of fates.
  readonly #sourceHash = remembering((source: string) => termHash(source));
  readonly #typeHash = remembering((type: string) => termHash(type));
  readonly #fateHash = remembering(fateHash);
  readonly #identities = new Identities();

  constructor(first: number) {
    this.first = first;
  }

  add({ sequence, received, identity, source, id, type, others, fates }: Terms): void {
    const place = sequence - this.first;
    this.#identities.add(identity, place);
    this.filter.add(identity);
    this.#enter(identity, place);
    const terms = this.#terms;
    terms.length = 0;
    terms.push(termHash(id), this.#sourceHash(source), this.#typeHash(type));
    for (const text of others) if (text !== undefined && text !== id) terms.push(termHash(text));
    for (const { kind } of fates) terms.push(this.#fateHash(kind));
    for (let at = 0; at < terms.length; at++) {
      const term = terms[at] as number;
      if (terms.indexOf(term) === at) this.#enter(term, place);
    }
    this.received = received;
  }

  /** Sequence of the youngest event with this hash of source and id that `isIt` takes. */
  find(identity: number, isIt: (sequence: number) => boolean): number | undefined {
    const place = this.#identities.find(identity, (each) => isIt(this.first + each));
    return place === undefined ? undefined : this.first + place;
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

  #enter(hash: number, place: number): void {
    if (this.#length === PART_LENGTH) this.#sortPart();
    this.#part[this.#length++] = hash * RUN_LENGTH + place;
  }

  #sortPart(): void {
    if (this.#length === 0) return;
    this.#parts.push(this.#part.slice(0, this.#length).sort());
    this.#length = 0;
  }
}

/** Finds places by the hash of an identity: each slot leads to its youngest place, and each place to the one before. */
class Identities {
  /** One more than a place; 0: none. */
  readonly #heads = new Uint16Array(SLOTS);
  readonly #before = new Uint16Array(RUN_LENGTH);
  readonly #hashes = new Float64Array(RUN_LENGTH);

  add(hash: number, place: number): void {
    const slot = slotOf(hash);
    this.#hashes[place] = hash;
    this.#before[place] = this.#heads[slot] as number;
    this.#heads[slot] = place + 1;
  }

  /** The youngest that `isIt` takes. */
  find(hash: number, isIt: (place: number) => boolean): number | undefined {
    for (let next = this.#heads[slotOf(hash)] as number; next > 0; next = this.#before[next - 1] as number)
      if (this.#hashes[next - 1] === hash && isIt(next - 1)) return next - 1;
    return undefined;
  }
}

/** The lowest bit is the same for all. */
function slotOf(hash: number): number {
  return (hash >>> 1) & (SLOTS - 1);
}
