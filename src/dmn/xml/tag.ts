/** A tag and the place behind it. */
export interface Tag {
  readonly kind: 'open' | 'empty' | 'close';
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly end: number;
}

type Fail = (reason: string) => Error;

const NAME = /[\p{L}_:][\p{L}\p{N}_:.\-·]*/uy;
const BLANK = /[ \t\r\n]*/y;
const ENTITY = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));|&/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const LAST_CODE_POINT = 0x10ffff;

/** Reads the tag whose `<` stands at `start`. */
export function readTag(xml: string, start: number, fail: Fail): Tag {
  const closing = xml[start + 1] === '/';
  let at = start + (closing ? 2 : 1);
  const name = match(NAME, xml, at);
  if (name === '') throw fail('a tag has no name');
  at += name.length;
  const attributes = new Map<string, string>();
  for (;;) {
    const blank = match(BLANK, xml, at).length;
    at += blank;
    if (xml[at] === '>') return { kind: closing ? 'close' : 'open', name, attributes, end: at + 1 };
    if (xml.startsWith('/>', at) && !closing) return { kind: 'empty', name, attributes, end: at + 2 };
    const attribute = blank === 0 || closing ? '' : match(NAME, xml, at);
    if (attribute === '') throw fail(`the tag '${name}' does not end as a tag must`);
    if (attributes.has(attribute)) throw fail(`the attribute '${attribute}' is given twice`);
    at += attribute.length;
    at += match(BLANK, xml, at).length;
    if (xml[at] !== '=') throw fail(`the attribute '${attribute}' has no value`);
    at += 1 + match(BLANK, xml, at + 1).length;
    const quote = xml[at];
    const end = quote === '"' || quote === "'" ? xml.indexOf(quote, at + 1) : -1;
    if (end < 0) throw fail(`the value of the attribute '${attribute}' is not quoted`);
    const raw = xml.slice(at + 1, end);
    if (raw.includes('<')) throw fail(`the value of the attribute '${attribute}' contains '<'`);
    attributes.set(attribute, decodeEntities(raw.replaceAll(/[\t\r\n]/g, ' '), fail));
    at = end + 1;
  }
}

/** Replaces the entities that XML itself defines, and those that name a character. */
export function decodeEntities(raw: string, fail: Fail): string {
  if (!raw.includes('&')) return raw;
  return raw.replaceAll(ENTITY, (entity, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? '';
    const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
    if (!(code > 0 && code <= LAST_CODE_POINT))
      throw fail(`'${entity}' is no entity that is known here; write '&amp;' for '&'`);
    return String.fromCodePoint(code);
  });
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
