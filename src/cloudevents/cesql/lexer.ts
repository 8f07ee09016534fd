import { CesqlParseError, positionAt } from './errors.ts';

export interface Token {
  readonly kind: 'word' | 'integer' | 'text' | 'symbol' | 'end';
  /** As it stands in the source. */
  readonly source: string;
  /** Content of a text without quotes and escapes; a word in upper case; otherwise the source. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\r\n]*/y;
const WORD = /[A-Za-z0-9_]+/y;
const SYMBOL = /<=|>=|<>|!=|[(),=<>+\-*/%]/y;
const TEXT = /'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/sy;

/**
 * Splits an expression into tokens; the last one is `end`.
 * @throws CesqlParseError at a character that begins no token, or a text without an end
 */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (;;) {
    const start = skip(SPACE, source, tokens.at(-1)?.end ?? 0);
    const token = readToken(source, start);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

function readToken(source: string, start: number): Token {
  if (start === source.length) return { kind: 'end', source: '', value: '', start, end: start };
  const word = take(WORD, source, start);
  if (word) {
    const [text] = word;
    const kind = /^[0-9]+$/.test(text) ? 'integer' : 'word';
    return token(kind, text, text.toUpperCase(), start);
  }
  const symbol = source.startsWith('==', start) ? null : take(SYMBOL, source, start);
  if (symbol) return token('symbol', symbol[0], symbol[0], start);
  const text = take(TEXT, source, start);
  if (text) {
    const [written, single, double] = text;
    const value =
      single === undefined ? (double ?? '').replaceAll('\\"', '"') : single.replaceAll("\\'", "'");
    return token('text', written, value, start);
  }
  throw new CesqlParseError(positionAt(source, start), reasonFor(source, start));
}

function token(kind: Token['kind'], source: string, value: string, start: number): Token {
  return { kind, source, value, start, end: start + source.length };
}

function take(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function skip(pattern: RegExp, source: string, at: number): number {
  return at + (take(pattern, source, at)?.[0].length ?? 0);
}

/** Why no token begins here, and what to write instead. */
function reasonFor(source: string, at: number): string {
  const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
  switch (char) {
    case "'":
    case '"':
      return `the text that begins here has no end; close it with ${char}, and write ${char} inside it as \\${char}`;
    case '=':
      return 'found ==; equality is one =';
    case '!':
      return 'found !; write NOT, or != for "not equal"';
    case '&':
      return 'found &; write AND';
    case '|':
      return 'found |; write OR, or CONCAT(a, b) to join texts';
    case '.':
      return 'found a dot; attribute names have none, integers have no fraction, and the data of an event cannot be read';
    case ';':
      return 'found ;; an expression has no end mark, remove it';
    case '\u2018':
    case '\u2019':
    case '\u201c':
    case '\u201d':
    case '`':
      return `found the quotation mark ${char}; put texts between ' or "`;
    default:
      return /\p{White_Space}|\p{C}/u.test(char)
        ? `found the invisible character U+${hex(char)}; replace it by a blank`
        : `found ${char}, which has no meaning outside of a text; put texts between ' or "`;
  }
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
