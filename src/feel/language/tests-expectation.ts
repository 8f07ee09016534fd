import { AFTER, AND_AFTER, longestBeginning, place, SEARCHED_LENGTH } from './expectation.ts';

/** What a test may be, as Zeebe's parser names it. */
const BEGINNING = 'negation | positiveUnaryTests | anyInput';
/** What may stand after `> 5`. */
const AFTER_COMPARISON = 'path | filter | "**" | [*/] | [+\\\\-] | "," | end-of-input';
/** What may stand after a `-`, which may be any input or a sign. */
const AFTER_MINUS =
  'temporal | functionInvocation | variableRef | nullLiteral | boolean | string | number | list | context | ' +
  'inputValue | functionDefinition | "(" | end-of-input';
const AFTER_EXPRESSION = AFTER.replace('end-of-input', '"," | end-of-input');
const AND_COMMA = '"," ~ (boolean | unaryComparison | range | ifOp | forOp | quantifiedOp | disjunction)';

/** As `expectation`, for unary tests. */
export function testsExpectation(text: string, compiles: (text: string) => boolean): string | undefined {
  if (text.length > SEARCHED_LENGTH) return undefined;
  const end = longestBeginning(text, compiles);
  return place(text, end, end === 0 ? BEGINNING : after(text.slice(0, end), text.slice(end), compiles));
}

function after(before: string, rest: string, compiles: (text: string) => boolean): string {
  const last = before.slice(before.lastIndexOf(',') + 1).trim();
  if (last === '-') return AFTER_MINUS;
  const expected = /^[<>]/.test(last) ? AFTER_COMPARISON : AFTER_EXPRESSION;
  if (/^\s*,/.test(rest)) return expected.replace('","', AND_COMMA);
  if (/^\s*and\b/.test(rest)) return expected.replace('"and"', AND_AFTER);
  if (before.trim() !== 'not') return expected;
  const bracket = /^\s*\((.*)/s.exec(rest);
  if (bracket === null) return `"(" | ${expected}`;
  const tests = compiles((bracket[1] ?? '').trim()) ? ' ~ ")"' : '';
  return `"(" ~ positiveUnaryTests${tests} | ${expected}`;
}
