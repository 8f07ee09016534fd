import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  type CamundaClient,
  createCamundaClient,
  type JobActionReceipt,
} from '@camunda8/orchestration-cluster-api';
import { type GrpcWorld, oneTask, openGrpc, straight } from '../support/grpc.ts';
import { until } from '../support/until.ts';

/**
 * Camunda's own client for the Orchestration Cluster API over the commands. It checks each request and each answer
 * against the schemas of its release, strictly.
 */

const NOW = { consistency: { waitUpToMs: 0 } };

interface World extends GrpcWorld {
  readonly client: CamundaClient;
  deployXml(name: string, xml: string): Promise<string>;
  start(id: string, variables?: Record<string, unknown>): Promise<string>;
  /** The state of a batch operation once it is over. */
  over(batchOperationKey: unknown): Promise<Awaited<ReturnType<CamundaClient['getBatchOperation']>>>;
}

async function open(t: TestContext): Promise<World> {
  const world = await openGrpc(t);
  const client = createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: world.tutti.addresses.http,
      CAMUNDA_AUTH_STRATEGY: 'NONE',
      CAMUNDA_SDK_VALIDATION: 'req:strict,res:strict',
    },
    env: {},
    log: { level: 'error' },
  });
  return {
    ...world,
    client,
    deployXml: async (name, xml) => {
      const { processes } = await client.createDeployment({ resources: [new File([xml], name)] });
      return processes[0]?.processDefinitionKey ?? '';
    },
    start: async (id, variables = {}) => {
      const created = await client.createProcessInstance({ processDefinitionId: id as never, variables });
      return created.processInstanceKey;
    },
    over: (batchOperationKey) =>
      until('the batch operation is over', async () => {
        const found = await client.getBatchOperation({ batchOperationKey: batchOperationKey as never }, NOW);
        return found.endDate === null ? undefined : found;
      }),
  };
}

const MESSAGE = `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="waiter" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="c"/>
  <bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="g" sourceRef="c" targetRef="u"/><bpmn:userTask id="u"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
  <bpmn:sequenceFlow id="h" sourceRef="u" targetRef="e"/><bpmn:endEvent id="e"/></bpmn:process></bpmn:definitions>`;

const stateOf = async (client: CamundaClient, key: string) =>
  (await client.getProcessInstance({ processInstanceKey: key as never }, NOW)).state;

describe("Camunda's client for the Orchestration Cluster API gives commands", () => {
  it('deploys, works on jobs and awaits the result', async (t) => {
    const { client, deployXml } = await open(t);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    const worker = client.createJobWorker({
      jobType: 'charge',
      jobTimeoutMs: 10_000,
      maxParallelJobs: 2,
      workerName: 'w',
      pollTimeoutMs: 500,
      jobHandler: async (job): Promise<JobActionReceipt> =>
        job.complete({ total: Number(job.variables['price']) * 2 }),
    });
    t.after(() => worker.stop());
    const result = await client.createProcessInstance({
      processDefinitionId: 'order' as never,
      variables: { price: 21 },
      awaitCompletion: true,
      requestTimeout: 15_000,
    });
    assert.deepEqual(result.variables, { price: 21, total: 42 });
  });

  it('fails jobs, throws errors, changes jobs and resolves incidents', async (t) => {
    const { client, deployXml, start } = await open(t);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    const processInstanceKey = await start('order');
    const activate = async () =>
      (
        await client.activateJobs({
          type: 'charge',
          timeout: 60_000,
          maxJobsToActivate: 1,
          requestTimeout: 2000,
        })
      ).jobs[0] ?? assert.fail('no job');
    const { jobKey } = await activate();
    await client.failJob({ jobKey, retries: 0, errorMessage: 'broken' });
    const { items } = await client.searchIncidents(
      { filter: { processInstanceKey: processInstanceKey as never } },
      NOW,
    );
    const incidentKey = items[0]?.incidentKey ?? assert.fail('no incident');
    await client.updateJob({ jobKey, changeset: { retries: 2 } });
    await client.resolveIncident({ incidentKey });
    const again = await activate();
    assert.equal(again.retries, 2);
    await client.throwJobError({ jobKey, errorCode: 'NO_MONEY' });
    const unhandled = await client.searchIncidents({ filter: { state: 'ACTIVE' } }, NOW);
    assert.equal(unhandled.items[0]?.errorType, 'UNHANDLED_ERROR_EVENT');
  });

  it('publishes and correlates messages, broadcasts signals, completes user tasks', async (t) => {
    const { client, deployXml, start } = await open(t);
    await deployXml('waiter.bpmn', MESSAGE);
    const first = await start('waiter', { order: 'a' });
    const correlated = await client.correlateMessage({
      name: 'paid',
      correlationKey: 'a',
      variables: { by: 'card' },
    });
    assert.equal(correlated.processInstanceKey, first);
    await client.publishMessage({ name: 'paid', correlationKey: 'b', timeToLive: 60_000 });
    const second = await start('waiter', { order: 'b' });
    await client.broadcastSignal({ signalName: 'anybody' });
    const { items } = await client.searchUserTasks({ filter: { state: 'CREATED' } }, NOW);
    assert.deepEqual(items.map((task) => task.processInstanceKey).sort(), [first, second].sort());
    for (const { userTaskKey } of items) {
      await client.assignUserTask({ userTaskKey, assignee: 'ann' });
      await client.updateUserTask({ userTaskKey, changeset: { priority: 80 } });
      await client.completeUserTask({ userTaskKey, variables: { done: true } });
    }
    assert.deepEqual(
      [await stateOf(client, first), await stateOf(client, second)],
      ['COMPLETED', 'COMPLETED'],
    );
  });

  it('evaluates expressions, with the variables of an instance if asked to', async (t) => {
    const { client, deployXml, start, tutti } = await open(t);
    const { result, warnings } = await client.evaluateExpression({
      expression: '=x + sum([1.5, 2])',
      variables: { x: 10 },
    });
    assert.deepEqual([result, warnings], [13.5, []]);
    const missing = await client.evaluateExpression({ expression: '=y' });
    assert.equal(missing.result, null);
    assert.match(JSON.stringify(missing.warnings), /No variable found with name 'y'/);
    await assert.rejects(client.evaluateExpression({ expression: '=1 +' }), /failed to parse expression/);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    const scopeKey = await start('order', { x: 1, y: 2 });
    const response = await fetch(`${tutti.addresses.http}/v2/expression/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ expression: '=x + y', variables: { x: 40 }, scopeKey }),
    });
    assert.equal(((await response.json()) as { result: number }).result, 42);
  });
});

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
      client.cancelBatchOperation({ batchOperationKey: '17' as never }),
      /Expected to cancel a batch operation with key '17', but no such batch operation was found/,
    );
  });
});
