import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneTask, straight } from '../support/grpc.ts';
import { NOW, open, stateOf } from '../support/orchestration.ts';

describe('Batch operations', () => {
  it('cancel all active instances that pass the filter, and tell item by item', async (t) => {
    const { client, deployXml, start, over } = await open(t);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    await deployXml('other.bpmn', oneTask('other', 'charge'));
    const orders = await Promise.all(Array.from({ length: 120 }, () => start('order')));
    const other = await start('other');
    const { batchOperationKey, batchOperationType } = await client.cancelProcessInstancesBatchOperation({
      filter: { processDefinitionId: 'order' },
    });
    assert.equal(batchOperationType, 'CANCEL_PROCESS_INSTANCE');
    const done = await over(batchOperationKey);
    assert.deepEqual(
      [done.state, done.operationsTotalCount, done.operationsCompletedCount, done.operationsFailedCount],
      ['COMPLETED', 120, 120, 0],
    );
    assert.equal(await stateOf(client, other), 'ACTIVE');
    const { items } = await client.searchBatchOperationItems(
      { filter: { batchOperationKey }, page: { limit: 200 } },
      NOW,
    );
    assert.deepEqual(items.map(({ itemKey }) => itemKey).sort(), [...orders].sort());
    assert.ok(items.every(({ state, processedDate }) => state === 'COMPLETED' && processedDate !== null));
    const touched = await client.searchProcessInstances(
      { filter: { batchOperationKey: batchOperationKey as never }, page: { limit: 1 } },
      NOW,
    );
    assert.equal(touched.page.totalItems, 120);
    const found = await client.searchBatchOperations({ filter: { state: 'COMPLETED' } }, NOW);
    assert.deepEqual(
      found.items.map((one) => one.batchOperationKey),
      [batchOperationKey],
    );
  });

  it('migrate, move and resolve, and say of each item why it cannot be done', async (t) => {
    const { client, deployXml, start, over } = await open(t);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    const instance = await start('order');
    const target = await deployXml('order.bpmn', oneTask('order', 'pay'));
    const migrated = await client.migrateProcessInstancesBatchOperation({
      filter: { processDefinitionId: 'order' },
      migrationPlan: {
        targetProcessDefinitionKey: target as never,
        mappingInstructions: [{ sourceElementId: 't' as never, targetElementId: 't' as never }],
      },
    });
    assert.equal((await over(migrated.batchOperationKey)).state, 'COMPLETED');
    const { processDefinitionKey } = await client.getProcessInstance(
      { processInstanceKey: instance as never },
      NOW,
    );
    assert.equal(processDefinitionKey, target);

    const nowhere = await client.modifyProcessInstancesBatchOperation({
      filter: {},
      moveInstructions: [{ sourceElementId: 't' as never, targetElementId: 'nowhere' as never }],
    });
    const refused = await over(nowhere.batchOperationKey);
    assert.deepEqual([refused.state, refused.operationsFailedCount], ['PARTIALLY_COMPLETED', 1]);
    const { items } = await client.searchBatchOperationItems(
      { filter: { batchOperationKey: nowhere.batchOperationKey, state: 'FAILED' } },
      NOW,
    );
    assert.match(items[0]?.errorMessage ?? '', /nowhere/);

    const breakDown = async () => {
      const { jobs } = await client.activateJobs({
        type: 'charge',
        timeout: 60_000,
        maxJobsToActivate: 1,
        requestTimeout: 2000,
      });
      await client.failJob({ jobKey: jobs[0]?.jobKey ?? assert.fail('no job'), retries: 0 });
    };
    await breakDown();
    const resolved = await client.resolveIncidentsBatchOperation({ filter: { hasIncident: true } });
    assert.equal((await over(resolved.batchOperationKey)).operationsCompletedCount, 1);
    await breakDown();
    const again = await client.resolveProcessInstanceIncidents({ processInstanceKey: instance as never });
    assert.equal((await over(again.batchOperationKey)).operationsTotalCount, 1);
    const open_ = await client.searchIncidents({ filter: { state: 'ACTIVE' } }, NOW);
    assert.equal(open_.items.length, 0);

    const moved = await client.modifyProcessInstancesBatchOperation({
      filter: {},
      moveInstructions: [{ sourceElementId: 't' as never, targetElementId: 'e' as never }],
    });
    assert.equal((await over(moved.batchOperationKey)).state, 'COMPLETED');
    assert.equal(await stateOf(client, instance), 'COMPLETED');
  });

  it('delete what is over, and nothing else', async (t) => {
    const { client, deployXml, start, over } = await open(t);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    await deployXml('two.bpmn', straight('two'));
    const active = await start('order');
    const ended = [await start('two'), await start('two'), await start('two')];
    const [one = '', ...others] = ended;
    await assert.rejects(
      client.deleteProcessInstance({ processInstanceKey: active as never }),
      /Expected to delete history for process instance with key '\d+', but it is still active/,
    );
    await client.deleteProcessInstance({ processInstanceKey: one as never });
    await assert.rejects(stateOf(client, one), /not found/);
    const elements = await client.searchElementInstances(
      { filter: { processInstanceKey: one as never } },
      NOW,
    );
    assert.equal(elements.page.totalItems, 0);
    const { batchOperationKey } = await client.deleteProcessInstancesBatchOperation({ filter: {} });
    assert.equal((await over(batchOperationKey)).operationsTotalCount, others.length);
    const left = await client.searchProcessInstances({}, NOW);
    assert.deepEqual(
      left.items.map((item) => item.processInstanceKey),
      [active],
    );
  });

  it('are refused by name when there is none, or when they are over', async (t) => {
    const { client, over } = await open(t);
    const { batchOperationKey } = await client.cancelProcessInstancesBatchOperation({ filter: {} });
    assert.equal((await over(batchOperationKey)).state, 'COMPLETED');
    await assert.rejects(
      client.suspendBatchOperation({ batchOperationKey }),
      /Expected to suspend a batch operation with key '\d+', but it has an invalid state 'COMPLETED'/,
    );
    await assert.rejects(
      client.resumeBatchOperation({ batchOperationKey }),
      /Expected to resume a batch operation with key '\d+', but it has an invalid state 'COMPLETED'/,
    );
    await assert.rejects(
      client.cancelBatchOperation({ batchOperationKey: '17' as never }),
      /Expected to cancel a batch operation with key '17', but no such batch operation was found/,
    );
  });
});
