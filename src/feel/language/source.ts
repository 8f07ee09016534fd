import { FeelSyntaxError } from './syntax-error.ts';

/** An expression's text made ready for the grammar, character for character at the same positions. */
export interface Source {
  /** What the author wrote. */
  readonly text: string;
  /** The same with blanks for comments and line ends, and placeholders for strings and names in backticks. */
  readonly prepared: string;
  /** Names in backticks by the position of their first backtick. */
  readonly quotedNames: ReadonlyMap<number, string>;
}

const MAX_LENGTH = 100_000;
const MAX_BRACKETS = 250;
/** A letter that the grammar takes for a name and that no keyword contains. */
const PLACEHOLDER = 'ↀ';

/** Throws `FeelSyntaxError` for unclosed strings, comments and backticks, and for huge or deep texts. */
export function prepare(text: string): Source {
  if (text.length > MAX_LENGTH) {
    throw new FeelSyntaxError(text, 0, `it is longer than ${MAX_LENGTH} characters`);
  }
  const quotedNames = new Map<number, string>();
  let prepared = '';
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    const first = token[0] ?? '';
    if (first === '`') {
      quotedNames.set(at, token.slice(1, -1));
      prepared += PLACEHOLDER.repeat(token.length);
      if (/[\p{L}\p{N}_`]/u.test(text[end] ?? '')) throw new FeelSyntaxError(text, end);
    } else if (first === '"') {
      // The grammar is stricter than Camunda about what a string may hold, such as line ends.
      prepared += `"${'x'.repeat(token.length - 2)}"`;
    } else if (token.length > 1 && first === '/') {
      prepared += ' '.repeat(token.length);
    } else {
      if ('([{'.includes(first)) depth += 1;
      if (')]}'.includes(first)) depth -= 1;
      if (depth > MAX_BRACKETS)
        throw new FeelSyntaxError(text, at, `it nests more than ${MAX_BRACKETS} deep`);
      prepared += /[\s]/.test(first) && token.length === 1 ? ' ' : token;
    }
    at = end;
  }
  return { text, prepared, quotedNames };
}

/** End of the string, comment, backtick name or single character that begins at `at`. */
function tokenEnd(text: string, at: number): number {
  const char = text[at];
  if (char === '"') {
    for (let end = at + 1; end < text.length; end += 1) {
      if (text[end] === '\\') end += 1;
      else if (text[end] === '"') return end + 1;
    }
    throw new FeelSyntaxError(text, at, 'a string has no end');
  }
  if (char === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) throw new FeelSyntaxError(text, at, 'a name in backticks has no end');
    if (end === at + 1) throw new FeelSyntaxError(text, at, 'a name in backticks is empty');
    return end + 1;
  }
  if (char === '/' && text[at + 1] === '/') {
    const end = text.slice(at).search(/[\r\n]/);
    return end < 0 ? text.length : at + end;
  }
  if (char === '/' && text[at + 1] === '*') {
    const end = text.indexOf('*/', at + 2);
    if (end < 0) throw new FeelSyntaxError(text, at, 'a comment has no end');
    return end + 2;
  }
  return at + 1;
}
