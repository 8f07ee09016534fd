/** Longer texts are not searched for where they stop being FEEL. */
export const SEARCHED_LENGTH = 120;

/** What may stand after a whole expression, as Zeebe's parser names it. */
export const AFTER = 'binaryComparison | between | instanceOf | in | "and" | "or" | end-of-input';
/** What `and` may begin. */
export const AND_AFTER = '"and" ~ (addSub | unaryComparison | range)';
/** What an expression may begin as. */
const BEGINNING = 'ifOp | forOp | quantifiedOp | disjunction';
/** After these words, which it may also take for names, the parser looks on as far as it finds the next ones. */
const WORDS: Readonly<Record<string, readonly (readonly [keyword: string, expected: string])[]>> = {
  if: [
    ['if', `(${BEGINNING}) ~ "then"`],
    ['then', ` ~ (${BEGINNING})`],
    ['else', ` ~ "else" ~ (${BEGINNING})`],
  ],
  for: [
    ['for', 'listIterator.rep(1)'],
    ['return', ` ~ "return" ~ (${BEGINNING})`],
  ],
  some: [
    ['some', 'listIterator.rep(1)'],
    ['satisfies', ` ~ "satisfies" ~ (${BEGINNING})`],
  ],
  every: [
    ['every', 'listIterator.rep(1)'],
    ['satisfies', ` ~ "satisfies" ~ (${BEGINNING})`],
  ],
};

/**
 * Says where a text stops being FEEL the way Zeebe's parser does: it takes the longest beginning that is an
 * expression, and finds the rest wrong. Undefined for texts that are too long to look.
 *
 * @param parses whether a text is an expression
 */
export function expectation(text: string, parses: (text: string) => boolean): string | undefined {
  if (text.length > SEARCHED_LENGTH) return undefined;
  let end = longestBeginning(text, parses);
  let expected = end === 0 ? BEGINNING : AFTER;
  const first = end === 0 ? /^\s*(\w+)/.exec(text) : null;
  const words = WORDS[first?.[1] ?? ''];
  if (first !== null && words !== undefined) {
    const found = words.filter(([keyword]) => new RegExp(`\\b${keyword}\\b`).test(text));
    expected = `${found.map(([, part]) => part).join('')} | ${AFTER}`;
    end = first[0].length;
  } else if (/^\s*and\b/.test(text.slice(end))) {
    expected = AFTER.replace('"and"', AND_AFTER);
  }
  return place(text, end, expected);
}

/** How much of a text is what the parser takes at most, from its beginning. */
export function longestBeginning(text: string, parses: (text: string) => boolean): number {
  let end = text.length;
  while (end > 0 && !(isBoundary(text, end) && parses(text.slice(0, end)))) end -= 1;
  return end;
}

/** Says that something else was expected after the first `end` characters. */
export function place(text: string, end: number, wanted: string): string {
  const position = text.length - text.slice(end).trimStart().length;
  let expected = wanted;
  if (position === 0) expected = `start-of-input | ${expected}`;
  const before = text.slice(0, position).split('\n');
  const where = `${before.length}:${(before.at(-1) ?? '').length + 1}`;
  return `Expected (${expected}):${where}, found ${JSON.stringify(text.slice(position, position + 10))}`;
}

/** Whether a name or number ends here, and no white space stands before. */
function isBoundary(text: string, at: number): boolean {
  if (/\s/.test(text[at - 1] ?? '')) return false;
  // A number ends before a letter as well.
  if (/(?:^|[^\p{L}\p{N}_.])\d+(?:\.\d+)?$/u.test(text.slice(0, at)) && /[\p{L}_]/u.test(text[at] ?? ''))
    return true;
  const isWord = (character: string | undefined): boolean => /[\p{L}\p{N}_]/u.test(character ?? '');
  return !(isWord(text[at - 1]) && isWord(text[at]));
}
