import { CloudEventError } from './errors.ts';

/** Containers may be nested this deep in JSON data. */
export const MAX_JSON_DEPTH = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const ESCAPES = '"\\/bfnrt';

/** Characters that a cut copies; of a longer text it keeps the whole, and is slow to write as JSON again. */
const MOST_COPIED = 12;

/** A part of a text as a text of its own. */
function part(text: string, start: number, end: number): string {
  return end - start > MOST_COPIED ? text.charAt(start) + text.slice(start + 1, end) : text.slice(start, end);
}

/**
 * Reads a JSON text (RFC 8259) and knows where each value begins and ends, so that a value can be kept as
 * its exact source text. Never recurses: hostile nesting cannot overflow the stack.
 * Every method throws CloudEventError `invalidJson` where the text breaks the grammar.
 */
export class JsonScanner {
  readonly text: string;
  /** Index of the next character. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Code of the next character that is no white space, NaN at the end. */
  peek(): number {
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.at++;
    }
  }

  /** Takes the next character, if it is this one. */
  take(char: string): boolean {
    if (this.peek() !== char.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  /** Takes the next character, which must be this one. */
  expect(char: string): void {
    if (!this.take(char)) this.fail(`expected ${char}`);
  }

  /** Throws unless only white space is left. */
  expectEnd(): void {
    if (!Number.isNaN(this.peek())) this.fail('unexpected text after the end of the value');
  }

  /** Takes a string and returns what it stands for. */
  readString(): string {
    if (this.peek() !== QUOTE) this.fail('expected a string');
    const start = this.at;
    const escaped = this.#skipString();
    if (!escaped) return part(this.text, start + 1, this.at - 1);
    const value: unknown = JSON.parse(this.text.slice(start, this.at));
    return String(value);
  }

  /** Takes any value and returns its source text. */
  readSource(): string {
    this.peek();
    const start = this.at;
    this.skipValue();
    return part(this.text, start, this.at);
  }

  /** Takes any value. */
  skipValue(): void {
    const closers: number[] = [];
    for (;;) {
      const code = this.peek();
      if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (closers.length >= MAX_JSON_DEPTH) {
          this.fail(`nested deeper than ${MAX_JSON_DEPTH} levels; flatten the data`);
        }
        this.at++;
        // In ASCII both closing brackets stand two places after the opening ones.
        const closer = code + 2;
        if (this.peek() !== closer) {
          closers.push(closer);
          if (code === OPEN_BRACE) this.#skipName();
          continue;
        }
        this.at++;
      } else {
        this.#skipScalar(code);
      }
      if (this.#closeContainers(closers)) return;
    }
  }

  /** Throws: the text breaks the grammar at the next character. */
  fail(reason: string): never {
    throw new CloudEventError(
      'invalidJson',
      `the JSON text is not valid: ${reason} at character ${Math.min(this.at, this.text.length)}; send JSON of RFC 8259`,
    );
  }

  /** After a value: takes the closing brackets that follow. True if the outermost value has ended. */
  #closeContainers(closers: number[]): boolean {
    for (;;) {
      const closer = closers.at(-1);
      if (closer === undefined) return true;
      const code = this.peek();
      if (code === COMMA) {
        this.at++;
        if (closer === CLOSE_BRACE) this.#skipName();
        return false;
      }
      if (code !== closer) this.fail(`expected , or ${String.fromCharCode(closer)}`);
      this.at++;
      closers.pop();
    }
  }

  #skipName(): void {
    if (this.peek() !== QUOTE) this.fail('expected a member name');
    this.#skipString();
    if (this.peek() !== COLON) this.fail('expected :');
    this.at++;
  }

  #skipScalar(code: number): void {
    if (code === QUOTE) this.#skipString();
    else if (code === MINUS || isDigit(code)) this.#skipNumber();
    else if (this.text.startsWith('true', this.at) || this.text.startsWith('null', this.at)) this.at += 4;
    else if (this.text.startsWith('false', this.at)) this.at += 5;
    else this.fail('expected a value');
  }

  /** True if the string holds escapes. */
  #skipString(): boolean {
    const { text } = this;
    let escaped = false;
    let at = this.at + 1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        escaped = true;
        this.at = at;
        at += this.#escapeLength(at);
      } else if (code >= 0x20) {
        at++;
      } else {
        this.at = at;
        this.fail(Number.isNaN(code) ? 'string without end' : 'control character in a string');
      }
    }
    this.at = at + 1;
    return escaped;
  }

  #escapeLength(at: number): number {
    const char = this.text.charAt(at + 1);
    if (char !== '' && ESCAPES.includes(char)) return 2;
    if (char !== 'u' || !/^[0-9A-Fa-f]{4}$/.test(this.text.slice(at + 2, at + 6)))
      this.fail('unknown escape');
    return 6;
  }

  #skipNumber(): void {
    const { text } = this;
    if (text.charCodeAt(this.at) === MINUS) this.at++;
    if (text.charCodeAt(this.at) === ZERO) this.at++;
    else this.#skipDigits();
    if (text[this.at] === '.') {
      this.at++;
      this.#skipDigits();
    }
    if (text[this.at] === 'e' || text[this.at] === 'E') {
      this.at++;
      if (text[this.at] === '+' || text[this.at] === '-') this.at++;
      this.#skipDigits();
    }
  }

  #skipDigits(): void {
    if (!isDigit(this.text.charCodeAt(this.at))) this.fail('expected a digit');
    while (isDigit(this.text.charCodeAt(this.at))) this.at++;
  }
}

/** True if the text is exactly one valid JSON value, nested at most `MAX_JSON_DEPTH` deep. */
export function isJsonText(text: string): boolean {
  const scanner = new JsonScanner(text);
  try {
    scanner.skipValue();
    scanner.expectEnd();
    return true;
  } catch (error) {
    if (error instanceof CloudEventError) return false;
    throw error;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}
