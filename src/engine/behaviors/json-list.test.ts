import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ListCursor, replaceListItem } from './json-list.ts';

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

test('items that are replaced one after the other, in any order, with a cursor give what they give without', () => {
  const item = fc.constantFrom('null', '1', '"a,]\\""', '[2,[3]]', '{"b":[4,5]}', '');
  const step = fc.tuple(fc.nat(9), fc.json({ maxDepth: 2 }));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 9 }), fc.array(step, { maxLength: 12 }), (items, steps) => {
      const cursor = new ListCursor();
      let text = `[${items.filter((one) => one !== '').join(' ,')}]`;
      for (const [index, value] of steps) {
        const expected = replaceListItem(text, index, value);
        assert.equal(replaceListItem(text, index, value, cursor), expected);
        if (typeof expected === 'string') text = expected;
      }
    }),
  );
});
