import type { Runtime } from '../language/runtime.ts';
import { type Match, type Regex, regexOf } from '../regex/regex.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

const matches: Builtin['invoke'] = ([input, pattern, flags = ''], runtime) => {
  if (typeof input !== 'string' || typeof pattern !== 'string' || typeof flags !== 'string')
    return ILLEGAL_ARGUMENTS;
  return withRegex(pattern, flags, (regex) => {
    for (const _ of regex.matches(input, budgetOf(runtime))) return true;
    return false;
  });
};

const replace: Builtin['invoke'] = ([input, pattern, replacement, flags = ''], runtime) => {
  if (typeof input !== 'string' || typeof pattern !== 'string') return ILLEGAL_ARGUMENTS;
  if (typeof replacement !== 'string' || typeof flags !== 'string') return ILLEGAL_ARGUMENTS;
  return withRegex(pattern, flags, (regex) => {
    let result = '';
    let end = 0;
    for (const match of regex.matches(input, budgetOf(runtime))) {
      const text = expand(replacement, regex, match);
      if (text === undefined) return new Failure(`Invalid pattern '${pattern}'`);
      result += input.slice(end, match.start) + text;
      runtime.checkSize(result);
      end = match.end;
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
      invoke: ([text, delimiter], runtime) => {
        if (typeof text !== 'string' || typeof delimiter !== 'string') return ILLEGAL_ARGUMENTS;
        const regex = regexOf(delimiter, '');
        if (regex === undefined) return new Failure(`Invalid pattern for delimiter '${delimiter}'`);
        return split(text, regex, runtime);
      },
    },
  ],
  extract: [
    {
      params: ['input', 'pattern'],
      invoke: ([input, pattern], runtime) => {
        if (typeof input !== 'string' || typeof pattern !== 'string') return ILLEGAL_ARGUMENTS;
        return withRegex(pattern, '', (regex) =>
          Array.from(regex.matches(input, budgetOf(runtime)), (match) => input.slice(match.start, match.end)),
        );
      },
    },
  ],
};

function budgetOf(runtime: Runtime): { spend(steps: number): void } {
  return { spend: (steps) => runtime.work(steps) };
}

/** Runs with the compiled pattern, if it is one. Flags other than these are ignored, as by Camunda. */
function withRegex(
  pattern: string,
  flags: string,
  use: (regex: Regex) => FeelValue | Failure,
): FeelValue | Failure {
  const known = [...'imsx'].filter((flag) => flags.includes(flag)).join('');
  const regex = regexOf(pattern, known);
  return regex === undefined ? new Failure(`Invalid pattern '${pattern}'`) : use(regex);
}

/**
 * Java's replacement text: `$1`, `${name}`, and a backslash before a literal character. Further digits
 * belong to a group's number as long as there are so many groups.
 */
function expand(replacement: string, regex: Regex, match: Match): string | undefined {
  let text = '';
  const token = /\\([\s\S])|\$\{([A-Za-z][A-Za-z0-9]*)\}|\$(\d+)|([^\\$]+)|[\s\S]/y;
  while (token.lastIndex < replacement.length) {
    const [, escaped, name, digits, plain] = token.exec(replacement) ?? [];
    const literal = escaped ?? plain;
    if (literal !== undefined) {
      text += literal;
      continue;
    }
    let number =
      name === undefined ? Number(digits?.[0] ?? Number.NaN) : (regex.names.get(name) ?? Number.NaN);
    if (!(number <= regex.groups)) return undefined;
    let used = 1;
    while (
      digits !== undefined &&
      used < digits.length &&
      number * 10 + Number(digits[used]) <= regex.groups
    ) {
      number = number * 10 + Number(digits[used]);
      used += 1;
    }
    text += (match.group(number) ?? '') + (digits?.slice(used) ?? '');
  }
  return text;
}

/** As Java splits: an empty match at the beginning gives no empty part, empty parts at the end are kept. */
function split(text: string, regex: Regex, runtime: Runtime): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const match of regex.matches(text, budgetOf(runtime))) {
    if (match.end === 0) continue;
    parts.push(text.slice(end, match.start));
    end = match.end;
  }
  return [...parts, text.slice(end)];
}
