import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

const matches: Builtin['invoke'] = ([input, pattern, flags = '']) => {
  if (typeof input !== 'string' || typeof pattern !== 'string' || typeof flags !== 'string')
    return ILLEGAL_ARGUMENTS;
  return withRegex(pattern, flags, (regex) => regex.test(input));
};

const replace: Builtin['invoke'] = ([input, pattern, replacement, flags = '']) => {
  if (typeof input !== 'string' || typeof pattern !== 'string') return ILLEGAL_ARGUMENTS;
  if (typeof replacement !== 'string' || typeof flags !== 'string') return ILLEGAL_ARGUMENTS;
  return withRegex(pattern, flags, (regex) => {
    let result = '';
    let end = 0;
    for (const match of input.matchAll(regex)) {
      const text = expand(replacement, match);
      if (text === undefined) return new Failure(`Invalid pattern '${pattern}'`);
      result += input.slice(end, match.index) + text;
      end = match.index + match[0].length;
    }
    return result + input.slice(end);
  });
};

export const REGEX_FUNCTIONS: Builtins = {
  matches: [
    { params: ['input', 'pattern'], invoke: matches },
    { params: ['input', 'pattern', 'flags'], invoke: matches },
  ],
  replace: [
    { params: ['input', 'pattern', 'replacement'], invoke: replace },
    { params: ['input', 'pattern', 'replacement', 'flags'], invoke: replace },
  ],
  split: [
    {
      params: ['string', 'delimiter'],
      invoke: ([text, delimiter]) => {
        if (typeof text !== 'string' || typeof delimiter !== 'string') return ILLEGAL_ARGUMENTS;
        return withRegex(delimiter, '', (regex) => split(text, regex));
      },
    },
  ],
  extract: [
    {
      params: ['input', 'pattern'],
      invoke: ([input, pattern]) => {
        if (typeof input !== 'string' || typeof pattern !== 'string') return ILLEGAL_ARGUMENTS;
        return withRegex(pattern, '', (regex) => [...input.matchAll(regex)].map(([text]) => text));
      },
    },
  ],
};

/** Runs with the compiled pattern. Java's syntax is read as JavaScript's, which agrees in what is common. */
function withRegex(
  pattern: string,
  flags: string,
  use: (regex: RegExp) => FeelValue | Failure,
): FeelValue | Failure {
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const all = flags + (inline?.[1] ?? '');
  const body = inline === null ? pattern : pattern.slice(inline[0].length);
  const source = all.includes('x') ? withoutComments(body) : body;
  const known = [...'ims'].filter((flag) => all.includes(flag)).join('');
  const regex = compileRegex(source, `g${known}u`) ?? compileRegex(source, `g${known}`);
  return regex === undefined ? new Failure(`Invalid pattern '${pattern}'`) : use(regex);
}

function compileRegex(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Without blanks and `# …` comments, except for what is escaped or in a class. */
function withoutComments(pattern: string): string {
  return pattern.replace(/(\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\])|\s+|#.*/g, (_, kept?: string) => kept ?? '');
}

/** Java's replacement text: `$1`, `${name}`, and a backslash before a literal character. */
function expand(replacement: string, match: RegExpExecArray): string | undefined {
  let valid = true;
  const text = replacement.replace(/\\([\s\S])|\$\{(\w+)\}|\$(\d)|[\\$]/g, (_, literal, name, group) => {
    if (typeof literal === 'string') return literal;
    const known = typeof name === 'string' ? name in (match.groups ?? {}) : Number(group) < match.length;
    if (!known || (name === undefined && group === undefined)) valid = false;
    return (typeof name === 'string' ? match.groups?.[name] : match[Number(group)]) ?? '';
  });
  return valid ? text : undefined;
}

/** As Java splits: an empty match at the beginning gives no empty part, empty parts at the end are kept. */
function split(text: string, regex: RegExp): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(regex)) {
    if (match.index + match[0].length === 0) continue;
    parts.push(text.slice(end, match.index));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}
