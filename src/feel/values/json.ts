import { Decimal } from './decimal.ts';
import type { FeelNumber } from './numbers.ts';
import { numberOf } from './numbers.ts';
import type { FeelContext, FeelValue } from './values.ts';
import { FeelFunction, FeelRange } from './values.ts';

/** Nesting that JSON may have, read or written. */
const MAX_DEPTH = 1_000;
/** Characters that a cut copies; from a longer text it keeps the whole, and what is cut so is slow to write as JSON again. */
const MOST_COPIED = 12;
/** Characters of JSON that a value may have when written. */
const MAX_LENGTH = 50_000_000;
const MAX_LONG = 2n ** 63n - 1n;
const MIN_LONG = -(2n ** 63n);

/** Text that is not JSON, or a value that nests too deeply. */
export class FeelJsonError extends Error {
  readonly code = 'FEEL_JSON';
  /** Index into the text that was read; 0 when writing. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.name = 'FeelJsonError';
    this.position = position;
  }
}

/**
 * Reads a JSON text. Numbers keep their exact value; of equal keys the last one wins. Objects become maps.
 * Throws `FeelJsonError` for anything that is not JSON (RFC 8259), or nested more than 1000 deep.
 */
export function fromJson(text: string): FeelValue {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/**
 * Writes a value as Zeebe stores it: a number as integer if it is whole and within 64 bits, else as the
 * nearest double; dates, times and durations as ISO texts; functions and ranges as null (as entries of a
 * context, functions are left out). Throws `FeelJsonError` if it nests more than 1000 deep or is too
 * large for a string.
 */
export function toJson(value: FeelValue): string {
  try {
    return new JsonWriter().write(value, 0);
  } catch (error) {
    if (error instanceof RangeError) throw new FeelJsonError(`the value is too large (${error.message})`, 0);
    throw error;
  }
}

/** The number as JSON shows it. */
export function numberToJson(value: FeelNumber): string {
  if (typeof value === 'number') return String(value);
  const double = value.toNumber();
  if (value.isWhole() && Math.abs(double) < 1e19) {
    const whole = value.toBigInt();
    if (whole >= MIN_LONG && whole <= MAX_LONG) return whole.toString();
  }
  return Number.isFinite(double) ? String(double) : value.toString();
}

/** Writes one value; it keeps count of what was written, as lists that share items can be huge when written out. */
class JsonWriter {
  #length = 0;

  write(value: FeelValue, depth: number): string {
    if (Array.isArray(value) || value instanceof Map) {
      if (depth >= MAX_DEPTH) throw new FeelJsonError(`the value nests more than ${MAX_DEPTH} deep`, 0);
      this.#count(2);
      return Array.isArray(value)
        ? `[${value.map((item) => this.write(item, depth + 1)).join(',')}]`
        : `{${this.#entries(value, depth + 1).join(',')}}`;
    }
    const text = scalarText(value);
    this.#count(text.length + 1);
    return text;
  }

  #entries(context: FeelContext, depth: number): string[] {
    const entries: string[] = [];
    for (const [key, entry] of context) {
      if (entry instanceof FeelFunction) continue;
      this.#count(key.length + 3);
      entries.push(`${JSON.stringify(key)}:${this.write(entry, depth)}`);
    }
    return entries;
  }

  #count(length: number): void {
    this.#length += length;
    if (this.#length > MAX_LENGTH) {
      throw new FeelJsonError(`the value is longer than ${MAX_LENGTH} characters`, 0);
    }
  }
}

function scalarText(value: Exclude<FeelValue, FeelValue[] | FeelContext>): string {
  if (value === null || value instanceof FeelFunction || value instanceof FeelRange) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || value instanceof Decimal) return numberToJson(value);
  return JSON.stringify(value.toIso());
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const BLANK = /[ \t\n\r]*/y;
const LITERALS: readonly (readonly [string, FeelValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): FeelValue {
    this.#blank();
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === '{' || char === '[') {
      if (depth >= MAX_DEPTH) throw this.#error(`JSON nests more than ${MAX_DEPTH} deep`);
      return char === '{' ? this.#object(depth + 1) : this.#array(depth + 1);
    }
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  end(): void {
    this.#blank();
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
  }

  #object(depth: number): FeelValue {
    const map = new Map<string, FeelValue>();
    this.#at += 1;
    if (this.#accept('}')) return map;
    for (;;) {
      this.#blank();
      if (this.#text[this.#at] !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (!this.#accept(':')) throw this.#unexpected("':'");
      // A repeated key moves to its last place, as its value does.
      map.delete(key);
      map.set(key, this.value(depth));
      if (this.#accept('}')) return map;
      if (!this.#accept(',')) throw this.#unexpected("',' or '}'");
    }
  }

  #array(depth: number): FeelValue {
    const list: FeelValue[] = [];
    this.#at += 1;
    if (this.#accept(']')) return list;
    for (;;) {
      list.push(this.value(depth));
      if (this.#accept(']')) return list;
      if (!this.#accept(',')) throw this.#unexpected("',' or ']'");
    }
  }

  #string(): string {
    const start = this.#at;
    let escaped = false;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return escaped || at - start > MOST_COPIED
          ? this.#parsed(start, at + 1)
          : this.#text.slice(start + 1, at);
      }
      if (code < 0x20) {
        this.#at = at;
        throw this.#error('a control character within a JSON string must be escaped');
      }
      if (code === 0x5c) {
        escaped = true;
        at += 1;
      }
    }
    throw this.#error('a JSON string has no end');
  }

  #parsed(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end)) as string;
    } catch {
      this.#at = start;
      throw this.#error('a JSON string holds an unknown escape');
    }
  }

  #number(): FeelNumber {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected('a JSON value');
    const [text, fraction, exponent] = match;
    const number = readNumber(text, fraction === undefined && exponent === undefined);
    if (number === undefined) throw this.#error('the number is out of range');
    this.#at = NUMBER.lastIndex;
    return number;
  }

  #accept(char: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #blank(): void {
    BLANK.lastIndex = this.#at;
    BLANK.test(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #unexpected(expected: string): FeelJsonError {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end';
    return this.#error(`expected ${expected}, found ${found}`);
  }

  #error(message: string): FeelJsonError {
    return new FeelJsonError(`Invalid JSON at position ${this.#at}: ${message}`, this.#at);
  }
}

function readNumber(text: string, whole: boolean): FeelNumber | undefined {
  if (whole) return text.length <= 15 ? Number(text) || 0 : numberOf(BigInt(text));
  // Zeebe reads a fraction as a double; what a double cannot hold stays exact here.
  const exact = Decimal.parse(text);
  const double = Decimal.fromDouble(Number(text));
  return exact !== undefined && double !== undefined && exact.compare(double) === 0 ? double : exact;
}
