import { isNumber } from './numbers.ts';
import type { FeelValue } from './values.ts';
import { FeelFunction, FeelRange } from './values.ts';

/** Length to which values are shown in messages. */
const SHOWN = 10_000;

/** A value as FEEL writes it, as `string()` does inside lists and contexts. Strings are quoted. It may end soon after `limit`. */
export function toText(value: FeelValue, limit = Number.POSITIVE_INFINITY): string {
  const writer = new Writer(limit);
  writer.write(value);
  return writer.text;
}

/** The same for messages: a very long text is cut, so that a warning costs little whatever the value is. */
export function describe(value: FeelValue): string {
  const writer = new Writer(SHOWN);
  writer.write(value);
  return writer.text.length > SHOWN ? `${writer.text.slice(0, SHOWN)}…` : writer.text;
}

class Writer {
  text = '';
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(value: FeelValue): void {
    if (value === null) this.text += 'null';
    else if (typeof value === 'string') this.text += `"${value}"`;
    else if (typeof value === 'boolean' || isNumber(value)) this.text += String(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (value instanceof Map) this.#entries(value);
    else if (value instanceof FeelFunction) this.text += `function(${value.parameters.join(', ')})`;
    else if (value instanceof FeelRange) this.#range(value);
    else this.text += value.toString();
  }

  #list(list: readonly FeelValue[]): void {
    this.text += '[';
    for (const [index, item] of list.entries()) {
      if (this.text.length > this.#limit) return;
      if (index > 0) this.text += ', ';
      this.write(item);
    }
    this.text += ']';
  }

  /** Functions are not shown: Camunda keeps them apart from the entries. */
  #entries(context: ReadonlyMap<string, FeelValue>): void {
    this.text += '{';
    let separator = '';
    for (const [key, entry] of context) {
      if (this.text.length > this.#limit) return;
      if (entry instanceof FeelFunction) continue;
      this.text += `${separator}${key}:`;
      this.write(entry);
      separator = ', ';
    }
    this.text += '}';
  }

  #range(range: FeelRange): void {
    this.text += range.startIncluded ? '[' : '(';
    this.write(range.start);
    this.text += '..';
    this.write(range.end);
    this.text += range.endIncluded ? ']' : ')';
  }
}
