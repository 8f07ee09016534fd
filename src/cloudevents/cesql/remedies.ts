import type { Token } from './lexer.ts';
import { nearest } from './suggest.ts';

/** Words that may stand behind a value. */
export const INFIX_WORDS = ['AND', 'OR', 'XOR', 'NOT', 'LIKE', 'IN'];

/** What a token was probably meant to be that stands where an operator must; begins with `; ` or is empty. */
export function remedyFor({ kind, value, start }: Token, previous: Token | undefined): string {
  if (kind === 'text') {
    return previous?.end === start
      ? '; write a quote inside a text with a backslash before it'
      : '; is an operator such as = or AND missing?';
  }
  if (kind === 'symbol') return value === ')' ? '; there is no ( for it' : '';
  if (kind !== 'word') return '';
  switch (value) {
    case 'IS':
      return '; write EXISTS name, or NOT EXISTS name, instead of IS NULL';
    case 'BETWEEN':
      return '; write x >= 1 AND x <= 9 instead of BETWEEN';
    case 'NOT':
      return '; behind a value NOT must be followed by LIKE or IN';
  }
  const word = nearest(value, INFIX_WORDS);
  return word === undefined ? '; is an operator such as = or AND missing?' : `; did you mean ${word}?`;
}
