import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parser } from 'lezer-feel';
import { compile, compileUnaryTests } from './index.ts';

test('an evaluation parses nothing, however often it is done', (context) => {
  const expression = compile('for x in xs return if x > 1 then upper case(string(x)) else {a: x, b: a + 1}');
  const tests = compileUnaryTests('> 5, [1..3]');
  const scope = new Map([['xs', [1, 2, 3]]]);
  const environment = { nowMs: () => 0 };
  const counts = { parses: 0 };
  // Every parser that the grammar makes shares these methods.
  for (const name of ['createParse', 'startParse', 'parse'] as const) {
    const original = Reflect.get(parser, name);
    const prototype = Object.getPrototypeOf(name === 'createParse' ? parser : Object.getPrototypeOf(parser));
    context.mock.method(prototype, name, function (this: unknown, ...args: unknown[]) {
      counts.parses += 1;
      return Reflect.apply(original, this, args);
    });
  }
  compile('1 + 1');
  assert.ok(counts.parses > 0, 'the counter counts');
  counts.parses = 0;
  for (let round = 0; round < 100; round += 1) {
    assert.ok(expression.evaluate(scope, environment).ok);
    assert.ok(tests.evaluate(2, scope, environment).ok);
  }
  assert.equal(counts.parses, 0);
});
