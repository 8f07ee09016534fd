import { encode, type Field, type Value, varint } from './protobuf.ts';

/** A description of a message as protobuf has it, of which only this much is read. */
export interface MessageType {
  readonly field: readonly {
    readonly number: number;
    readonly type: string;
    readonly label: string;
    readonly typeName: string;
  }[];
}

const TEXTS = [
  '',
  ' ',
  '{}',
  '[]',
  '{"a":',
  '{"a":1e999}',
  'null',
  '"',
  '=',
  '\u0000',
  '\ud83d\ude00',
  'x'.repeat(70_000),
];
const NUMBERS = [
  0n,
  1n,
  -1n,
  2n ** 31n - 1n,
  -(2n ** 31n),
  2n ** 51n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const DEEPEST = 4;

/** Requests that are nearly right, wrong, cut off or mere noise; the same for the same seed. */
export class MessageFuzzer {
  readonly #known: readonly Value[];
  readonly #types: ReadonlyMap<string, MessageType>;
  #state: number;

  /** @param known keys, names and texts of things that are there */
  constructor(seed: number, types: ReadonlyMap<string, MessageType>, known: readonly Value[]) {
    this.#state = seed >>> 0;
    this.#types = types;
    this.#known = known;
  }

  /** The bytes of a request of a type. */
  request(type: string): Buffer {
    if (this.#chance(0.15)) return this.#noise(this.#below(200));
    const message = this.#message(type, 0);
    return this.#chance(0.5) ? this.#broken(message) : message;
  }

  /** From 0; whole. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  #chance(share: number): boolean {
    return this.#below(1000) < share * 1000;
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }

  #noise(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)));
  }

  #message(name: string, depth: number): Buffer {
    const type = this.#types.get(name);
    if (type === undefined || depth > DEEPEST) return this.#noise(this.#below(20));
    const fields: Field[] = [];
    for (const { number, type: kind, label, typeName } of type.field) {
      if (this.#chance(0.25)) continue;
      const times = label === 'LABEL_REPEATED' ? this.#below(4) : this.#chance(0.03) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        const strange = this.#chance(0.05);
        fields.push([number, strange ? this.#any() : this.#value(kind, typeName, depth)]);
      }
    }
    if (this.#chance(0.05)) fields.push([this.#one([99, 1000, 536_870_911]), this.#any()]);
    return encode(...fields);
  }

  #value(kind: string, typeName: string, depth: number): Value {
    switch (kind) {
      case 'TYPE_STRING':
        return this.#chance(0.6) ? String(this.#one(this.#known)) : this.#any(TEXTS);
      case 'TYPE_BOOL':
        return this.#chance(0.5);
      case 'TYPE_MESSAGE':
        return this.#message(typeName, depth + 1);
      case 'TYPE_BYTES':
        return this.#chance(0.5) ? String(this.#one(this.#known)) : this.#noise(50);
      default: {
        const numbers = this.#known.filter((value) => typeof value === 'bigint');
        return this.#chance(0.6) ? this.#one(numbers) : this.#one(NUMBERS);
      }
    }
  }

  #any(from: readonly Value[] = [...TEXTS, ...NUMBERS, ...this.#known]): Value {
    return this.#chance(0.1) ? this.#noise(30) : this.#one(from);
  }

  #broken(bytes: Buffer): Buffer {
    const at = this.#below(bytes.length + 1);
    switch (this.#below(5)) {
      case 0:
        return bytes.subarray(0, at);
      case 1:
        return Buffer.concat([bytes.subarray(0, at), this.#noise(1 + this.#below(8)), bytes.subarray(at)]);
      case 2: {
        const copy = Buffer.from(bytes);
        if (copy.length > 0) copy[at % copy.length] = this.#below(256);
        return copy;
      }
      case 3:
        // A field that says that it is longer than what is there.
        return Buffer.concat([
          bytes,
          varint(8 * 2 + 2),
          varint(this.#one([100, 2 ** 31, 2n ** 63n])),
          this.#noise(3),
        ]);
      default:
        return Buffer.concat([bytes, this.#noise(this.#below(10))]);
    }
  }
}
