/** Where an item of a JSON list stands in its text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where an item begins in a text; what follows it is found from there. */
export class ListCursor {
  #text = '';
  #index = 0;
  #start = 0;

  /** The item at or before an index from which to look for it: its index and where it begins. */
  before(text: string, index: number): { readonly index: number; readonly start: number } {
    if (index >= this.#index && text === this.#text) return { index: this.#index, start: this.#start };
    return { index: 0, start: text.indexOf('[') + 1 };
  }

  remember(text: string, index: number, start: number): void {
    this.#text = text;
    this.#index = index;
    this.#start = start;
  }
}

/**
 * Replaces one item in the text of a JSON list and leaves the others as they are written: a long list is neither
 * parsed nor written again. With a cursor that was there before, items are found one after the other without looking at
 * those before. Gives the number of items if there is none at that index, undefined if the text is no list.
 */
export function replaceListItem(
  text: string,
  index: number,
  item: string,
  cursor = new ListCursor(),
): string | number | undefined {
  if (text.trimStart()[0] !== '[') return undefined;
  const found = itemAt(text, index, cursor.before(text, index));
  if (typeof found === 'number') return found;
  const replaced = text.slice(0, found.start) + item + text.slice(found.end);
  cursor.remember(replaced, index, found.start);
  return replaced;
}

/** Adds an item at the end of the text of a JSON list; undefined if the text is no list. */
export function appendListItem(text: string, item: string): string | undefined {
  const list = text.trim();
  if (list[0] !== '[') return undefined;
  const before = list.slice(0, -1).trimEnd();
  return before === '[' ? `[${item}]` : `${before},${item}]`;
}

/** MessagePack's name for the type of a JSON value, as Zeebe shows it. */
export function typeOfJson(text: string): string {
  const first = text.trimStart()[0] ?? '';
  if (first === '"') return 'STRING';
  if (first === '{') return 'MAP';
  if (first === 't' || first === 'f') return 'BOOLEAN';
  if (first === 'n') return 'NIL';
  return /[.eE]/.test(text) ? 'FLOAT' : 'INTEGER';
}

/** The place of an item, or the number of items if there are not so many. */
function itemAt(text: string, index: number, from: ReturnType<ListCursor['before']>): Span | number {
  let depth = 0;
  let count = from.index;
  let { start } = from;
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        if (depth === 0) {
          if (text.slice(start, at).trim() === '') return count;
          return count === index ? { start, end: at } : count + 1;
        }
        depth -= 1;
        break;
      case 0x2c: // ,
        if (depth > 0) break;
        if (count === index) return { start, end: at };
        count += 1;
        start = at + 1;
        break;
    }
  }
  return count;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
