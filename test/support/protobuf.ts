/** Protocol buffers by the numbers of their fields, without any description: for tests of what is on the wire. */

export type Value = number | bigint | boolean | string | Uint8Array;
export type Field = readonly [number: number, value: Value];

const VARINT = 0;
const BYTES = 2;
const MASK_64 = 2n ** 64n - 1n;

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value) & MASK_64;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export function encode(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
        return [varint(number * 8 + VARINT), varint(BigInt(value))];
      const bytes = Buffer.from(value as Uint8Array);
      return [varint(number * 8 + BYTES), varint(bytes.length), bytes];
    }),
  );
}

/** The fields of a message that has only varints and bytes. Throws for anything else. */
export function decode(bytes: Uint8Array): Map<number, (bigint | Buffer)[]> {
  const found = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new RangeError('The message ends within a number.');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(next());
    const list = found.get(tag >> 3) ?? [];
    found.set(tag >> 3, list);
    if ((tag & 7) === VARINT) list.push(next());
    else if ((tag & 7) === BYTES) {
      const length = Number(next());
      if (at + length > bytes.length) throw new RangeError('The message ends within a field.');
      list.push(Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    } else throw new RangeError(`The field ${tag >> 3} has the wire type ${tag & 7}.`);
  }
  return found;
}
