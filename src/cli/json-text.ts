/** JSON as text, so that no number is rounded on its way to the reader. Pure; the text must be valid JSON. */

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The text of a member of the object that `text` holds; undefined if it has none of this name. */
export function memberText(text: string, name: string): string | undefined {
  let depth = 0;
  let begin: number | undefined;
  let before = '';
  for (const match of text.matchAll(TOKENS)) {
    const [token] = match;
    const closing = token === '}' || token === ']';
    if (begin !== undefined && depth === 1 && (token === ',' || closing)) {
      return text.slice(begin, match.index).trim();
    }
    if (begin === undefined && depth === 1 && token === ':' && isName(before, name)) begin = match.index + 1;
    if (token === '{' || token === '[') depth += 1;
    if (closing) depth -= 1;
    before = token;
  }
  return undefined;
}

function isName(token: string, name: string): boolean {
  return token.startsWith('"') && JSON.parse(token) === name;
}

/** Lays the text out with one member or item a line. */
export function layOut(text: string): string {
  let out = '';
  let depth = 0;
  let before = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const [token] of text.matchAll(TOKENS)) {
    const opened = before === '{' || before === '[';
    if (token === '}' || token === ']') {
      depth -= 1;
      out += opened ? token : line() + token;
    } else {
      if (opened) out += line();
      if (token === '{' || token === '[') depth += 1;
      out += token;
      if (token === ',') out += line();
      if (token === ':') out += ' ';
    }
    before = token;
  }
  return out;
}
