/** Where an item of a JSON list stands in its text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Replaces one item in the text of a JSON list and leaves the others as they are written: a long list is neither
 * parsed nor written again. Gives the number of items if there is none at that index, undefined if the text is no list.
 */
export function replaceListItem(text: string, index: number, item: string): string | number | undefined {
  if (text.trimStart()[0] !== '[') return undefined;
  const found = itemAt(text, index);
  if (typeof found === 'number') return found;
  return text.slice(0, found.start) + item + text.slice(found.end);
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
function itemAt(text: string, index: number): Span | number {
  let depth = 0;
  let count = 0;
  let start = text.indexOf('[') + 1;
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
