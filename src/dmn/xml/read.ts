import type { XmlElement } from './element.ts';
import { decodeEntities, readTag } from './tag.ts';

/** Characters that a model may have; Zeebe's own limit for one command is 4 MiB. */
const MAX_LENGTH = 4 * 1024 * 1024;
/** Elements inside one another. */
const MAX_DEPTH = 200;

/** Text that is not well-formed XML, or too large or deep. */
export class XmlError extends Error {
  readonly code = 'DMN_XML';
}

interface Open {
  readonly tag: string;
  readonly namespace: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly prefixes: ReadonlyMap<string, string>;
  text: string;
}

/** Reads XML in time linear to its length; entities are not expanded. Throws `XmlError`. */
export function readXml(text: string): XmlElement {
  const xml = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (xml.length > MAX_LENGTH)
    throw new XmlError(`the file has ${xml.length} characters; at most ${MAX_LENGTH} are allowed`);
  const reader = new Reader(xml);
  return reader.root();
}

class Reader {
  readonly #xml: string;
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;

  constructor(xml: string) {
    this.#xml = xml;
  }

  root(): XmlElement {
    const xml = this.#xml;
    for (let at = 0; at < xml.length; ) {
      const next = xml.indexOf('<', at);
      this.#text(xml.slice(at, next < 0 ? xml.length : next), at);
      if (next < 0) break;
      at = this.#markup(next);
    }
    const left = this.#open.at(-1);
    if (left !== undefined) throw new XmlError(`the element '${left.tag}' is not closed`);
    if (this.#root === undefined) throw new XmlError('premature end of file');
    return this.#root;
  }

  #text(raw: string, at: number): void {
    const holder = this.#open.at(-1);
    if (holder !== undefined) holder.text += decodeEntities(raw, (reason) => this.#error(at, reason));
    else if (raw.trim() !== '') throw this.#error(at, 'there is text outside of the root element');
  }

  /** Reads what begins with `<`; gives the place behind it. */
  #markup(at: number): number {
    const xml = this.#xml;
    if (xml.startsWith('<!--', at)) return this.#endOf('-->', at, 4);
    if (xml.startsWith('<?', at)) return this.#endOf('?>', at, 2);
    if (xml.startsWith('<![CDATA[', at)) {
      const end = this.#endOf(']]>', at, 9);
      const holder = this.#open.at(-1);
      if (holder === undefined) throw this.#error(at, 'there is text outside of the root element');
      holder.text += xml.slice(at + 9, end - 3);
      return end;
    }
    if (xml.startsWith('<!', at)) throw this.#error(at, 'DOCTYPE is disallowed; entities are not expanded');
    const tag = readTag(xml, at, (reason) => this.#error(at, reason));
    if (tag.kind === 'close') this.#close(tag.name, at);
    else {
      this.#begin(tag.name, tag.attributes, at);
      if (tag.kind === 'empty') this.#close(tag.name, at);
    }
    return tag.end;
  }

  #begin(tag: string, all: ReadonlyMap<string, string>, at: number): void {
    const parent = this.#open.at(-1);
    if (parent === undefined && this.#root !== undefined)
      throw this.#error(at, 'there is more than one root element');
    if (this.#open.length >= MAX_DEPTH)
      throw this.#error(at, `elements are nested more than ${MAX_DEPTH} deep`);
    const prefixes = withDeclarations(parent?.prefixes ?? new Map<string, string>(), all);
    const colon = tag.indexOf(':');
    const prefix = colon < 0 ? '' : tag.slice(0, colon);
    const namespace = prefixes.get(prefix) ?? '';
    if (prefix !== '' && namespace === '') throw this.#error(at, `the prefix '${prefix}' is not declared`);
    const attributes = new Map([...all].filter(([name]) => !name.includes(':') && name !== 'xmlns'));
    this.#open.push({
      tag,
      namespace,
      name: tag.slice(colon + 1),
      attributes,
      children: [],
      prefixes,
      text: '',
    });
  }

  #close(tag: string, at: number): void {
    const open = this.#open.pop();
    if (open === undefined) throw this.#error(at, `the end tag '${tag}' closes nothing`);
    if (open.tag !== tag)
      throw this.#error(at, `the end tag '${tag}' stands where '${open.tag}' must be closed`);
    const { namespace, name, attributes, children, text } = open;
    const element = { namespace, name, attributes, children, text: text.trim() };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #endOf(mark: string, at: number, skip: number): number {
    const end = this.#xml.indexOf(mark, at + skip);
    if (end < 0) throw this.#error(at, 'what begins here does not end');
    return end + mark.length;
  }

  #error(at: number, reason: string): XmlError {
    return new XmlError(`line ${this.#xml.slice(0, at).split('\n').length}: ${reason}`);
  }
}

function withDeclarations(
  known: ReadonlyMap<string, string>,
  attributes: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  let prefixes: Map<string, string> | undefined;
  for (const [name, value] of attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    prefixes ??= new Map(known);
    prefixes.set(name === 'xmlns' ? '' : name.slice('xmlns:'.length), value);
  }
  return prefixes ?? known;
}
