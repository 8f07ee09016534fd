import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestSession } from './engine-session.test-helper.ts';
import { instanceRoutes } from './instances.ts';
import { searchRoutes } from './search-routes.ts';

const CREATE = '/v2/process-instances';

test('tags and business id are answered at the creation and found by a search', async (t) => {
  const rest = new RestSession('instance-tags/on-instance-and-jobs', (context) => [
    ...instanceRoutes(context),
    ...searchRoutes(context),
  ]);
  t.after(() => rest.close());
  await rest.deploy('p.bpmn');
  const create = (more: object) => rest.post(CREATE, { processDefinitionId: 'it-tags', ...more });
  const both = await create({ tags: ['region:emea', 'vip'], businessId: 'order-1' });
  assert.deepEqual([both.body.tags, both.body.businessId], [['region:emea', 'vip'], 'order-1']);
  const neither = await create({});
  assert.deepEqual([neither.body.tags, neither.body.businessId], [[], null]);
  await create({ tags: ['vip'] });
  const found = async (filter: object) => {
    const { body } = await rest.post('/v2/process-instances/search', { filter });
    return (body.items as readonly Record<string, unknown>[]).map(({ tags, businessId }) => [
      tags,
      businessId,
    ]);
  };
  assert.deepEqual(await found({ tags: ['vip', 'region:emea'] }), [[['region:emea', 'vip'], 'order-1']]);
  assert.equal((await found({ tags: ['vip'] })).length, 2);
  assert.deepEqual(await found({ tags: ['vi'] }), []);
  assert.deepEqual(await found({ businessId: 'order-1' }), [[['region:emea', 'vip'], 'order-1']]);
  assert.deepEqual((await found({})).length, 3);
});

test('a creation may end the instance after an element', async (t) => {
  const rest = new RestSession('runtime-instruction/gateway', instanceRoutes);
  t.after(() => rest.close());
  await rest.deploy('p.bpmn');
  const runtimeInstructions = [{ type: 'TERMINATE_PROCESS_INSTANCE', afterElementId: 'fork' }];
  const { status, body } = await rest.post(CREATE, {
    processDefinitionId: 'ri-gateway',
    runtimeInstructions,
  });
  assert.equal(status, 200);
  const key = Number(body.processInstanceKey);
  assert.equal(rest.session.tracker.activeElement('ri-gateway', key), undefined);
  const wrong = await rest.post(CREATE, {
    processDefinitionId: 'ri-gateway',
    runtimeInstructions: [{ type: 'PAUSE', afterElementId: 'fork' }],
  });
  assert.equal(
    wrong.body.detail,
    "The value for runtimeInstructions.type is 'PAUSE' but must be TERMINATE_PROCESS_INSTANCE.",
  );
});
