const BITS_FOR_EACH = 10;
const PROBES = 5;

/** A Bloom filter: says surely that a hash is not among those it was made of, and says wrongly in 1 of 100 cases that it may be. */
export class IdentityFilter {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  static of(hashes: readonly number[]): IdentityFilter {
    const filter = new IdentityFilter(new Uint8Array(Math.ceil((hashes.length * BITS_FOR_EACH) / 8) + 1));
    for (const hash of hashes) {
      for (const bit of filter.#places(hash)) {
        const at = bit >>> 3;
        filter.bytes[at] = (filter.bytes[at] ?? 0) | (1 << (bit & 7));
      }
    }
    return filter;
  }

  mayHave(hash: number): boolean {
    const bits = this.bytes.length * 8;
    const { low, step } = halves(hash);
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (low + probe * step) % bits;
      if (((this.bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  #places(hash: number): number[] {
    const bits = this.bytes.length * 8;
    const { low, step } = halves(hash);
    return Array.from({ length: PROBES }, (_, probe) => (low + probe * step) % bits);
  }
}

/** Two numbers of 19 bits; the lowest bit of the hash is the same for all, and the step is odd. */
function halves(hash: number): { readonly low: number; readonly step: number } {
  return { low: Math.floor(hash / 2) % 2 ** 19, step: Math.floor(hash / 2 ** 19) | 1 };
}
