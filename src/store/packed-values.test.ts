import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PackedShapes, Packer, type Shape, Unpacker } from './packed-values.ts';

/** Through text, as a file has it. */
function throughText(objects: readonly object[]): { readonly text: string; readonly objects: object[] } {
  const packer = new Packer();
  let shape: Shape | undefined;
  for (const object of objects) shape = packer.add(object, shape);
  const text = JSON.stringify([packer.shapes(), packer.list]);
  const [shapes, list] = JSON.parse(text) as [PackedShapes, unknown[]];
  const unpacker = new Unpacker(shapes, list);
  const back: object[] = [];
  while (!unpacker.done) back.push(unpacker.object());
  return { text, objects: back };
}

const KEY = 2251799813685249;
const map = new Map([['seat', '"12A"']]);
const values = fc.oneof(
  fc.constantFrom(
    0,
    -1,
    KEY,
    KEY + 7,
    2 ** 53,
    1795692974036,
    1795692974037.5,
    2 ** 40,
    2 ** 50,
    -KEY,
    1e300,
  ),
  fc.constantFrom('', 'a', null, true, map, new Map(map), new Map(), [], [map], { a: map }, { $map: ['x'] }),
  fc.maxSafeInteger(),
);
const names = fc.constantFrom('key', 'name', 'due', 'variables', '$map', '__proto__', '1');
const objects = fc.array(fc.dictionary(names, values, { maxKeys: 4, noNullPrototype: true }), {
  maxLength: 30,
});

test('objects are the same after they were packed, to the order of their members', () => {
  fc.assert(
    fc.property(objects, (all) => {
      const back = throughText(all).objects;
      assert.deepEqual(back, all);
      assert.deepEqual(back.map(Object.keys), all.map(Object.keys));
    }),
  );
});

test('members that are undefined are left out', () => {
  assert.deepEqual(throughText([{ a: 1, b: undefined, c: 2 }, { a: 1 }]).objects, [{ a: 1, c: 2 }, { a: 1 }]);
});

test('objects of more members than a mask has bits, and lists, are told whole', () => {
  const wide = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`m${at}`, at]));
  const all = [wide, { ...wide, m39: KEY }, [1, map], { a: 1 }];
  assert.deepEqual(throughText(all).objects, all);
});

test('what an object has in common with the one before is told once, and a map that several have', () => {
  const text = 'x'.repeat(1000);
  const first = { id: 1, text, variables: new Map([['long', text]]) };
  const packed = throughText([first, { ...first, id: 2 }, { other: 3, variables: first.variables }]);
  assert.ok(packed.text.length < 2500, `${packed.text.length} characters`);
  assert.deepEqual(packed.objects.at(-1), { other: 3, variables: first.variables });
});

test('what JSON cannot say is refused', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('s'), () => 1, new Set()])
    assert.throws(() => throughText([{ value }]), TypeError);
});
