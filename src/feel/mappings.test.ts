import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compileInputMappings,
  compileOutputMappings,
  FeelSyntaxError,
  fromJson,
  type Mapping,
  toJson,
} from './index.ts';

const ENVIRONMENT = { nowMs: () => 0 };

function run(
  compileMappings: typeof compileInputMappings,
  mappings: readonly (readonly [source: string | undefined, target: string])[],
  variables = '{}',
): string {
  const scope = fromJson(variables);
  assert.ok(scope instanceof Map);
  const list: Mapping[] = mappings.map(([source, target]) => ({ source, target }));
  const result = compileMappings(list).evaluate(scope, ENVIRONMENT);
  return result.ok ? toJson(result.value) : result.message;
}

test('nested input targets build one context, and later sources see earlier targets', () => {
  const mappings = [
    ['=1', 'a.b.c'],
    ['=2', 'a.b.d'],
    ['=3', 'a.e'],
    ['=a.b.c + a.e', 'sum'],
  ] as const;
  assert.equal(run(compileInputMappings, mappings), '{"a":{"b":{"c":1,"d":2},"e":3},"sum":4}');
});

test('nested output targets are merged into a context that is there', () => {
  const mappings = [
    ['=x', 'order.x'],
    ['=sum', 'order.inner.sum'],
  ] as const;
  const variables = '{"x":9,"sum":4,"order":{"kept":true,"inner":{"old":1}}}';
  assert.equal(
    run(compileOutputMappings, mappings, variables),
    '{"order":{"kept":true,"inner":{"old":1,"sum":4},"x":9}}',
  );
  assert.equal(
    run(compileOutputMappings, mappings, '{"x":9,"sum":4}'),
    '{"order":{"x":9,"inner":{"sum":4}}}',
  );
});

test('static sources are strings, whatever they look like', () => {
  const mappings = [
    ['plain', 'a'],
    ['5', 'b'],
    ['say "hi"', 'c'],
    [undefined, 'd'],
  ] as const;
  assert.equal(run(compileInputMappings, mappings), '{"a":"plain","b":"5","c":"say \\"hi\\"","d":null}');
});

test('a missing variable is null and the others go on', () => {
  const mappings = [
    ['=missing', 'a'],
    ['=1', 'b'],
  ] as const;
  assert.equal(run(compileInputMappings, mappings), '{"a":null,"b":1}');
});

test('a failed assertion names the whole context, as Zeebe does', () => {
  assert.equal(
    run(compileInputMappings, [['=assert(x, x > 5)', 'y']], '{"x":1}'),
    "Assertion failure on evaluate the expression '{y:assert(x, x > 5)}': The condition is not fulfilled",
  );
});

test('the text of the whole is that of Zeebe', () => {
  assert.equal(compileInputMappings([{ source: '=x', target: 'a.b' }]).text, '{a:{b:x}}');
  assert.equal(
    compileOutputMappings([{ source: '= x', target: 'a.b' }]).text,
    '{a:if (a != null) then context merge(a,{b: x}) else {b: x}}',
  );
});

test('a source that is no expression of its own is refused', () => {
  for (const source of ['=1 +', '=1}, {x: 2', '= ']) {
    assert.throws(() => compileInputMappings([{ source, target: 'a' }]), FeelSyntaxError);
  }
});

test('no mappings give no variables', () => {
  assert.equal(run(compileInputMappings, []), '{}');
});
