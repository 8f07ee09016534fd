import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { DataFolder, IN_MEMORY } from './folder.ts';

test('a data folder in memory is nowhere on disk, has no lock, and belongs to its one opener', () => {
  const [one, other] = [DataFolder.open(IN_MEMORY), DataFolder.open(IN_MEMORY)];
  one.kv.set('position', 7);
  assert.equal(one.kv.number('position'), 7);
  assert.equal(other.kv.number('position'), undefined);
  assert.equal(existsSync(IN_MEMORY), false);
  one.close();
  other.close();
});
