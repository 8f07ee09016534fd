import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regexOf } from './regex.ts';

// What Camunda 8.6 does with patterns is recorded in scenarios/feel/regular-expressions; these are the rest.

const FREE = { spend: (): void => undefined };

function found(pattern: string, text: string, flags = ''): string[] | undefined {
  const regex = regexOf(pattern, flags);
  return regex === undefined
    ? undefined
    : Array.from(regex.matches(text, FREE), (match) => match.group(0) ?? '');
}

const FOUND: readonly (readonly [pattern: string, text: string, ...matches: string[]])[] = [
  ['a+?', 'aaa', 'a', 'a', 'a'],
  ['a*+a', 'aaa'],
  ['(?>a|ab)c', 'abc'],
  ['(?:a|ab)c', 'abc', 'abc'],
  ['(?<=\\d)[a-z]', 'a1b2c', 'b', 'c'],
  ['(?<!\\d)[a-z]', 'a1b2c', 'a'],
  ['(a)?b\\1', 'ab aba b', 'aba'],
  ['(?<year>\\d{4})-\\k<year>', '2024-2024', '2024-2024'],
  ['[^a&&[^b]]', 'abc', 'b', 'c'],
  ['(?i)straße', 'STRAßE', 'STRAßE'],
  ['(?iu)É', 'é', 'é'],
  ['\\Gab', 'ababxab', 'ab', 'ab'],
  ['(a*)+', 'b', '', ''],
  ['(?:a|b){2,3}?', 'abab', 'ab', 'ab'],
  ['.', '🐎a', '🐎', 'a'],
  ['\\R', '\r\n\n', '\r\n', '\n'],
  ['(?m)^.$', 'a\r\nb\n', 'a', 'b'],
  ['\\p{IsGreek}+', 'abγδ', 'γδ'],
  ['[\\p{L}&&[^\\p{Lu}]]', 'Ab', 'b'],
  ['x{2}', 'xxxxx', 'xx', 'xx'],
  ['(?x) a b # c', 'ab', 'ab'],
  ['(?s:.)(?-s:.)', '\na\n', '\na'],
  ['\\Q[x]\\E+', '[x]]', '[x]]'],
];

for (const [pattern, text, ...matches] of FOUND) {
  test(`${pattern} finds ${JSON.stringify(matches)} in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(found(pattern, text), matches);
  });
}

test('a text that is no pattern is undefined', () => {
  for (const pattern of [
    '(',
    ')',
    '[',
    '[]',
    '*',
    'a**',
    'a{2',
    'a{3,2}',
    '\\',
    '\\y',
    '(?<1>a)',
    '(?<=a*)b',
  ]) {
    assert.equal(regexOf(pattern, ''), undefined, pattern);
  }
  assert.equal(regexOf('(?<a>x)(?<a>y)', ''), undefined);
  assert.equal(regexOf('\\p{Nothing}', ''), undefined);
});

test('the budget is told each step and its error ends the search', () => {
  let steps = 0;
  const budget = {
    spend(count: number): void {
      steps += count;
      if (steps > 50_000) throw new Error('enough');
    },
  };
  const regex = regexOf('^(a+)+$', '');
  assert.ok(regex !== undefined);
  assert.throws(() => [...regex.matches(`${'a'.repeat(40)}!`, budget)], /enough/);
  assert.ok(steps < 60_000);
});
