import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FUNCTION_NAMES } from './builtins/builtins.ts';

test('the reference page names every built-in function and no other', () => {
  const page = readFileSync(new URL('../../docs/reference/feel.md', import.meta.url), 'utf8');
  const section = /## Functions\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
  const families = section.split('\n').filter((line) => line.startsWith('**'));
  const named = families.flatMap((line) =>
    [...line.matchAll(/`([a-zA-Z][a-zA-Z0-9 ]*)(?:\(|`)/g)].map(([, name = '']) => name),
  );
  const known = new Set(FUNCTION_NAMES);
  assert.deepEqual(
    FUNCTION_NAMES.filter((name) => !named.includes(name)),
    [],
  );
  const calls = families.flatMap((line) =>
    [...line.matchAll(/`([a-zA-Z][a-zA-Z0-9 ]*)\(/g)].map(([, name = '']) => name),
  );
  assert.deepEqual(
    calls.filter((name) => !known.has(name)),
    [],
  );
});
