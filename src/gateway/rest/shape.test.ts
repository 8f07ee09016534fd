import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../errors.ts';
import { Fields } from '../fields.ts';
import { objectMembers } from '../json.ts';
import {
  filledList,
  filledText,
  oneOf,
  operationReference,
  readMembers,
  requiredKey,
  requiredWhole,
  schemaOf,
  tenant,
  variables,
} from './shape.ts';

const SHAPES = {
  name: filledText(),
  count: requiredWhole(1),
  definitionKey: requiredKey(),
  parts: filledList({ elementId: filledText() }),
  variables: variables(),
  tenantId: tenant('Do It'),
  operationReference,
};
const RIGHT = { name: 'n', count: 2, definitionKey: '12', parts: [{ elementId: 'a' }], variables: { x: 1 } };

function read(body: unknown) {
  return readMembers(new Fields(objectMembers(JSON.stringify(body)) ?? assert.fail()), SHAPES);
}

function refusal(body: unknown): readonly [string, string] {
  try {
    read(body);
  } catch (error) {
    assert.ok(error instanceof GatewayError);
    return [error.code, error.message];
  }
  return assert.fail('it was read');
}

test('members are read as what they are', () => {
  const { name, count, definitionKey, parts, variables: document } = read(RIGHT);
  assert.deepEqual([name, count, definitionKey, parts], ['n', 2, 12, [{ elementId: 'a' }]]);
  assert.deepEqual([...document], [['x', '1']]);
});

test('all that is invalid is told at once, each by its name', () => {
  assert.deepEqual(refusal({ count: 0, parts: [], operationReference: 0 }), [
    'INVALID_ARGUMENT',
    "No name provided. The value for count is '0' but must be greater than 0. No definitionKey provided. " +
      "No parts provided. The value for operationReference is '0' but must be > 0.",
  ]);
});

test('another tenant is told before anything else, with the name of the command', () => {
  assert.deepEqual(refusal({ tenantId: 'other' }), [
    'INVALID_ARGUMENT',
    "Expected to handle request Do It with tenant identifier 'other', but multi-tenancy is disabled",
  ]);
});

test('what cannot be read, or is not known, is told before what is invalid', () => {
  const [code, message] = refusal({ ...RIGHT, name: '', definitionKey: 12 });
  assert.equal(code, 'BAD_REQUEST');
  assert.match(message, /Request property \[definitionKey\] cannot be parsed/);
  assert.match(
    refusal({ ...RIGHT, nmae: 'x' })[1],
    /Request property \[nmae\] cannot be parsed: it is unknown/,
  );
  assert.match(
    refusal({ ...RIGHT, parts: [{ elementId: 'a' }, { elementID: 'b' }] })[1],
    /Request property \[parts\[1\]\.elementID\] cannot be parsed: it is unknown/,
  );
});

test('of some members exactly one is given', () => {
  assert.deepEqual(oneOf({ a: undefined, b: undefined }), ['At least one of [a, b] is required']);
  assert.deepEqual(oneOf({ a: 1, b: 2 }), ['Only one of [a, b] is allowed']);
  assert.deepEqual(oneOf({ a: undefined, b: 2 }), []);
});

test('the schema says what is required, and takes nothing else', () => {
  const { required, additionalProperties, properties } = schemaOf(SHAPES);
  assert.deepEqual(required, ['name', 'count', 'definitionKey', 'parts']);
  assert.equal(additionalProperties, false);
  assert.equal(properties?.['count']?.minimum, 1);
});
