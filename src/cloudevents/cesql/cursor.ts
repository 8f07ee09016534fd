import { CesqlParseError, positionAt } from './errors.ts';
import { type Token, tokensOf } from './lexer.ts';
import { remedyFor } from './remedies.ts';
import type { Span } from './syntax.ts';

/** Depth of parentheses, calls, sets, unary operators, and LIKE and IN on the result of another. */
export const MAX_DEPTH = 100;

/** Where the parser stands in the tokens, how deep, and what it says if it cannot go on. */
export class Cursor {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** How many are being read that lie in each other. */
  depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokensOf(source);
  }

  /** Reads what is one deeper. */
  nested<Value>(read: () => Value): Value {
    this.deeper();
    const value = read();
    this.depth--;
    return value;
  }

  deeper(): void {
    if (++this.depth > MAX_DEPTH) {
      this.fail(`the expression is nested more than ${MAX_DEPTH} deep; simplify it`);
    }
  }

  get token(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1);
    if (token === undefined) throw new TypeError('an expression has at least its end');
    return token;
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at + 1];
  }

  take(): Token {
    const token = this.token;
    this.#at++;
    return token;
  }

  isWord(value: string): boolean {
    return this.token.kind === 'word' && this.token.value === value;
  }

  isSymbol(value: string): boolean {
    return this.token.kind === 'symbol' && this.token.value === value;
  }

  /** From an offset to the end of what was taken last. */
  spanFrom(start: number): Span {
    return { start, end: this.#tokens[this.#at - 1]?.end ?? start };
  }

  found(): string {
    const { kind, source } = this.token;
    if (kind === 'end') return 'the end of the expression';
    return source.length > 40 ? `${source.slice(0, 40)}…` : source;
  }

  failBeforeOperand(): never {
    const wanted =
      'expected a value: an attribute, a text between quotes, an integer, TRUE, FALSE, a function or (';
    return this.fail(
      this.token.kind === 'end' && this.#at === 0
        ? `${wanted}; the expression is empty`
        : `${wanted}, but found ${this.found()}`,
    );
  }

  failAfterOperand(wanted: string): never {
    return this.fail(
      `expected an operator or ${wanted}, but found ${this.found()}${remedyFor(this.token, this.#tokens[this.#at - 1])}`,
    );
  }

  fail(reason: string): never {
    throw new CesqlParseError(positionAt(this.#source, this.token.start), reason);
  }
}
