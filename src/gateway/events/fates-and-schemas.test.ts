import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataValidator } from '../../schemas/index.ts';
import { ce, serveLegacy } from '../legacy/legacy.test-helper.ts';

const binary = (type: string) => ce(type, { 'ce-specversion': '1.0' });

test('F17 events are searched by fate over HTTP, and a kind that there is not is refused with those there are', async (t) => {
  const { call } = await serveLegacy(t);
  await call('POST', '/events', {}, binary('Nobody'));
  const found = await call('GET', '/api/events?fate=buffered,unmatched&limit=5');
  const reason = "No deployed model waits for events of type 'Nobody', and no instance does.";
  const fate = { kind: 'unmatched', reason, nearMisses: [], text: reason };
  assert.deepEqual(
    found.json.items.map((item: { fate: object }) => item.fate),
    [fate],
  );
  const story = await call('GET', `/api/events/${found.json.items[0].sequence}`);
  const [{ time: _time, ...told }] = story.json.fates;
  assert.deepEqual(told, fate);
  assert.deepEqual((await call('GET', '/api/events?fate=failed')).json.items, []);
  const wrong = await call('GET', '/api/events?fate=unmached');
  assert.equal(wrong.status, 400);
  assert.match(wrong.json.detail, /names 'unmached'; known are reply,/);
});

test('data that break a schema which refuses are answered with 400, the pointer and the rule, and nothing is kept', async (t) => {
  const schema = { required: ['amount'], properties: { amount: { type: 'number' } } };
  const schemas = [
    { type: 'Paid', schema, mode: 'refuse' },
    { type: 'Noted', schema, mode: 'note' },
  ] as const;
  const validator = new DataValidator(schemas);
  const { call, world } = await serveLegacy(t, { validator }, { settings: { schemas } });
  for (const path of ['/events', '/message']) {
    const refused = await call('POST', path, { amount: '5' }, binary('Paid'));
    assert.equal(refused.status, 400);
    assert.equal(refused.type, 'application/problem+json');
    assert.equal(refused.json.code, 'dataBreaksSchema');
    assert.deepEqual([refused.json.pointer, refused.json.rule], ['/amount', 'type']);
  }
  const event = (id: string, data: object) => ({ specversion: '1.0', id, source: '/s', type: 'Paid', data });
  const batch = await call('POST', '/events', [event('1', { amount: 1 }), event('2', {})], {
    'content-type': 'application/cloudevents-batch+json',
  });
  assert.equal(batch.status, 400);
  assert.deepEqual([batch.json.index, batch.json.rule], [1, 'required']);
  assert.deepEqual((await world.events.search({ limit: 1 })).items, []);
  assert.equal((await call('POST', '/events', { amount: '5' }, binary('Noted'))).status, 202);
  assert.deepEqual(await world.fates(1), ['refused']);
});
