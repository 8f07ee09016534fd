import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8, makeEvent } from '../cloudevents/index.ts';
import { DataValidator, SchemaError, type SchemaSettings } from './index.ts';

function event(type: string, data?: string, dataschema?: string) {
  return makeEvent({
    id: '1',
    source: '/test',
    type,
    dataschema,
    ...(data !== undefined && { datacontenttype: 'application/json', data: encodeUtf8(data) }),
  });
}
const forType = (type: string, schema: object): SchemaSettings => ({ type, schema, mode: 'refuse' });

test('a breach names the schema, the place as JSON pointer, and the rule', () => {
  const schema = { properties: { items: { items: { type: 'integer' } } } };
  const validator = new DataValidator([forType('T', schema)]);
  assert.equal(validator.checkEvent(event('T', '{"items":[1,2]}')), undefined);
  assert.equal(validator.checkEvent(event('Other', '{"items":"x"}')), undefined);
  assert.deepEqual(validator.checkEvent(event('T', '{"items":[1,"x"]}')), {
    pointer: '/items/1',
    rule: 'type',
    message: "It breaks the schema of type 'T': '/items/1' must be integer (type).",
    mode: 'refuse',
  });
  assert.match(validator.checkEvent(event('T'))?.message ?? '', /the event has no data/);
});

test('the dataschema of an event counts more than its type, and a dataschema that is not known leaves it to the type', () => {
  const validator = new DataValidator([
    { dataschema: 'https://example.com/a', schema: { type: 'object' }, mode: 'note' },
    forType('T', { type: 'array' }),
  ]);
  assert.equal(validator.checkEvent(event('T', '{}', 'https://example.com/a')), undefined);
  assert.equal(validator.checkEvent(event('T', '[]', 'https://example.com/a'))?.mode, 'note');
  assert.equal(validator.checkEvent(event('T', '{}', 'https://example.com/b'))?.rule, 'type');
});

test('drafts 7 and 2020-12 are read as what they say, with formats', () => {
  const draft7 = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    items: [{ type: 'string', format: 'date-time' }, { type: 'number' }],
  };
  const draft2020 = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    prefixItems: [{ type: 'string', format: 'email' }],
  };
  const validator = new DataValidator([forType('Seven', draft7), forType('Twenty', draft2020)]);
  assert.equal(validator.checkEvent(event('Seven', '["2030-01-01T00:00:00Z",1]')), undefined);
  assert.equal(validator.checkEvent(event('Seven', '["yesterday",1]'))?.rule, 'format');
  assert.equal(validator.checkEvent(event('Seven', '["2030-01-01T00:00:00Z","x"]'))?.pointer, '/1');
  assert.equal(validator.checkEvent(event('Twenty', '["a@example.com"]')), undefined);
  assert.equal(validator.checkEvent(event('Twenty', '["a"]'))?.rule, 'format');
});

test('schemas refer to one another by $id, and to nothing that was not given', () => {
  const money = { $id: 'https://example.com/money', type: 'object', required: ['currency'] };
  const order = { properties: { price: { $ref: 'https://example.com/money' } } };
  const validator = new DataValidator([forType('Order', order), forType('Money', money)]);
  assert.equal(validator.checkEvent(event('Order', '{"price":{}}'))?.pointer, '/price');
  assert.throws(
    () =>
      new DataValidator([forType('Money', money), forType('Order', { $ref: 'https://example.com/none' })]),
    (error) => error instanceof SchemaError && error.index === 1 && /none is fetched/.test(error.message),
  );
});

test('a schema that is none is refused with its place', () => {
  const refused = (schema: object, text: RegExp) =>
    assert.throws(
      () => new DataValidator([forType('T', schema)]),
      (error) => error instanceof SchemaError && error.index === 0 && text.test(error.message),
    );
  refused({ type: 'texxt' }, /schema is invalid/);
  refused({ $schema: 'http://json-schema.org/draft-04/schema#' }, /Use https:\/\/json-schema\.org/);
});

test('the object in a JSON string of an old sender is what is checked', () => {
  const validator = new DataValidator([forType('T', { type: 'object', required: ['a'] })]);
  assert.equal(validator.checkEvent(event('T', '"{\\"a\\":1}"')), undefined);
  assert.equal(validator.checkEvent(event('T', '"{\\"b\\":1}"'))?.rule, 'required');
  assert.equal(validator.checkEvent(event('T', '"text"'))?.rule, 'type');
});
