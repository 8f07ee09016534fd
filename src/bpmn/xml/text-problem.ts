import { SchemaCheck } from './schema-check.ts';

/** Characters of XML that a model may have; Zeebe's own limit for one command is 4 MiB. */
const MAX_LENGTH = 4 * 1024 * 1024;
/** Elements inside one another. */
const MAX_DEPTH = 200;

const FOREIGN_ENCODING = /^<\?xml\s[^>]*encoding\s*=\s*["'](?!utf-?8["'])/i;

/** How the XML parser that Zeebe uses begins what it says of a text that is not well-formed. */
function fatal(line: number, text: string): string {
  return `Fatal Error: URI=null Line=${line}: ${text}`;
}

/**
 * Looks at a text before any parser does: what is too large, too deep, no text at all, or declares entities is
 * refused in time linear to its length, and so is what BPMN's schema forbids. Answers the first thing that is wrong,
 * in the words of Zeebe's XML parser where it would say it; undefined if nothing is.
 */
export function textProblem(xml: string): string | undefined {
  if (xml.trim() === '') return fatal(1, 'Premature end of file.');
  if (xml.length > MAX_LENGTH) {
    return `The file has ${xml.length} characters; at most ${MAX_LENGTH} are allowed`;
  }
  if (xml.includes('\0') || (xml.includes('\uFFFD') && FOREIGN_ENCODING.test(xml))) {
    return fatal(1, 'The file is not UTF-8 text; save it with the encoding UTF-8');
  }
  return new Markup(xml).problem();
}

/** What is skipped as a whole, by its first and last characters. */
const SKIPPED = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** Follows the tags: each must end, close what is open, not lie too deep, and keep to the schema. */
class Markup {
  readonly #xml: string;
  readonly #open: string[] = [];
  readonly #schema = new SchemaCheck();
  /** Whether the root element has begun. */
  #rooted = false;
  #line = 1;
  /** How far lines are counted. */
  #counted = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  problem(): string | undefined {
    const xml = this.#xml;
    let at = xml.indexOf('<');
    const before = at === -1 ? xml : xml.slice(0, at);
    if (before.trim() !== '') return fatal(this.#lineAt(0), 'Content is not allowed in prolog.');
    while (at !== -1) {
      const skipped = SKIPPED.find(([first]) => xml.startsWith(first, at));
      if (skipped === undefined && xml.startsWith('<!', at)) {
        return fatal(
          this.#lineAt(at),
          'DOCTYPE is disallowed when the feature "http://apache.org/xml/features/disallow-doctype-decl" set to true.',
        );
      }
      const end = skipped === undefined ? tagEnd(xml, at) : xml.indexOf(skipped[1], at + skipped[0].length);
      if (end === -1) return fatal(this.#lineAt(at), 'What begins in this line does not end');
      if (skipped === undefined) {
        const problem = this.#tag(at, end);
        if (problem !== undefined) return problem;
      }
      const next = xml.indexOf('<', end);
      this.#schema.text(xml.slice(end + 1, next === -1 ? xml.length : next));
      at = next;
    }
    if (this.#open.length === 0) return undefined;
    const line = this.#lineAt(xml.length);
    return fatal(line, 'XML document structures must start and end within the same entity.');
  }

  /** Opens or closes one element on the stack of open ones. */
  #tag(start: number, end: number): string | undefined {
    const xml = this.#xml;
    const closing = xml[start + 1] === '/';
    const from = closing ? start + 2 : start + 1;
    let to = from;
    while (to < end && !' \t\r\n/'.includes(xml[to] ?? ' ')) to += 1;
    const name = xml.slice(from, to);
    const line = this.#lineAt(end);
    if (closing) {
      const expected = this.#open.pop();
      if (expected === name) return this.#schema.end(line);
      return expected === undefined
        ? fatal(line, 'The markup in the document following the root element must be well-formed.')
        : fatal(
            line,
            `The element type "${expected}" must be terminated by the matching end-tag "</${expected}>".`,
          );
    }
    if (this.#open.length === 0 && this.#rooted)
      return fatal(line, 'The markup in the document following the root element must be well-formed.');
    this.#rooted = true;
    const alone = xml[end - 1] === '/';
    this.#open.push(name);
    if (this.#open.length > MAX_DEPTH) return fatal(line, `Elements are nested more than ${MAX_DEPTH} deep`);
    const problem = this.#schema.start(name, attributesOf(xml.slice(to, alone ? end - 1 : end)), line);
    if (problem !== undefined || !alone) return problem;
    this.#open.pop();
    return this.#schema.end(line);
  }

  /** Counts on from the place that was asked for before; places are asked for in order. */
  #lineAt(index: number): number {
    for (let at = this.#xml.indexOf('\n', this.#counted); at !== -1 && at < index; ) {
      this.#line += 1;
      this.#counted = at + 1;
      at = this.#xml.indexOf('\n', this.#counted);
    }
    return this.#line;
  }
}

const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    attributes.set(name, double ?? single ?? '');
  }
  return attributes;
}

/** Index of the `>` that ends a tag; one inside an attribute's value does not. -1 if there is none. */
function tagEnd(xml: string, start: number): number {
  for (let at = start + 1; at < xml.length; at += 1) {
    const character = xml[at];
    if (character === '>') return at;
    if (character === '"' || character === "'") {
      at = xml.indexOf(character, at + 1);
      if (at === -1) return -1;
    }
  }
  return -1;
}
