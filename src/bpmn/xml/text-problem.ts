/** Characters of XML that a model may have; Zeebe's own limit for one command is 4 MiB. */
const MAX_LENGTH = 4 * 1024 * 1024;
/** Elements inside one another. */
const MAX_DEPTH = 200;

/** How Zeebe's XML parser begins what it says. */
const FAILURE = 'SAXException while parsing input stream:';
const FOREIGN_ENCODING = /^<\?xml\s[^>]*encoding\s*=\s*["'](?!utf-?8["'])/i;

/**
 * Looks at a text before any parser does: what is too large, too deep, no text at all, or declares entities is
 * refused in time linear to its length. Undefined if nothing is wrong.
 */
export function textProblem(xml: string): string | undefined {
  if (xml.trim() === '') return `${FAILURE} Premature end of file.`;
  if (xml.length > MAX_LENGTH) {
    return `The file has ${xml.length} characters; at most ${MAX_LENGTH} are allowed`;
  }
  if (xml.includes('\0') || (xml.includes('\uFFFD') && FOREIGN_ENCODING.test(xml))) {
    return `${FAILURE} The file is not UTF-8 text; save it with the encoding UTF-8`;
  }
  return markupProblem(xml);
}

/** What is skipped as a whole, by its first and last characters. */
const SKIPPED = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** Follows the tags: each must end, close what is open, and not lie too deep. */
function markupProblem(xml: string): string | undefined {
  const open: string[] = [];
  let at = xml.indexOf('<');
  while (at !== -1) {
    const skipped = SKIPPED.find(([first]) => xml.startsWith(first, at));
    if (skipped === undefined && xml.startsWith('<!', at)) {
      return `${FAILURE} DOCTYPE is disallowed; entities are not expanded`;
    }
    const end = skipped === undefined ? tagEnd(xml, at) : xml.indexOf(skipped[1], at + skipped[0].length);
    if (end === -1) return `${FAILURE} What begins in line ${lineAt(xml, at)} does not end`;
    if (skipped === undefined) {
      const problem = tagProblem(xml, at, end, open);
      if (problem !== undefined) return problem;
    }
    at = xml.indexOf('<', end);
  }
  const unclosed = open.at(-1);
  return unclosed === undefined ? undefined : `${FAILURE} The element '${unclosed}' is not closed`;
}

/** Opens or closes one element on the stack of open ones. */
function tagProblem(xml: string, start: number, end: number, open: string[]): string | undefined {
  const closing = xml[start + 1] === '/';
  const from = closing ? start + 2 : start + 1;
  let to = from;
  while (to < end && !' \t\r\n/'.includes(xml[to] ?? ' ')) to += 1;
  const name = xml.slice(from, to);
  if (closing) {
    const expected = open.pop();
    if (expected === name) return undefined;
    const where = `in line ${lineAt(xml, start)}`;
    return expected === undefined
      ? `${FAILURE} The end tag '${name}' ${where} closes nothing`
      : `${FAILURE} The end tag '${name}' ${where} stands where '${expected}' must be closed`;
  }
  if (xml[end - 1] !== '/') open.push(name);
  return open.length > MAX_DEPTH ? `${FAILURE} Elements are nested more than ${MAX_DEPTH} deep` : undefined;
}

function lineAt(xml: string, index: number): number {
  return xml.slice(0, index).split('\n').length;
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
