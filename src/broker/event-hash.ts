/**
 * Hashes by which events are found. They are short: who finds one compares the event itself. 38 bits, so that a hash
 * and a place among 32,768 events fit into one exact number. Those of (source, id) are odd, those of other texts even.
 */

/** The hash of source and id. */
export function identityHash(source: string, id: string): number {
  const hash = hashOf(IDENTITY, source, '\n', id);
  return hash - (hash % 2) + 1;
}

/**
 * The hash of a text that an event is found by: its id, source, type, subject, correlation key or correlation id. It may be
 * given in two parts.
 */
export function termHash(text: string, rest = ''): number {
  const hash = hashOf(TERM, text, rest);
  return hash - (hash % 2);
}

/** The hash of a kind of fate. */
export function fateHash(kind: string): number {
  return termHash('fate\n', kind);
}

const IDENTITY = 0x2545f491;
const TERM = 0x9e3779b9;

/**
 * Two lanes of multiply and rotate over the UTF-16 units of the parts, as one text, mixed at the end. The parts are not put
 * together: V8 would copy them, and most texts are seen once.
 */
function hashOf(seed: number, first: string, second = '', third = ''): number {
  let one = seed | 0;
  let two = (seed ^ 0x7f4a7c15) | 0;
  for (let part = 0; part < 3; part++) {
    const text = part === 0 ? first : part === 1 ? second : third;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      one = Math.imul(one ^ unit, 0x85ebca77);
      one = (one << 13) | (one >>> 19);
      two = Math.imul(two ^ unit, 0xc2b2ae3d);
      two = (two << 17) | (two >>> 15);
    }
  }
  one = mixed(one ^ (first.length + second.length + third.length) ^ (two >>> 3));
  two = mixed(two ^ one);
  return (one & 0x3f) * 2 ** 32 + (two >>> 0);
}

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mix = Math.imul(mix ^ (mix >>> 15), 0x846ca68b);
  return mix ^ (mix >>> 16);
}
