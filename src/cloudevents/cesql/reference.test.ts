import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { fromJsonText } from '../json-format.ts';
import { CesqlParseError } from './errors.ts';
import { CesqlExpression } from './expression.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/reference/cesql.md'), 'utf8');

/** Lines of all blocks of a language. */
function linesOf(language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'));
  return Array.from(blocks, ([, block = '']) => block.trimEnd().split('\n')).flat();
}

function parted(line: string): [source: string, result: string] {
  const [source, result, ...more] = line.split(' → ');
  assert.ok(source !== undefined && result !== undefined && more.length === 0, line);
  return [source, result];
}

test('the examples of the reference give the values and errors that it shows', () => {
  const event = fromJsonText(linesOf('json').at(-1) ?? '');
  const examples = linesOf('cesql');
  assert.ok(examples.length > 50);
  for (const line of examples) {
    const [source, result] = parted(line);
    const { value, errors } = new CesqlExpression(source).evaluate(event);
    assert.equal([JSON.stringify(value), ...errors.map(({ kind }) => kind)].join(', '), result, source);
  }
});

test('the texts of the reference are refused with the messages that it shows', () => {
  const examples = linesOf('cesql-errors');
  assert.ok(examples.length > 5);
  for (const line of examples) {
    const [source, message] = parted(line);
    assert.throws(
      () => new CesqlExpression(source),
      (error) => error instanceof CesqlParseError && error.message === message,
      line,
    );
  }
});
