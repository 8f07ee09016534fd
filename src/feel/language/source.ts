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
/** The same, where the name is what the author wrote. */
const AS_WRITTEN = 'ↁ';

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
  return { text, prepared: withCamundasNames(prepared), quotedNames };
}

/** What is a name for Camunda and not for the grammar: signs of currencies, `and(…)`, `or(…)`, the type `function`. */
function withCamundasNames(prepared: string): string {
  const hide = (name: string): string => AS_WRITTEN.repeat(name.length);
  return prepared
    .replace(/[\p{Sc}\p{Pc}]/gu, (sign) => (sign === '_' ? sign : hide(sign)))
    .replace(/(\binstance +of +)(function)(?! *<)/g, (_, before: string, name: string) => before + hide(name))
    .replace(
      /((?:^|[([{,:=<>+\-*/]|(?<![\p{L}\p{N}_])(?:return|then|else|if|satisfies|and|or)(?= )) *)(and|or)(?= *\()/gu,
      (_, before: string, name: string) => before + hide(name),
    );
}

/** A name of the prepared text at a place, as the author wrote it. */
export function writtenName(source: Source, from: number, to: number): string {
  const name = source.prepared.slice(from, to);
  if (!name.includes(AS_WRITTEN)) return name;
  return [...name].map((char, index) => (char === AS_WRITTEN ? source.text[from + index] : char)).join('');
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
