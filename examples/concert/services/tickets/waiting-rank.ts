/**
 * Counts who waits before whom, in O(log n): a Fenwick tree over the numbers of order.
 *
 * W1. `before(n)` only falls while numbers are added at the end and removed anywhere (R5).
 */
export class WaitingRank {
  /** `tree[i]` counts the numbers in the range that ends at i and is as long as the lowest set bit of i. */
  private tree = new Int32Array(1_025);
  private present = new Uint8Array(1_025);
  private count = 0;

  /** How many wait. */
  get size(): number {
    return this.count;
  }

  /** Adds a number of 1 or more; a number that is there already is left alone. */
  add(number: number): void {
    this.grow(number);
    if (this.present[number] === 1) return;
    this.present[number] = 1;
    this.change(number, 1);
  }

  /** Removes a number; one that is not there is left alone. */
  remove(number: number): void {
    if (this.present[number] !== 1) return;
    this.present[number] = 0;
    this.change(number, -1);
  }

  /** How many of the present numbers are smaller than `number`. */
  before(number: number): number {
    let sum = 0;
    for (let i = Math.min(number - 1, this.tree.length - 1); i > 0; i -= i & -i) sum += this.tree[i] ?? 0;
    return sum;
  }

  /** Empties it. */
  clear(): void {
    this.tree.fill(0);
    this.present.fill(0);
    this.count = 0;
  }

  private change(number: number, by: 1 | -1): void {
    this.count += by;
    for (let i = number; i < this.tree.length; i += i & -i) this.tree[i] = (this.tree[i] ?? 0) + by;
  }

  /** Doubles the range; building anew costs O(n), so O(1) a number over time. */
  private grow(number: number): void {
    if (number < this.tree.length) return;
    let length = this.tree.length;
    while (length <= number) length = (length - 1) * 2 + 1;
    const present = new Uint8Array(length);
    present.set(this.present);
    const tree = new Int32Array(length);
    for (let i = 1; i < length; i += 1) {
      const sum = (tree[i] ?? 0) + (present[i] ?? 0);
      tree[i] = sum;
      const parent = i + (i & -i);
      if (parent < length) tree[parent] = (tree[parent] ?? 0) + sum;
    }
    this.present = present;
    this.tree = tree;
  }
}
