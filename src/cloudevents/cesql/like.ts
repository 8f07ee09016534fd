import { unitsAt, unitsBefore } from './text.ts';

/** What stands between two `%`: texts, and null for `_`. Empty texts do not occur. */
type Segment = readonly (string | null)[];

/**
 * Compiles a pattern of LIKE: `%` is any text, `_` one character, `\%` and `\_` are those characters themselves; any
 * other backslash is a backslash. Each segment is taken where it fits first, and never moved again, so a match costs
 * at most text times pattern.
 */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const [first = [], ...others] = segmentsOf(pattern);
  const last = others.pop();
  if (last === undefined) return (text) => matchFrom(first, text, 0) === text.length;
  const lastReversed = last.toReversed();
  return (text) => {
    let at = matchFrom(first, text, 0);
    if (at === undefined) return false;
    for (const segment of others) {
      at = find(segment, text, at);
      if (at === undefined) return false;
    }
    const start = matchBefore(lastReversed, text);
    return start !== undefined && start >= at;
  };
}

function segmentsOf(pattern: string): Segment[] {
  const segments: Segment[] = [];
  let parts: (string | null)[] = [];
  let text = '';
  const endText = () => {
    if (text !== '') parts.push(text);
    text = '';
  };
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    const next = pattern.charAt(at + 1);
    if (char === '\\' && (next === '%' || next === '_')) {
      text += next;
      at++;
    } else if (char === '%') {
      endText();
      segments.push(parts);
      parts = [];
    } else if (char === '_') {
      endText();
      parts.push(null);
    } else {
      text += char;
    }
  }
  endText();
  segments.push(parts);
  return segments;
}

/** Where the segment ends that begins at `at`; undefined if it does not fit there. */
function matchFrom(segment: Segment, text: string, at: number): number | undefined {
  let end = at;
  for (const part of segment) {
    if (part === null) {
      if (end >= text.length) return undefined;
      end += unitsAt(text, end);
    } else {
      if (!text.startsWith(part, end)) return undefined;
      end += part.length;
    }
  }
  return end;
}

/** Where the segment, given in reverse, begins that ends with the text; undefined if the text ends otherwise. */
function matchBefore(reversed: Segment, text: string): number | undefined {
  let at = text.length;
  for (const part of reversed) {
    if (part === null) {
      if (at <= 0) return undefined;
      at -= unitsBefore(text, at);
    } else {
      if (!text.endsWith(part, at)) return undefined;
      at -= part.length;
    }
  }
  return at;
}

/** Where the first fit of the segment, at `from` or later, ends. */
function find(segment: Segment, text: string, from: number): number | undefined {
  const [start] = segment;
  for (let at = from; at <= text.length; at += unitsAt(text, at)) {
    if (typeof start === 'string') {
      at = text.indexOf(start, at);
      if (at < 0) return undefined;
    }
    const end = matchFrom(segment, text, at);
    if (end !== undefined) return end;
  }
  return undefined;
}
