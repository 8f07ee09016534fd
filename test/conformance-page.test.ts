import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/reference/cloudevents.md'), 'utf8');

interface Row {
  readonly rule: string;
  readonly shownBy: readonly { readonly file: string; readonly title: string }[];
}

const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| section |'))
  .map((line) => {
    const cells = line.slice(2, -2).split(' | ');
    assert.equal(cells.length, 5, line);
    const [section = '', rule = '', , , tests = ''] = cells;
    return {
      rule: `${section}: ${rule}`,
      shownBy: [...tests.matchAll(/`([^`]+)`: (.*?)(?:<br>|$)/g)].map(([, file = '', title = '']) => ({
        file,
        title,
      })),
    };
  });

/** Titles of the tests in a file. A template stands for each value that the page may fill in. */
function titlesIn(file: string): readonly RegExp[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/\b(?:test|it)\(\s*(?:'([^']+)'|`([^`]+)`)/g)].map(([, plain, template = '']) => {
    const parts = plain === undefined ? template.split(/\$\{[^}]*\}/) : [plain];
    return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join('\\w+')}$`);
  });
}

test('no rule of the conformance page lacks a test', () => {
  assert.ok(rows.length > 50, `${rows.length} rules were read`);
  assert.deepEqual(
    rows.filter(({ shownBy }) => shownBy.length === 0).map(({ rule }) => rule),
    [],
  );
});

test('every test that the conformance page names exists in its file', () => {
  const missing = rows.flatMap(({ rule, shownBy }) =>
    shownBy
      .filter(
        ({ file, title }) =>
          !existsSync(join(root, file)) || !titlesIn(file).some((known) => known.test(title)),
      )
      .map(({ file, title }) => `${rule}: ${file}: ${title}`),
  );
  assert.deepEqual(missing, []);
});
