import { type CloudEvent, canonicalText, type Filter } from '../cloudevents/index.ts';

/** What a subscription asks of events, as far as the index is concerned. */
export interface Wish {
  /** Empty: any. */
  readonly types: readonly string[];
  readonly source: string | undefined;
  readonly filter: Filter;
}

/**
 * Finds the subscriptions that may want an event without looking at all of them: each stands under one attribute and
 * the value that it must have, if its wish names one.
 */
export class SubscriptionIndex<Entry extends Wish> {
  readonly #byAttribute = new Map<string, Map<string, Entry[]>>();
  readonly #others: Entry[] = [];

  add(entry: Entry): void {
    const { types, source, filter } = entry;
    const exact = source === undefined ? exactOf(filter) : (['source', source] as const);
    if (types.length > 0) for (const type of new Set(types)) this.#put('type', type, entry);
    else if (exact) this.#put(...exact, entry);
    else this.#others.push(entry);
  }

  /** Those that may want it; whoever asks compares the whole wish. */
  candidates({ attributes }: CloudEvent): readonly Entry[] {
    let found: readonly Entry[] = [];
    for (const [name, values] of this.#byAttribute) {
      const value = attributes.get(name);
      const entries = value === undefined ? undefined : values.get(canonicalText(value));
      if (entries) found = joined(found, entries);
    }
    return joined(found, this.#others);
  }

  #put(name: string, value: string, entry: Entry): void {
    let values = this.#byAttribute.get(name);
    if (!values) {
      values = new Map();
      this.#byAttribute.set(name, values);
    }
    const entries = values.get(value);
    if (entries) entries.push(entry);
    else values.set(value, [entry]);
  }
}

/** Of two lists one is empty most of the time. */
function joined<Value>(one: readonly Value[], other: readonly Value[]): readonly Value[] {
  if (one.length === 0) return other;
  return other.length === 0 ? one : [...one, ...other];
}

/** An attribute and the value that an event must have to pass. */
function exactOf(filter: Filter): readonly [name: string, value: string] | undefined {
  if (filter.dialect === 'exact') return filter.attributes[0];
  if (filter.dialect !== 'all') return undefined;
  for (const part of filter.filters) {
    const exact = exactOf(part);
    if (exact) return exact;
  }
  return undefined;
}
