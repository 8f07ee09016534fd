const MOST_LETTERS = 30;

/**
 * The candidate that a mistyped word was probably meant to be: one slip away (a letter missing, added, changed, or two
 * swapped), two for words of six letters and more. Case is ignored.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MOST_LETTERS) return undefined;
  const typed = word.toLowerCase();
  let best: string | undefined;
  let least = (typed.length >= 6 ? 2 : 1) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= least) continue;
    const slips = distance(typed, candidate.toLowerCase());
    if (slips < least && slips < candidate.length) {
      best = candidate;
      least = slips;
    }
  }
  return best;
}

/** Restricted edit distance (Damerau, Levenshtein), with three rows. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, (before[j - 2] ?? 0) + 1);
      }
      row.push(slips);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
