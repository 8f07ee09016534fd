/** Texts by character: a character of CESQL is a Unicode code point, one or two UTF-16 units. */

const SURROGATE = /[\ud800-\udfff]/;
const WHITE_SPACE = /^\p{White_Space}$/u;

/** UTF-16 units of the character at a place. */
export function unitsAt(text: string, at: number): 1 | 2 {
  return isPair(text, at) ? 2 : 1;
}

/** UTF-16 units of the character that ends before a place. */
export function unitsBefore(text: string, end: number): 1 | 2 {
  return end >= 2 && isPair(text, end - 2) ? 2 : 1;
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

export function lengthOf(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let length = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) length++;
  return length;
}

/** Characters from `from` (counted from 0) up to `to`, which does not belong to them. */
export function sliceOf(text: string, from: number, to = Number.POSITIVE_INFINITY): string {
  if (!SURROGATE.test(text)) return text.slice(from, to);
  let count = 0;
  let start = from === 0 ? 0 : text.length;
  let end = text.length;
  for (let at = 0; at < text.length && count <= to; at += unitsAt(text, at), count++) {
    if (count === from) start = at;
    if (count === to) end = at;
  }
  return text.slice(start, end);
}

/** The text without white space (as Unicode defines it) at both ends. `String.trim` cuts U+FEFF and keeps U+0085. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start++;
  while (end > start && WHITE_SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
