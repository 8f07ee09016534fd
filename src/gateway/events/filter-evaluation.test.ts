import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openWorld } from '../../runtime/events/world.test-helper.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { eventsGroup } from './index.ts';

const EVENT = { specversion: '1.0', id: '1', source: '/shop', type: 'Paid', subject: 'o1', amount: 12 };

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

type Post = (path: string, body: unknown, contentType?: string) => Promise<Answered>;

async function served(t: TestContext): Promise<Post> {
  const world = await openWorld(t);
  const gateway = await startGateway({
    groups: [eventsGroup({ runtime: world.runtime, events: world.events })],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  return async (path, body, contentType = 'application/json') => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? null : JSON.parse(text) };
  };
}

const PATH = '/api/filters/evaluate';

test('a CESQL expression is answered with its value, type, errors and operands', async (t) => {
  const post = await served(t);
  const { status, json } = await post(PATH, {
    filter: "amount > 10 AND (type = 'a' OR id = 1)",
    event: EVENT,
  });
  assert.equal(status, 200);
  const operand = { type: 'Boolean', errors: [], evaluated: true, operands: [] };
  const place = (offset: number) => ({ offset, line: 1, column: offset + 1 });
  assert.deepEqual(json, {
    matches: true,
    value: true,
    type: 'Boolean',
    errors: [],
    parts: [
      {
        path: 'filter',
        dialect: 'sql',
        matches: true,
        expression: "amount > 10 AND (type = 'a' OR id = 1)",
        value: true,
        type: 'Boolean',
        errors: [],
        operands: [
          { ...operand, text: 'amount > 10', position: place(0), value: true },
          {
            ...operand,
            text: "type = 'a' OR id = 1",
            position: place(17),
            operator: 'AND',
            value: true,
            operands: [
              { ...operand, text: "type = 'a'", position: place(17), value: false },
              { ...operand, text: 'id = 1', position: place(31), operator: 'OR', value: true },
            ],
          },
        ],
      },
    ],
  });
  const number = await post(PATH, { filter: 'amount * 2', event: EVENT });
  assert.deepEqual([number.json.matches, number.json.value, number.json.type], [false, 24, 'Integer']);
  const text = await post(PATH, { filter: 'UPPER(subject)', event: EVENT });
  assert.deepEqual([text.json.matches, text.json.value, text.json.type], [false, 'O1', 'String']);
  const decided = await post(PATH, { filter: 'FALSE AND amount = 12', event: EVENT });
  assert.equal(decided.json.parts[0].operands[1].evaluated, false);
  assert.equal('value' in decided.json.parts[0].operands[1], false);
});

test('errors of an evaluation have kind, message, position and the path of the expression', async (t) => {
  const post = await served(t);
  const { status, json } = await post(PATH, { filter: "subjct = 'o1'", event: EVENT });
  assert.equal(status, 200);
  assert.deepEqual([json.matches, json.value, json.type], [false, false, 'Boolean']);
  const error = {
    kind: 'missingAttribute',
    message: 'the event has no attribute subjct; did you mean subject?',
    position: { offset: 0, line: 1, column: 1 },
  };
  assert.deepEqual(json.errors, [{ ...error, path: 'filter' }]);
  assert.deepEqual(json.parts[0].errors, [error]);
});

test('filters as in a subscription are answered part by part', async (t) => {
  const post = await served(t);
  const filter = [
    { prefix: { type: 'P', source: '/x' } },
    { any: [{ exact: { gone: 'x' } }, { not: { cesql: 'amount > gone' } }] },
  ];
  const { json } = await post(PATH, { filter, event: EVENT });
  const [sql] = json.parts[1].parts[1].parts;
  assert.deepEqual(json, {
    matches: false,
    errors: [
      {
        kind: 'missingAttribute',
        message: 'the event has no attribute gone',
        position: { offset: 9, line: 1, column: 10 },
        path: 'filter[1].any[1].not',
      },
    ],
    parts: [
      {
        path: 'filter[0]',
        dialect: 'prefix',
        matches: false,
        attributes: [
          { name: 'type', expected: 'P', actual: 'Paid', matches: true },
          { name: 'source', expected: '/x', actual: '/shop', matches: false },
        ],
      },
      {
        path: 'filter[1]',
        dialect: 'any',
        matches: true,
        parts: [
          {
            path: 'filter[1].any[0]',
            dialect: 'exact',
            matches: false,
            attributes: [{ name: 'gone', expected: 'x', matches: false }],
          },
          { path: 'filter[1].any[1]', dialect: 'not', matches: true, parts: [sql] },
        ],
      },
    ],
  });
  assert.deepEqual([sql.dialect, sql.matches, sql.path], ['sql', false, 'filter[1].any[1].not']);
  assert.equal((await post(PATH, { filter: [], event: EVENT })).json.matches, true);
  const one = await post(PATH, { filter: { sql: 'amount = 12' }, event: EVENT });
  assert.deepEqual([one.json.matches, one.json.value, one.json.parts[0].path], [true, true, 'filter']);
});

test('a filter that cannot be used is an answer with the reason, for who is still typing', async (t) => {
  const post = await served(t);
  const expression = await post(PATH, { filter: 'type =', event: EVENT });
  assert.equal(expression.status, 200);
  assert.deepEqual(expression.json.errors[0].position, { offset: 6, line: 1, column: 7 });
  assert.deepEqual([expression.json.matches, expression.json.parts], [false, []]);
  assert.equal(expression.json.errors[0].kind, 'parse');
  const nested = await post(PATH, { filter: [{ all: [{ sql: 'type = = 1' }] }], event: EVENT });
  assert.equal(nested.json.errors[0].kind, 'parse');
  assert.equal(nested.json.errors[0].path, 'filter[0].all[0].sql');
  assert.deepEqual(nested.json.errors[0].position, { offset: 7, line: 1, column: 8 });
  const call = await post(PATH, { filter: { sql: 'LENGHT(id) = 1' }, event: EVENT });
  assert.equal(call.json.errors[0].kind, 'missingFunction');
  const dialect = await post(PATH, { filter: { regex: 'x' }, event: EVENT });
  assert.equal(dialect.status, 200);
  assert.deepEqual([dialect.json.errors[0].kind, dialect.json.errors[0].path], ['filter', 'filter.regex']);
  assert.match(dialect.json.errors[0].message, /not supported; use exact, prefix/);
  const number = await post(PATH, { filter: 5, event: EVENT });
  assert.deepEqual([number.json.errors[0].kind, number.json.errors[0].path], ['filter', 'filter']);
});

test('the event may be one of the log', async (t) => {
  const post = await served(t);
  assert.equal((await post('/events', EVENT, 'application/cloudevents+json')).status, 202);
  const { json } = await post(PATH, { filter: 'amount + 1', sequence: 1 });
  assert.equal(json.value, 13);
  assert.equal((await post(PATH, { filter: 'amount', sequence: 99 })).status, 404);
});

test('a request without filter or event, or with a broken event, is refused', async (t) => {
  const post = await served(t);
  for (const body of [
    { event: EVENT },
    { filter: 'id' },
    { filter: 'id', event: EVENT, sequence: 1 },
    { filter: 'id', sequence: 0 },
    { filter: 'id', sequence: '1' },
    { filter: 'id', event: EVENT, more: 1 },
    { filter: 'id', event: 5 },
    '[]',
    '{',
  ]) {
    assert.equal((await post(PATH, body)).status, 400, JSON.stringify(body));
  }
  const { type: _type, ...broken } = EVENT;
  const { status, json } = await post(PATH, { filter: 'id', event: broken });
  assert.equal(status, 400);
  assert.deepEqual([json.code, json.attribute], ['missingAttribute', 'type']);
});
