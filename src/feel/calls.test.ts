import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsOf, compile, FeelSyntaxError, scopeOf } from './index.ts';

const PARAMETERS = ['value', 'description', 'type'];
const calls = (text: string) => callsOf(text, 'fromAi', PARAMETERS).map((call) => Object.fromEntries(call));

test('calls are found wherever they stand, in the order in which they are written', () => {
  assert.deepEqual(calls('if fromAi(a) then [fromAi( b.c , "x, y")] else { k: fromAi(fromAi(d)) }'), [
    { value: 'a' },
    { value: 'b.c', description: '"x, y"' },
    { value: 'fromAi(d)' },
    { value: 'd' },
  ]);
  assert.deepEqual(calls('other(a) + "fromAi(a)"'), []);
  assert.deepEqual(calls('fromAi()'), [{}]);
});

test('arguments are found by their names too, and superfluous ones are left out', () => {
  assert.deepEqual(calls('fromAi(type: "number", value: a)'), [{ type: '"number"', value: 'a' }]);
  assert.deepEqual(calls('fromAi(1, 2, 3, 4)'), [{ value: '1', description: '2', type: '3' }]);
});

test('what is no expression, or nests too deeply, is a syntax error', () => {
  assert.throws(() => calls('fromAi('), FeelSyntaxError);
  assert.throws(() => calls(`${'fromAi('.repeat(100_000)}a`), FeelSyntaxError);
  assert.throws(() => calls(`${'['.repeat(240)}${'-'.repeat(90_000)}a`), FeelSyntaxError);
});

test('fromAi gives its value, whatever else is told of it', () => {
  const result = compile(
    'fromAi(a, "an a", "number", { x: 1 }, { y: 2 }) + fromAi(value: a, type: "t")',
  ).evaluate(scopeOf({ a: 2 }), { nowMs: () => 0 });
  assert.ok(result.ok);
  assert.equal(String(result.value), '4');
  assert.deepEqual(result.warnings, []);
});
