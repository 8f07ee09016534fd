import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { ERRORS } from '../src/gateway/errors.ts';

const root = resolve(import.meta.dirname, '..');
const [, answers = '', inside = ''] = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8').split(
  /^## /m,
);

test('the errors that surfaces answer are those of the reference, with their statuses', () => {
  const documented = [...answers.matchAll(/^\| `(\w+)` \| (\w+) \| (\d+) \|/gm)].map(
    ([, code, grpc, http]) => [code, grpc, Number(http)],
  );
  assert.deepEqual(
    documented,
    Object.entries(ERRORS).map(([code, { grpc, http }]) => [code, grpc, http]),
  );
});

test('the error classes of the program and those of the reference are the same, code by code', () => {
  const documented = [...inside.matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)].map(
    ([, code, name]) => `${name} ${code}`,
  );
  assert.deepEqual(documented.toSorted(), codesInSource().toSorted());
});

/** `Class CODE` of each error class that has a code, read from the sources. Those of tests and of the gateway aside. */
function codesInSource(): string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(
      ({ name, parentPath }) =>
        /\.ts$/.test(name) && !/\.test/.test(name) && !parentPath.startsWith(join(root, 'src/testing')),
    )
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'));
  return files.flatMap((text) => {
    const unions = new Map(
      [...text.matchAll(/type (\w+Code) =\s*((?:\s*\|?\s*'\w+')+);/g)].map(([, name = '', members = '']) => [
        name,
        [...members.matchAll(/'(\w+)'/g)].map(([, member]) => member ?? ''),
      ]),
    );
    return text.split(/^export class /m).flatMap((part) => {
      const name = /^(\w+Error) extends/.exec(part)?.[1];
      if (!name || name === 'GatewayError') return [];
      const own = /readonly code = '(\w+)'/.exec(part)?.[1] ?? /super\(\s*'(\w+)'/.exec(part)?.[1];
      if (own) return [`${name} ${own}`];
      const union = unions.get(/readonly code: (\w+);/.exec(part)?.[1] ?? '') ?? [];
      // A base class has no code of its own; its subclasses do.
      return /Error extends/.test(text.replace(part, '')) && /new\.target/.test(part)
        ? []
        : union.map((code) => `${name} ${code}`);
    });
  });
}
