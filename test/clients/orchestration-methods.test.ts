import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chain, message, service, step, userTask } from '../support/chain.ts';
import { once } from '../support/grpc.ts';
import { NOW, open, stateOf } from '../support/orchestration.ts';
import { TRIED } from '../support/tried-orchestration.ts';

const DMN = readFileSync(
  new URL('../../scenarios/business-rule-task/decision-table/d.dmn', import.meta.url),
  'utf8',
);
const NOWHERE = '2251799999999999';

/** Keys and ids have types of their own in this client, and are plain texts all the same. */
const key = (text: unknown) => text as never;

/** What this client makes of a refusal. */
const refused = (status: number, detail: RegExp) => (error: unknown) => {
  const { name, status: actual, detail: said } = error as Record<string, unknown>;
  assert.deepEqual([name, actual], ['HttpSdkError', status], String(error));
  assert.match(String(said), detail);
  return true;
};

describe('The methods of the client for the Orchestration Cluster API', () => {
  it('are each called by a test, or are those of users', () => {
    for (const [method, file] of Object.entries(TRIED)) {
      const text = readFileSync(new URL(`./orchestration-${file}.test.ts`, import.meta.url), 'utf8');
      assert.ok(text.includes(`.${method}(`), `${method} is not in orchestration-${file}.test.ts`);
    }
  });
});

describe("Camunda's client for the Orchestration Cluster API, called strictly,", () => {
  const world = once(open);
  const take = async (type: string) => {
    const { jobs } = await world().client.activateJobs({
      type,
      timeout: 60_000,
      maxJobsToActivate: 1,
      requestTimeout: 5000,
    });
    return jobs[0] ?? assert.fail(`no job of type ${type}`);
  };

  it('deploys files and what is in memory, and is told what came of each', async (t) => {
    const { client } = world();
    const folder = mkdtempSync(join(tmpdir(), 'tutti-orchestration-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'filed.bpmn'), chain('filed', [service('filed')]));
    writeFileSync(join(folder, 'd.dmn'), DMN);
    writeFileSync(
      join(folder, 'check.form'),
      JSON.stringify({ id: 'check', type: 'default', components: [] }),
    );
    const paths = ['filed.bpmn', 'd.dmn', 'check.form'].map((name) => join(folder, name));
    const all = await client.deployResourcesFromFiles(paths, { tenantId: key('<default>') });
    assert.deepEqual(
      [all.processes.length, all.decisions.length, all.decisionRequirements.length, all.forms.length],
      [1, 1, 1, 1],
    );
    assert.deepEqual(
      [all.processes[0]?.resourceName, all.processes[0]?.processDefinitionVersion, all.tenantId],
      ['filed.bpmn', 1, '<default>'],
    );
    const xml = chain('typed', [step('nothing', 'task')]);
    const typed = new File([xml], 'typed.bpmn', { type: 'application/xml' });
    const memory = await client.createDeployment({ resources: [typed] });
    assert.equal(memory.processes[0]?.processDefinitionId, 'typed');
    await assert.rejects(client.createDeployment({ resources: [new Blob([xml])] } as never));
    const broken = new File(['<bpmn>no'], 'broken.bpmn');
    await assert.rejects(client.createDeployment({ resources: [broken] }), refused(400, /broken\.bpmn/));
  });

  it('starts instances with tags and a business id, from elements and up to elements', async () => {
    const { client, deployXml } = world();
    await deployXml('made.bpmn', chain('made', [service('made-1'), service('made-2')]));
    const made = await client.createProcessInstance({
      processDefinitionId: key('made'),
      tags: [key('one'), key('two')],
      businessId: key('order-7'),
    });
    assert.deepEqual([[...(made.tags ?? [])].sort(), made.businessId], [['one', 'two'], 'order-7']);
    const job = await take('made-1');
    assert.deepEqual([...(job.tags ?? [])].sort(), ['one', 'two']);
    const { processInstanceKey } = made;
    const shown = await client.getProcessInstance({ processInstanceKey }, NOW);
    assert.deepEqual([[...shown.tags].sort(), shown.businessId], [['one', 'two'], 'order-7']);
    const byTag = await client.searchProcessInstances({ filter: { tags: [key('two')] } }, NOW);
    assert.deepEqual(
      byTag.items.map((item) => item.processInstanceKey),
      [processInstanceKey],
    );
    await client.cancelProcessInstance({ processInstanceKey, operationReference: 5 });
    assert.equal(await stateOf(client, processInstanceKey), 'TERMINATED');
    await assert.rejects(client.cancelProcessInstance({ processInstanceKey }), refused(404, /CANCEL/));
    const part = await client.createProcessInstance({
      processDefinitionId: key('made'),
      startInstructions: [{ elementId: key('do-made-2') }],
      runtimeInstructions: [{ type: 'TERMINATE_PROCESS_INSTANCE', afterElementId: key('do-made-2') }],
    });
    await client.completeJob({ jobKey: (await take('made-2')).jobKey, variables: { done: true } });
    assert.equal(await stateOf(client, part.processInstanceKey), 'TERMINATED');
  });

  it('awaits results: all of them, some of them, and in vain', async () => {
    const { client, deployXml } = world();
    await deployXml('short.bpmn', chain('short', [step('nothing', 'task')]));
    const request = { processDefinitionId: key('short'), variables: { a: 1, b: [2] }, awaitCompletion: true };
    assert.deepEqual((await client.createProcessInstance(request)).variables, { a: 1, b: [2] });
    const some = await client.createProcessInstance({ ...request, fetchVariables: ['b'] });
    assert.deepEqual(some.variables, { b: [2] });
    await deployXml('endless.bpmn', chain('endless', [service('endless')]));
    await assert.rejects(
      client.createProcessInstance(
        { processDefinitionId: key('endless'), awaitCompletion: true, requestTimeout: 100 },
        { retry: false },
      ),
      refused(504, /./),
    );
  });

  it('changes instances: variables, other elements, another version', async () => {
    const { client, deployXml, start } = world();
    await deployXml('moved.bpmn', chain('moved', [service('moved-1'), service('moved-2')]));
    const processInstanceKey = key(await start('moved', { n: 1 }));
    const job = await take('moved-1');
    const { elementInstanceKey } = job;
    await client.createElementInstanceVariables({ elementInstanceKey, variables: { n: 2 }, local: true });
    const { items } = await client.searchVariables(
      { filter: { processInstanceKey }, sort: [{ field: 'value' }] },
      NOW,
    );
    assert.deepEqual(
      items.map(({ name, value, scopeKey }) => [name, value, scopeKey === elementInstanceKey]),
      [
        ['n', '1', false],
        ['n', '2', true],
      ],
    );
    await client.modifyProcessInstance({
      processInstanceKey,
      activateInstructions: [
        { elementId: key('do-moved-2'), variableInstructions: [{ variables: { m: 3 } }] },
      ],
      terminateInstructions: [{ elementInstanceKey }],
    });
    assert.equal((await take('moved-2')).variables['m'], 3);
    await client.modifyProcessInstance({
      processInstanceKey,
      moveInstructions: [
        {
          sourceElementInstruction: { sourceType: 'byId', sourceElementId: key('do-moved-2') },
          targetElementId: key('do-moved-1'),
        },
      ],
    });
    const again = await take('moved-1');
    assert.equal(again.processInstanceKey, processInstanceKey);
    const next = [service('moved-1'), service('moved-2'), service('moved-3')];
    const target = await deployXml('moved.bpmn', chain('moved', next));
    await client.migrateProcessInstance({
      processInstanceKey,
      targetProcessDefinitionKey: key(target),
      mappingInstructions: [{ sourceElementId: key('do-moved-1'), targetElementId: key('do-moved-1') }],
    });
    const migrated = await client.getProcessInstance({ processInstanceKey }, NOW);
    assert.deepEqual([migrated.processDefinitionKey, migrated.processDefinitionVersion], [target, 2]);
  });

  it('activates elements of an ad-hoc subprocess', async () => {
    const { client, deployXml, start } = world();
    const inside = ['left', 'right'].map((type) => service(`ad-hoc-${type}`).element).join('');
    await deployXml('ad-hoc.bpmn', chain('ad-hoc', [step('free', 'adHocSubProcess', '', inside)]));
    const processInstanceKey = key(await start('ad-hoc'));
    const { items } = await client.searchElementInstances(
      { filter: { processInstanceKey, elementId: key('free') } },
      NOW,
    );
    await client.activateAdHocSubProcessActivities({
      adHocSubProcessInstanceKey: items[0]?.elementInstanceKey ?? assert.fail('no subprocess'),
      elements: [{ elementId: key('do-ad-hoc-right'), variables: { chosen: true } }],
    });
    assert.equal((await take('ad-hoc-right')).variables['chosen'], true);
  });

  it('evaluates the conditions that start processes', async () => {
    const { client, deployXml } = world();
    const start =
      '<bpmn:conditionalEventDefinition id="c"><bpmn:condition xsi:type="bpmn:tFormalExpression" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">=heat &gt; 30</bpmn:condition></bpmn:conditionalEventDefinition>';
    await deployXml('hot.bpmn', chain('hot', [service('hot')], '', start));
    const none = await client.evaluateConditionals({ variables: { heat: 20 } });
    assert.deepEqual(none.processInstances, []);
    const hot = await client.evaluateConditionals({ variables: { heat: 40 } });
    const job = await take('hot');
    assert.deepEqual(
      hot.processInstances.map((one) => one.processInstanceKey),
      [job.processInstanceKey],
    );
    assert.equal(job.variables['heat'], 40);
  });

  it('reads forms, and the absence of forms', async () => {
    const { client, deployXml, start, tutti } = world();
    const form = new File([JSON.stringify({ id: 'sign', type: 'default', components: [] })], 'sign.form');
    await client.createDeployment({ resources: [form] });
    const linked = '<zeebe:formDefinition formId="sign"/>';
    const extension = `<bpmn:extensionElements>${linked}</bpmn:extensionElements>`;
    const plain = await deployXml('plain.bpmn', chain('plain', [userTask('plain-task')]));
    const signed = await deployXml(
      'signed.bpmn',
      chain('signed', [userTask('sign-it', linked)], '', extension),
    );
    const task = async (id: string) => {
      const filter = { processInstanceKey: key(await start(id)) };
      const { items } = await client.searchUserTasks({ filter }, NOW);
      return items[0]?.userTaskKey ?? assert.fail('no task');
    };
    assert.equal((await client.getUserTaskForm({ userTaskKey: await task('signed') }, NOW))?.formId, 'sign');
    const begun = await client.getStartProcessForm({ processDefinitionKey: key(signed) }, NOW);
    assert.equal(begun?.formId, 'sign');
    // Its schemas know no answer without a form, though the API has one.
    const status = async (path: string) => (await fetch(`${tutti.addresses.http}/v2/${path}/form`)).status;
    assert.equal(await status(`user-tasks/${await task('plain')}`), 204);
    assert.equal(await status(`process-definitions/${plain}`), 204);
  });

  it('reads what was done to user tasks, by whatever the log knows of it', async () => {
    const { client, deployXml, start } = world();
    await deployXml('logged.bpmn', chain('logged', [userTask('log-it')]));
    const processInstanceKey = key(await start('logged'));
    const { items: tasks } = await client.searchUserTasks({ filter: { processInstanceKey } }, NOW);
    const { userTaskKey } = tasks[0] ?? assert.fail('no task');
    await client.assignUserTask({ userTaskKey, assignee: 'ann' });
    await client.updateUserTask({ userTaskKey, changeset: { priority: 7 } });
    await client.completeUserTask({ userTaskKey });
    const search = async (filter: object) =>
      (
        await client.searchAuditLogs(
          { filter: { processInstanceKey, ...filter }, sort: [{ field: 'timestamp', order: 'ASC' }] },
          NOW,
        )
      ).items;
    const all = await search({ entityType: 'USER_TASK', category: 'USER_TASKS' });
    assert.deepEqual(
      all.map(({ operationType, result, entityKey, actorType }) => [
        operationType,
        result,
        entityKey === String(userTaskKey),
        actorType,
      ]),
      ['ASSIGN', 'UPDATE', 'COMPLETE'].map((operation) => [operation, 'SUCCESS', true, 'ANONYMOUS']),
    );
    assert.deepEqual(await search({ operationType: { $in: ['UPDATE'] } }), all.slice(1, 2));
    assert.deepEqual(await search({ userTaskKey: key(NOWHERE) }), []);
    const { auditLogKey } = all[0] ?? assert.fail('nothing logged');
    assert.deepEqual(await client.getAuditLog({ auditLogKey }, NOW), all[0]);
    await assert.rejects(
      client.getAuditLog({ auditLogKey: key(NOWHERE) }, NOW),
      refused(404, new RegExp(NOWHERE)),
    );
  });

  it('deletes what decisions decided, one and many, and resources', async () => {
    const { client, deployXml, over } = world();
    const { decisions } = await client.createDeployment({ resources: [new File([DMN], 'd.dmn')] });
    const { decisionDefinitionKey } = decisions[0] ?? assert.fail('no decision');
    const decide = async (total: number) => {
      const variables = { customer: 'gold', total };
      return (await client.evaluateDecision({ decisionDefinitionKey, variables })).decisionEvaluationKey;
    };
    const [first, second, third] = [await decide(1), await decide(2), await decide(3)];
    const left = async () => {
      const found = await client.searchDecisionInstances({ filter: { decisionDefinitionKey } }, NOW);
      return found.items.map((item) => item.decisionEvaluationKey).sort();
    };
    await client.deleteDecisionInstance({ decisionEvaluationKey: first });
    assert.deepEqual(await left(), [second, third].sort());
    const { batchOperationKey } = await client.deleteDecisionInstancesBatchOperation({
      filter: { decisionDefinitionKey },
    });
    assert.equal((await over(batchOperationKey)).state, 'COMPLETED');
    assert.deepEqual(await left(), []);
    await assert.rejects(client.resumeBatchOperation({ batchOperationKey }), refused(409, /'COMPLETED'/));
    const gone = await deployXml('gone.bpmn', chain('gone', [service('gone')]));
    await client.deleteResource({ resourceKey: key(gone), operationReference: 4 });
    await assert.rejects(
      client.createProcessInstance({ processDefinitionId: key('gone') }),
      refused(404, /'gone'/),
    );
  });

  it('is told what is not there, what is wrong, and what is for others', async () => {
    const { client, deployXml, start } = world();
    const none = { processInstanceKey: key(NOWHERE) };
    await assert.rejects(client.completeJob({ jobKey: key(NOWHERE) }), refused(404, /COMPLETE/));
    await assert.rejects(client.failJob({ jobKey: key(NOWHERE) }), refused(404, /FAIL/));
    await assert.rejects(
      client.throwJobError({ jobKey: key(NOWHERE), errorCode: 'X' }),
      refused(404, /THROW_ERROR/),
    );
    await assert.rejects(
      client.updateJob({ jobKey: key(NOWHERE), changeset: { retries: 1 } }),
      refused(404, /UPDATE/),
    );
    await assert.rejects(client.resolveIncident({ incidentKey: key(NOWHERE) }), refused(404, /RESOLVE/));
    await assert.rejects(client.modifyProcessInstance(none), refused(404, /MODIFY/));
    await assert.rejects(client.deleteProcessInstance(none), refused(404, /./));
    await assert.rejects(client.getProcessInstance(none, NOW), refused(404, new RegExp(NOWHERE)));
    await assert.rejects(client.completeUserTask({ userTaskKey: key(NOWHERE) }), refused(404, /COMPLETE/));
    await assert.rejects(client.deleteResource({ resourceKey: key(NOWHERE) }), refused(404, /DELETE/));
    await assert.rejects(
      client.getResource({ resourceKey: key(NOWHERE) }),
      refused(404, new RegExp(NOWHERE)),
    );
    await assert.rejects(
      client.correlateMessage({ name: 'nobody', correlationKey: 'waits' }),
      refused(404, /'nobody'/),
    );
    await assert.rejects(
      client.getBatchOperation({ batchOperationKey: key(NOWHERE) }, NOW),
      refused(404, new RegExp(NOWHERE)),
    );
    await deployXml('others.bpmn', chain('others', [service('others'), message('m', 'm', 'k')]));
    const acme = { tenantId: key('acme') };
    const processDefinitionId = key('others');
    const disabled = /tenant identifier 'acme', but multi-tenancy is disabled/;
    await assert.rejects(
      client.createProcessInstance({ processDefinitionId, ...acme }),
      refused(400, disabled),
    );
    await assert.rejects(
      client.publishMessage({ name: 'm', timeToLive: 1, ...acme }),
      refused(400, disabled),
    );
    await assert.rejects(client.broadcastSignal({ signalName: 's', ...acme }), refused(400, disabled));
    await start('others');
    const { jobKey } = await take('others');
    await assert.rejects(client.updateJob({ jobKey, changeset: { retries: 0 } }), refused(400, /retries/));
    await assert.rejects(client.pinClock({ timestamp: Date.now() }), refused(403, /./));
    await assert.rejects(client.resetClock(), refused(403, /./));
    // What does not fit its schemas the client does not even send.
    await assert.rejects(
      client.getProcessInstance({ processInstanceKey: key('abc') }, NOW),
      /validation failed/,
    );
    await assert.rejects(
      client.searchProcessInstances({ page: { limit: 'many' } } as never, NOW),
      /validation failed/,
    );
  });
});
