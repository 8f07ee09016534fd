/**
 * Orders of Scala's hash tables. Zeebe's DMN engine keeps decisions and wide results in them, so the order in which
 * decisions are deployed, and the text of some failures, follow from the hash codes of names.
 */

/** Java's hash code of a string, a signed 32-bit integer. */
function hashCode(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** The order of a mutable hash map: by bucket, in a bucket by hash. */
export function mutableMapOrder(keys: readonly string[]): readonly string[] {
  const unique = [...new Set(keys)];
  let buckets = 16;
  // It grows when the entry that is added would reach three quarters of the buckets.
  while (unique.length >= buckets * 0.75) buckets *= 2;
  const placed = unique.map((key) => {
    const hash = hashCode(key);
    const spread = hash ^ (hash >>> 16);
    return { key, spread, bucket: spread & (buckets - 1) };
  });
  return placed.sort((a, b) => a.bucket - b.bucket || a.spread - b.spread).map(({ key }) => key);
}

/** Up to this many entries an immutable map keeps the order in which they came. */
const SMALL = 4;

/** Name and order of entries of an immutable map, as its text shows them. */
export function immutableMapOrder(keys: readonly string[]): {
  readonly type: 'Map' | 'HashMap';
  readonly keys: readonly string[];
} {
  const unique = [...new Set(keys)];
  if (unique.length <= SMALL) return { type: 'Map', keys: unique };
  return {
    type: 'HashMap',
    keys: trieOrder(
      unique.map((key) => ({ key, hash: improve(hashCode(key)) })),
      0,
    ),
  };
}

function improve(code: number): number {
  let hash = (code + ~(code << 9)) | 0;
  hash ^= hash >>> 14;
  hash = (hash + (hash << 4)) | 0;
  return hash ^ (hash >>> 10);
}

interface Hashed {
  readonly key: string;
  readonly hash: number;
}

/** Of each node of the trie first its own entries, then its sub-nodes, both by the next five bits of the hash. */
function trieOrder(entries: readonly Hashed[], shift: number): readonly string[] {
  if (shift > 30) return entries.map(({ key }) => key);
  const branches: Hashed[][] = [];
  for (const entry of entries) {
    const bits = (entry.hash >>> shift) & 31;
    const branch = branches[bits];
    if (branch === undefined) branches[bits] = [entry];
    else branch.push(entry);
  }
  const filled = branches.filter((branch) => branch !== undefined);
  const own = filled.filter(({ length }) => length === 1).flatMap((branch) => branch.map(({ key }) => key));
  const nodes = filled.filter(({ length }) => length > 1).flatMap((branch) => trieOrder(branch, shift + 5));
  return [...own, ...nodes];
}
