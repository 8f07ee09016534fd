import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceListItem } from './json-list.ts';

test('an item is replaced and all others keep their text', () => {
  assert.equal(replaceListItem('[null,null,null]', 1, '5'), '[null,5,null]');
  assert.equal(replaceListItem('[null]', 0, '{"a":1}'), '[{"a":1}]');
  assert.equal(
    replaceListItem('[1.0,"a,]\\"",[2,[3]],{"b":[4,5]},6]', 4, '7'),
    '[1.0,"a,]\\"",[2,[3]],{"b":[4,5]},7]',
  );
  assert.equal(
    replaceListItem('[1.0,"a,]\\"",[2,[3]],{"b":[4,5]},6]', 2, '0'),
    '[1.0,"a,]\\"",0,{"b":[4,5]},6]',
  );
});

test('an index beyond the end gives the number of items', () => {
  assert.equal(replaceListItem('[]', 0, '1'), 0);
  assert.equal(replaceListItem('[1,2]', 2, '1'), 2);
});

test('what is no list gives undefined', () => {
  for (const text of ['null', '"[1]"', '{"a":[1]}', '5'])
    assert.equal(replaceListItem(text, 0, '1'), undefined);
});
