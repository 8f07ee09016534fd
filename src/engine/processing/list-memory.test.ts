import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type FeelValue } from '../../feel/index.ts';
import { ExpressionCache } from './expression-cache.ts';
import type { WrittenScope } from './list-memory.ts';

const MANY = JSON.stringify(Array.from({ length: 10_000 }, (_, at) => at));

/** Evaluates expressions as a multi-instance does, and counts how often they are computed. */
class Loop {
  readonly cache = new ExpressionCache(100, () => 0);
  computed = 0;

  list(expression: string, variables: ReadonlyMap<string, string>, owner = 1): readonly FeelValue[] {
    const scope: WrittenScope = {
      get: (name) => this.cache.variable(variables, name),
      text: (name) => variables.get(name),
    };
    return this.cache.lists.get(owner, expression, scope, (noting) => {
      this.computed += 1;
      const result = compile(expression).evaluate(noting, { nowMs: () => 0 });
      assert.ok(result.ok && Array.isArray(result.value));
      return result.value;
    });
  }
}

test('an input collection is computed once for ten thousand instances, though variables beside it change', () => {
  const loop = new Loop();
  for (let child = 0; child < 10_000; child++) {
    const list = loop.list(
      'for i in items return i + step',
      new Map([
        ['items', MANY],
        ['step', '1'],
        ['result', String(child)],
      ]),
    );
    assert.equal(list.length, 10_000);
  }
  assert.equal(loop.computed, 1);
});

test('an input collection is computed again when something has changed that it reads, or may read', () => {
  const loop = new Loop();
  const first = loop.list('if wide then [1, 2] else other', new Map([['wide', 'true']]));
  assert.equal(
    loop.list(
      'if wide then [1, 2] else other',
      new Map([
        ['wide', 'true'],
        ['other', '[3]'],
      ]),
    ),
    first,
  );
  assert.equal(loop.computed, 1);
  assert.equal(
    loop.list(
      'if wide then [1, 2] else other',
      new Map([
        ['wide', 'false'],
        ['other', '[3]'],
      ]),
    ).length,
    1,
  );
  assert.equal(
    loop.list(
      'if wide then [1, 2] else other',
      new Map([
        ['wide', 'false'],
        ['other', '[]'],
      ]),
    ).length,
    0,
  );
  assert.equal(loop.computed, 3);
  loop.list(
    'if wide then [1, 2] else other',
    new Map([
      ['wide', 'false'],
      ['other', '[]'],
    ]),
    2,
  );
  assert.equal(loop.computed, 4, 'another loop');
  for (let times = 0; times < 3; times++) loop.list('[now()]', new Map());
  assert.equal(loop.computed, 7, 'the clock goes on');
});

test('what is remembered is bounded, and the list of who asks now is remembered in any case', () => {
  const loop = new Loop();
  const items = `[${Array.from({ length: 40_000 }, () => '"0123456789"').join(',')}]`;
  const variables = new Map([['items', items]]);
  for (let owner = 0; owner < 20; owner++) loop.list('items', variables, owner);
  loop.list('items', variables, 19);
  assert.equal(loop.computed, 20);
  loop.list('items', variables, 0);
  assert.equal(loop.computed, 21, 'the oldest has gone');
});

test('a long variable is parsed once, whichever document it stands in', () => {
  const { cache } = new Loop();
  const value = cache.variable(new Map([['items', MANY]]), 'items');
  assert.equal(
    cache.variable(
      new Map([
        ['items', MANY],
        ['result', '1'],
      ]),
      'items',
    ),
    value,
  );
  assert.notEqual(cache.variable(new Map([['items', `${MANY} `]]), 'items'), value);
});
