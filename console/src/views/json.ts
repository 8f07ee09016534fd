const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The text of a member of the object that valid JSON holds, with every digit; undefined if it has none of this name. */
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
    const named = before.startsWith('"') && token === ':' && JSON.parse(before) === name;
    if (begin === undefined && depth === 1 && named) begin = match.index + 1;
    if (token === '{' || token === '[') depth += 1;
    if (closing) depth -= 1;
    before = token;
  }
  return undefined;
}

/** What is wrong with a text that should be JSON; undefined if nothing is. */
export function jsonMistake(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
