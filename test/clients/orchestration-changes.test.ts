import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';
import { startTutti } from '../../src/tutti.ts';
import { oneTask } from '../support/grpc.ts';
import { NOW, open, stateOf } from '../support/orchestration.ts';

/** What else Camunda's client can change and read, checked strictly against its schemas. */

const scenario = (path: string) => readFileSync(new URL(`../../scenarios/${path}`, import.meta.url), 'utf8');
const DMN = scenario('business-rule-task/decision-table/d.dmn');

describe("Camunda's client for the Orchestration Cluster API", () => {
  it('changes what runs: variables, elements, definitions, and its end', async (t) => {
    const { client, deployXml, start } = await open(t);
    const first = await deployXml('order.bpmn', oneTask('order', 'charge'));
    const second = await deployXml('order.bpmn', oneTask('order', 'refund'));
    assert.notEqual(first, second);
    const created = await client.createProcessInstance({
      processDefinitionKey: first as never,
      tags: ['vip', 'a:b'] as never,
      businessId: 'B-1' as never,
    });
    assert.deepEqual([created.tags, created.businessId], [['vip', 'a:b'], 'B-1']);
    const { processInstanceKey } = created;
    await client.createElementInstanceVariables({
      elementInstanceKey: processInstanceKey as never,
      variables: { price: 3 },
    });
    await client.migrateProcessInstance({
      processInstanceKey,
      targetProcessDefinitionKey: second as never,
      mappingInstructions: [{ sourceElementId: 't' as never, targetElementId: 't' as never }],
    });
    const instance = await client.getProcessInstance({ processInstanceKey }, NOW);
    assert.equal(instance.processDefinitionVersion, 2);
    await client.modifyProcessInstance({
      processInstanceKey,
      moveInstructions: [
        {
          sourceElementInstruction: { sourceType: 'byId', sourceElementId: 't' as never },
          targetElementId: 't' as never,
          variableInstructions: [{ variables: { moved: true } }],
        },
      ],
    });
    const { items } = await client.searchElementInstances(
      { filter: { elementId: 't' as never, state: 'ACTIVE' } },
      NOW,
    );
    assert.equal(items.length, 1);
    const [job] = (await client.activateJobs({ type: 'refund', timeout: 60_000, maxJobsToActivate: 5 })).jobs;
    assert.deepEqual([job?.variables, job?.tags], [{ price: 3, moved: true }, ['vip', 'a:b']]);
    await client.completeJob({ jobKey: job?.jobKey ?? assert.fail('no job'), variables: null });
    assert.equal(await stateOf(client, processInstanceKey), 'COMPLETED');
    const other = await start('order');
    await client.cancelProcessInstance({ processInstanceKey: other as never });
    assert.equal(await stateOf(client, other), 'TERMINATED');
  });

  it('starts by conditions and activates elements of ad-hoc subprocesses', async (t) => {
    const { client, deployXml } = await open(t);
    await deployXml('a.bpmn', scenario('conditional-start/one-definition/a.bpmn'));
    const begun = await client.evaluateConditionals({ variables: { x: 5 } });
    assert.equal(begun.processInstances.length, 1);
    const folder = 'ad-hoc-subprocess/activation-by-command';
    await deployXml('p.bpmn', scenario(`${folder}/process.bpmn`));
    const { processDefinitionId } =
      (await client.searchProcessDefinitions({ filter: { resourceName: 'p.bpmn' } }, NOW)).items.at(0) ??
      assert.fail('not deployed');
    await client.createProcessInstance({ processDefinitionId });
    const within = { filter: { type: 'AD_HOC_SUB_PROCESS', state: 'ACTIVE' } } as const;
    const [subprocess] = (await client.searchElementInstances(within, NOW)).items;
    const adHocSubProcessInstanceKey = subprocess?.elementInstanceKey ?? assert.fail('no subprocess');
    await client.activateAdHocSubProcessActivities({
      adHocSubProcessInstanceKey,
      elements: [{ elementId: 'A' as never, variables: { n: 1 } }],
    });
    const { items } = await client.searchElementInstances({ filter: { elementId: 'A' as never } }, NOW);
    assert.equal(items.length, 1);
  });

  it('deletes decisions evaluated and resources deployed, one by one and by filter', async (t) => {
    const { client, over } = await open(t);
    const { decisions } = await client.createDeployment({ resources: [new File([DMN], 'd.dmn')] });
    const { decisionDefinitionKey } = decisions.at(0) ?? assert.fail('no decision');
    const evaluate = async () =>
      (await client.evaluateDecision({ decisionDefinitionKey, variables: { customer: 'gold', total: 50 } }))
        .decisionEvaluationKey;
    const one = await evaluate();
    await evaluate();
    await client.deleteDecisionInstance({ decisionEvaluationKey: one });
    const { batchOperationKey } = await client.deleteDecisionInstancesBatchOperation({
      filter: { decisionDefinitionKey },
    });
    assert.equal((await over(batchOperationKey)).operationsCompletedCount, 1);
    const { items } = await client.searchBatchOperationItems({ filter: { state: 'COMPLETED' } }, NOW);
    assert.deepEqual(
      items.map((item) => [item.processInstanceKey, item.rootProcessInstanceKey]),
      [['-1', null]],
      'an evaluation of no process',
    );
    const [graph] = (await client.searchDecisionRequirements({}, NOW)).items;
    const resourceKey = graph?.decisionRequirementsKey ?? assert.fail('no graph');
    const deleted = await client.deleteResource({ resourceKey: resourceKey as never, deleteHistory: true });
    assert.equal(deleted.batchOperation?.batchOperationType, 'DELETE_DECISION_INSTANCE');
    assert.equal((await client.searchDecisionRequirements({}, NOW)).items.length, 0);
  });

  it('reads the audit log of all user tasks, and one entry of it', async (t) => {
    const { client, deployXml, start } = await open(t);
    const task = oneTask('approval').replace(/<bpmn:serviceTask[\s\S]*<\/bpmn:serviceTask>/, USER_TASK);
    await deployXml('approval.bpmn', task);
    await start('approval');
    const { items } = await client.searchUserTasks({ filter: { state: 'CREATED' } }, NOW);
    const { userTaskKey } = items.at(0) ?? assert.fail('no user task');
    await client.assignUserTask({ userTaskKey, assignee: 'ann' });
    await client.completeUserTask({ userTaskKey, variables: null, action: null });
    const log = await client.searchAuditLogs(
      {
        filter: { entityType: 'USER_TASK', category: 'USER_TASKS', actorType: 'ANONYMOUS' },
        sort: [{ field: 'timestamp' }, { field: 'auditLogKey' }],
      },
      NOW,
    );
    assert.deepEqual(
      log.items.map((entry) => [entry.operationType, entry.result, entry.entityKey]),
      [
        ['ASSIGN', 'SUCCESS', userTaskKey],
        ['COMPLETE', 'SUCCESS', userTaskKey],
      ],
    );
    const [entry] = log.items;
    assert.deepEqual(
      await client.getAuditLog({ auditLogKey: entry?.auditLogKey ?? assert.fail('no entry') }, NOW),
      entry,
    );
    const none = await client.searchAuditLogs({ filter: { entityType: 'PROCESS_INSTANCE' } }, NOW);
    assert.equal(none.page.totalItems, 0);
  });

  it('reads the system configuration, and cluster variables cut or whole', async (t) => {
    const { client } = await open(t);
    const { jobMetrics } = await client.getSystemConfiguration();
    assert.deepEqual([jobMetrics.enabled, jobMetrics.exportInterval], [true, 'PT1M']);
    await client.createGlobalClusterVariable({ name: 'long', value: { text: 'x'.repeat(10_000) } });
    await client.createGlobalClusterVariable({ name: 'short', value: { n: 1 } });
    const cut = await client.searchClusterVariables({ filter: { isTruncated: true } }, NOW);
    assert.deepEqual(
      cut.items.map(({ name, value, isTruncated }) => [name, value.length, isTruncated]),
      [['long', 8191, true]],
    );
    const whole = await client.searchClusterVariables(
      { truncateValues: false, sort: [{ field: 'name' }] },
      NOW,
    );
    assert.deepEqual(
      whole.items.map(({ isTruncated, value }) => [isTruncated, value.length > 8191]),
      [
        [false, true],
        [false, false],
      ],
    );
  });

  it('pins a controllable clock, and lets it go', async (t) => {
    const client = await controllable(t);
    const timestamp = Date.UTC(2040, 0, 1);
    await client.pinClock({ timestamp });
    await client.resetClock();
  });
});

const USER_TASK =
  '<bpmn:userTask id="t"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>';

async function controllable(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-clock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const tutti = await startTutti({ data: folder, http: 0, grpc: 0, clock: 'controllable' });
  t.after(() => tutti.close());
  return createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: tutti.addresses.http,
      CAMUNDA_AUTH_STRATEGY: 'NONE',
      CAMUNDA_SDK_VALIDATION: 'req:strict,res:strict',
    },
    env: {},
    log: { level: 'error' },
  });
}
