import { treeOf, type XmlNode } from './node.ts';

/**
 * IDs as XML has them (NCName): letters of all scripts. The library takes ASCII only, so a text whose IDs have others is
 * given to it in disguise, and its tree is undone of it afterwards.
 */

const NC_NAME = /^[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}_.·-]*$/u;

/** The first ID of BPMN's elements that is no NCName. */
export function wrongId(definitions: XmlNode): string | undefined {
  for (const node of treeOf(definitions))
    if (node.$type.startsWith('bpmn:') && node.id !== undefined && !NC_NAME.test(node.id)) return node.id;
  return undefined;
}

/** A text in ASCII, and how to undo that in a text or a tree made of it. */
export interface Disguise {
  readonly xml: string;
  reveal(text: string): string;
  /** Changes the tree in place. */
  revealTree(root: object): void;
}

export function disguised(xml: string): Disguise {
  let mark = '_u';
  while (xml.includes(mark)) mark += 'u';
  const written = new RegExp(`${mark}([0-9a-f]+)_`, 'g');
  const reveal = (text: string): string =>
    text.replace(written, (_all, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
  return {
    xml: xml.replace(/[^\0-\x7f]/gu, (char) => `${mark}${char.codePointAt(0)?.toString(16)}_`),
    reveal,
    revealTree: (root) => revealIn(root, reveal),
  };
}

/** Goes by a list, not by calls: elements refer to each other, in chains as long as the model. */
function revealIn(root: object, reveal: (text: string) => string): void {
  const seen = new Set([root]);
  for (const node of seen) {
    const members = node as Record<string, unknown>;
    // Its own names, as references and what the library hides are not enumerable.
    for (const name of Object.getOwnPropertyNames(node)) {
      const value = members[name];
      if (typeof value === 'object' && value !== null) seen.add(value);
      else if (typeof value === 'string') {
        const shown = reveal(value);
        if (shown !== value) members[name] = shown;
      }
    }
  }
}
