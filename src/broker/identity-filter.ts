const BITS_FOR_EACH = 16;
const PROBES = 5;

/** A Bloom filter: says surely that a hash is not among those it was made of, and says wrongly in 1 of 700 cases that it may be. */
export class IdentityFilter {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A filter for so many hashes. */
  static for(hashes: number): IdentityFilter {
    return new IdentityFilter(new Uint8Array(Math.ceil((hashes * BITS_FOR_EACH) / 8) + 1));
  }

  add(hash: number): void {
    const bits = this.bytes.length * 8;
    const { low, step } = halves(hash);
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (low + probe * step) % bits;
      const at = bit >>> 3;
      this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (bit & 7));
    }
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
}

/** Two numbers of 19 bits; the lowest bit of the hash is the same for all, and the step is odd. */
function halves(hash: number): { readonly low: number; readonly step: number } {
  return { low: Math.floor(hash / 2) % 2 ** 19, step: Math.floor(hash / 2 ** 19) | 1 };
}
