import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { type CamundaClient, createCamundaClient } from '@camunda8/orchestration-cluster-api';
import { type GrpcWorld, openGrpc } from '../support/grpc.ts';
import { until } from '../support/until.ts';

/**
 * Camunda's own client for the Orchestration Cluster API over the reads. It checks each request and each answer
 * against the schemas of its release, strictly: a member that is missing or wrong fails the call.
 */

/** Reads see what was written before, so nobody has to wait. */
const NOW = { consistency: { waitUpToMs: 0 } };

const DMN = readFileSync(
  new URL('../../scenarios/business-rule-task/decision-table/d.dmn', import.meta.url),
  'utf8',
);

const model = (processes: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">${processes}</bpmn:definitions>`;

const extended = (text: string): string => `<bpmn:extensionElements>${text}</bpmn:extensionElements>`;

/** Start, the node `t`, end. */
const around = (id: string, node: string, attributes = '', extension = '', start = ''): string =>
  `<bpmn:process id="${id}" isExecutable="true" ${attributes}>${extension}
   <bpmn:startEvent id="s">${start}</bpmn:startEvent><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t"/>${node}
   <bpmn:sequenceFlow id="g" sourceRef="t" targetRef="e"/><bpmn:endEvent id="e"/></bpmn:process>`;

const TASKS = model(
  around(
    'approval',
    `<bpmn:userTask id="t" name="Check it">${extended(
      `<zeebe:userTask/><zeebe:formDefinition formId="check"/><zeebe:assignmentDefinition candidateGroups="desk, board"/>
       <zeebe:ioMapping><zeebe:input source="=1" target="inner"/><zeebe:input source="=&quot;mine&quot;" target="both"/></zeebe:ioMapping>
       <zeebe:taskSchedule dueDate="2040-05-06T07:08:09Z"/><zeebe:priorityDefinition priority="60"/>`,
    )}</bpmn:userTask>`,
    'name="Approval"',
    extended('<zeebe:versionTag value="v7"/>'),
    extended('<zeebe:formDefinition formId="check"/>'),
  ),
);
const CALLER = model(
  around(
    'caller',
    `<bpmn:callActivity id="t">${extended('<zeebe:calledElement processId="called" propagateAllChildVariables="false"/>')}</bpmn:callActivity>`,
  ),
);
const CALLED = model(
  around(
    'called',
    `<bpmn:serviceTask id="t">${extended('<zeebe:taskDefinition type="work" retries="2"/>')}</bpmn:serviceTask>`,
    'name="Called"',
  ),
);
const WAITS = model(
  `<bpmn:message id="m" name="paid">${extended('<zeebe:subscription correlationKey="=order"/>')}</bpmn:message>${around(
    'waiter',
    '<bpmn:intermediateCatchEvent id="t"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>',
  )}`,
);
const FORM = JSON.stringify({ id: 'check', type: 'default', components: [] });

interface World extends GrpcWorld {
  readonly client: CamundaClient;
  start(bpmnProcessId: string, variables?: object): Promise<string>;
}

async function open(t: TestContext, validation = 'req:strict,res:strict'): Promise<World> {
  const world = await openGrpc(t);
  const client = createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: world.tutti.addresses.http,
      CAMUNDA_AUTH_STRATEGY: 'NONE',
      CAMUNDA_SDK_VALIDATION: validation,
    },
    env: {},
  });
  return {
    ...world,
    client,
    start: async (bpmnProcessId, variables = {}) => {
      const created = await world.call('CreateProcessInstance', {
        bpmnProcessId,
        version: -1,
        variables: JSON.stringify(variables),
      });
      return String(created['processInstanceKey']);
    },
  };
}

/** Keys have types of their own in this client, and are plain texts all the same. */
const key = (text: string) => text as never;

describe("Camunda's client for the Orchestration Cluster API, reading", () => {
  it('finds definitions, their XML, their forms and their numbers', async (t) => {
    const { client, deploy, start } = await open(t);
    await deploy('check.form', FORM);
    await deploy('approval.bpmn', TASKS);
    await start('approval');
    const { items, page } = await client.searchProcessDefinitions(
      { filter: { processDefinitionId: 'approval', isLatestVersion: true }, sort: [{ field: 'version' }] },
      NOW,
    );
    assert.deepEqual(
      { ...page, startCursor: '', endCursor: '' },
      {
        totalItems: 1,
        hasMoreTotalItems: false,
        startCursor: '',
        endCursor: '',
      },
    );
    const definition = items.at(0) ?? assert.fail('no definition');
    assert.deepEqual(definition, {
      processDefinitionKey: definition.processDefinitionKey,
      processDefinitionId: 'approval',
      name: 'Approval',
      resourceName: 'approval.bpmn',
      version: 1,
      versionTag: 'v7',
      tenantId: '<default>',
      hasStartForm: true,
      state: 'ACTIVE',
    });
    const { processDefinitionKey } = definition;
    assert.deepEqual(await client.getProcessDefinition({ processDefinitionKey }, NOW), definition);
    assert.equal(await client.getProcessDefinitionXml({ processDefinitionKey }, NOW), TASKS);
    const form = await client.getStartProcessForm({ processDefinitionKey }, NOW);
    assert.ok(form);
    assert.equal(form.schema, FORM);
    const elements = await client.getProcessDefinitionStatistics({ processDefinitionKey }, NOW);
    assert.deepEqual(elements.items, [
      { elementId: 's', active: 0, canceled: 0, incidents: 0, completed: 1 },
      { elementId: 't', active: 1, canceled: 0, incidents: 0, completed: 0 },
    ]);
    const none = await client.getProcessDefinitionStatistics(
      { processDefinitionKey, filter: { state: 'COMPLETED' } },
      NOW,
    );
    assert.deepEqual(none.items, []);
    const byProcess = await client.getProcessDefinitionInstanceStatistics({}, NOW);
    assert.deepEqual(byProcess.items, [
      {
        processDefinitionId: 'approval',
        tenantId: '<default>',
        latestProcessDefinitionName: 'Approval',
        hasMultipleVersions: false,
        activeInstancesWithoutIncidentCount: 1,
        activeInstancesWithIncidentCount: 0,
      },
    ]);
    const byVersion = await client.getProcessDefinitionInstanceVersionStatistics(
      { filter: { processDefinitionId: key('approval') }, sort: [{ field: 'processDefinitionVersion' }] },
      NOW,
    );
    assert.equal(byVersion.items.at(0)?.activeInstancesWithoutIncidentCount, 1);
    const resource = await client.getResource({ resourceKey: key(processDefinitionKey) });
    assert.equal(resource.resourceId, 'approval');
    assert.equal(await client.getResourceContent({ resourceKey: key(processDefinitionKey) }), TASKS);
  });

  it('finds user tasks with what they see, and what was done to them', async (t) => {
    const { client, deploy, start } = await open(t);
    await deploy('check.form', FORM);
    await deploy('approval.bpmn', TASKS);
    const processInstanceKey = await start('approval', { both: 'outer', big: 'x'.repeat(9000) });
    const { items } = await client.searchUserTasks(
      {
        filter: {
          state: 'CREATED',
          candidateGroup: { $in: ['board'] },
          dueDate: { $gte: '2040-01-01T00:00:00Z' },
          localVariables: [{ name: 'inner', value: '1' }],
          processInstanceVariables: [{ name: 'both', value: { $like: '"out*' } }],
        },
        sort: [{ field: 'dueDate', order: 'DESC' }],
      },
      NOW,
    );
    const task = items.at(0) ?? assert.fail('no task');
    const { userTaskKey } = task;
    assert.deepEqual(
      [task.name, task.candidateGroups, task.dueDate, task.priority, task.assignee, task.processName],
      ['Check it', ['desk', 'board'], '2040-05-06T07:08:09.000Z', 60, null, 'Approval'],
    );
    assert.equal(task.processInstanceKey, processInstanceKey);
    assert.equal((await client.getUserTaskForm({ userTaskKey }, NOW))?.formId, 'check');
    const all = await client.searchUserTaskVariables({ userTaskKey, sort: [{ field: 'name' }] }, NOW);
    assert.deepEqual(
      all.items.map(({ name, isTruncated }) => [name, isTruncated]),
      [
        ['big', true],
        ['both', false],
        ['both', false],
        ['inner', false],
      ],
    );
    const effective = await client.searchUserTaskEffectiveVariables(
      { userTaskKey, truncateValues: false, sort: [{ field: 'name' }], page: { from: 0, limit: 2 } },
      NOW,
    );
    assert.deepEqual(
      effective.items.map(({ name, value }) => [name, value.length]),
      [
        ['big', 9002],
        ['both', '"mine"'.length],
      ],
    );
    assert.equal(effective.page.totalItems, 3);

    await client.assignUserTask({ userTaskKey, assignee: 'ann' });
    await client.unassignUserTask({ userTaskKey });
    await client.completeUserTask({ userTaskKey });
    const log = await client.searchUserTaskAuditLogs({ userTaskKey, sort: [{ field: 'auditLogKey' }] }, NOW);
    assert.deepEqual(
      log.items.map(({ operationType, result }) => [operationType, result]),
      [
        ['ASSIGN', 'SUCCESS'],
        ['UNASSIGN', 'SUCCESS'],
        ['COMPLETE', 'SUCCESS'],
      ],
    );
    const done = await client.getUserTask({ userTaskKey }, NOW);
    assert.equal(done.state, 'COMPLETED');
    assert.ok(done.completionDate);
  });

  it('finds called instances, their elements, jobs and incidents, and counts them', async (t) => {
    const { client, deploy, start, call, collect } = await open(t);
    await deploy('called.bpmn', CALLED);
    await deploy('caller.bpmn', CALLER);
    const caller = await start('caller', { n: 7 });
    const before = new Date(Date.now() - 3_600_000).toISOString();
    const after = new Date(Date.now() + 3_600_000).toISOString();
    const { items: called } = await client.searchProcessInstances(
      { filter: { parentProcessInstanceKey: key(caller), processDefinitionName: { $like: 'Cal?ed' } } },
      NOW,
    );
    const { processInstanceKey, rootProcessInstanceKey } = called.at(0) ?? assert.fail('none called');
    assert.equal(rootProcessInstanceKey, caller);
    assert.deepEqual(
      (await client.getProcessInstanceCallHierarchy({ processInstanceKey }, NOW)).map((entry) => [
        entry.processInstanceKey,
        entry.processDefinitionName,
      ]),
      [
        [caller, 'caller'],
        [processInstanceKey, 'Called'],
      ],
    );
    const fail = async (retries: number, errorMessage: string) => {
      const batches = await until('the job is there', async () => {
        const found = await collect('ActivateJobs', {
          type: 'work',
          worker: 'w1',
          timeout: 60_000,
          maxJobsToActivate: 1,
          requestTimeout: 1000,
        });
        return found.length > 0 ? found : undefined;
      });
      const [job] = batches.flatMap((batch) => batch['jobs'] as { key: string }[]);
      await call('FailJob', { jobKey: job?.key, retries, errorMessage });
    };
    await fail(1, 'not yet');
    const waiting = await client.searchProcessInstances({ filter: { hasRetriesLeft: true } }, NOW);
    assert.deepEqual(
      waiting.items.map((item) => item.processInstanceKey),
      [processInstanceKey],
    );
    await fail(0, 'broken');
    const jobs = await client.searchJobs(
      {
        filter: { type: 'work', state: 'FAILED', deadline: { $exists: true } },
        sort: [{ field: 'retries' }],
      },
      NOW,
    );
    assert.deepEqual(
      jobs.items.map((job) => [job.worker, job.retries, job.errorMessage, job.hasFailedWithRetriesLeft]),
      [['w1', 0, 'broken', false]],
    );
    const { items: incidents } = await client.searchProcessInstanceIncidents(
      { processInstanceKey: key(caller), filter: { state: 'ACTIVE' } },
      NOW,
    );
    const incident = incidents.at(0) ?? assert.fail('no incident');
    assert.equal(incident.processInstanceKey, processInstanceKey);
    assert.deepEqual(await client.getIncident({ incidentKey: incident.incidentKey }, NOW), incident);
    const { items: elements } = await client.searchElementInstances(
      { filter: { processInstanceKey: key(caller), type: 'CALL_ACTIVITY', state: { $eq: 'ACTIVE' } } },
      NOW,
    );
    const { elementInstanceKey, hasIncident } = elements.at(0) ?? assert.fail('no element');
    assert.equal(hasIncident, true);
    assert.equal(
      (await client.getProcessInstance({ processInstanceKey: key(caller) }, NOW)).hasIncident,
      true,
    );
    assert.equal((await client.getElementInstance({ elementInstanceKey }, NOW)).elementName, 't');
    const inside = await client.searchElementInstanceIncidents({ elementInstanceKey }, NOW);
    assert.deepEqual(inside.items, incidents);
    const byError = await client.getProcessInstanceStatisticsByError({}, NOW);
    const error = byError.items.at(0) ?? assert.fail('no error');
    assert.deepEqual([error.errorMessage, error.activeInstancesWithErrorCount], ['broken', 1]);
    const byDefinition = await client.getProcessInstanceStatisticsByDefinition(
      { filter: { errorHashCode: error.errorHashCode } },
      NOW,
    );
    assert.equal(byDefinition.items.at(0)?.processDefinitionName, 'Called');
    const found = await client.searchProcessInstances(
      {
        filter: {
          incidentErrorHashCode: error.errorHashCode,
          elementId: 't',
          hasElementInstanceIncident: true,
          $or: [{ errorMessage: 'broken' }, { hasIncident: false }],
        },
      },
      NOW,
    );
    assert.deepEqual(
      found.items.map((item) => item.processInstanceKey),
      [processInstanceKey],
    );
    const statistics = await client.getProcessInstanceStatistics({ processInstanceKey }, NOW);
    assert.deepEqual(statistics.items.at(-1), {
      elementId: 't',
      active: 0,
      canceled: 0,
      incidents: 1,
      completed: 0,
    });
    const flows = await client.getProcessInstanceSequenceFlows({ processInstanceKey }, NOW);
    assert.deepEqual(
      flows.items.map((flow) => flow.elementId),
      ['f'],
    );

    const window = { from: before, to: after };
    const global = await client.getGlobalJobStatistics({ ...window, jobType: 'work' }, NOW);
    assert.deepEqual([global.created.count, global.failed.count, global.completed.count], [1, 2, 0]);
    assert.equal(global.completed.lastUpdatedAt, null);
    const types = await client.getJobTypeStatistics(
      { filter: { ...window, jobType: { $like: 'wo*' } } },
      NOW,
    );
    assert.deepEqual(
      types.items.map((item) => [item.jobType, item.failed.count, item.workers]),
      [['work', 2, 1]],
    );
    const filter = { ...window, jobType: 'work' };
    const workers = await client.getJobWorkerStatistics({ filter }, NOW);
    assert.deepEqual(
      workers.items.map((item) => [item.worker, item.failed.count]),
      [['w1', 2]],
    );
    const series = await client.getJobTimeSeriesStatistics(
      { filter: { ...filter, resolution: 'PT24H' } },
      NOW,
    );
    const sum = series.items.reduce((total, item) => total + item.failed.count, 0);
    assert.equal(sum, 2);
    const errors = await client.getJobErrorStatistics({ filter }, NOW);
    assert.deepEqual(errors.items, [{ errorCode: '', errorMessage: 'broken', workers: 1 }]);
  });

  it('finds variables, and shows long ones whole where it is asked to', async (t) => {
    const { client, deploy, start } = await open(t);
    await deploy('waits.bpmn', WAITS);
    const processInstanceKey = await start('waiter', { order: 'o*1', long: 'y'.repeat(10_000) });
    const search = async (value: string) =>
      (await client.searchVariables({ filter: { value: { $like: value } } }, NOW)).items.map(
        ({ name }) => name,
      );
    assert.deepEqual(await search('"o\\**'), ['order']);
    assert.deepEqual(await search('"O*'), []);
    const filter = { processInstanceKey: key(processInstanceKey), isTruncated: true };
    const cut = (await client.searchVariables({ filter }, NOW)).items.at(0) ?? assert.fail('no variable');
    assert.deepEqual([cut.value.length, cut.isTruncated], [8191, true]);
    const whole = await client.searchVariables({ filter, truncateValues: false }, NOW);
    assert.deepEqual([whole.items.at(0)?.value.length, whole.items.at(0)?.isTruncated], [10_002, false]);
    const one = await client.getVariable({ variableKey: cut.variableKey }, NOW);
    assert.equal(one.value.length, 10_002);
  });

  it('finds what waits for messages, and what they met', async (t) => {
    const { client, deploy, start, call } = await open(t);
    await deploy('waits.bpmn', WAITS);
    const [first, second] = [await start('waiter', { order: 'o1' }), await start('waiter', { order: 'o2' })];
    await call('PublishMessage', { name: 'paid', correlationKey: 'o1', timeToLive: 0, variables: '{}' });
    const open_ = await client.searchMessageSubscriptions(
      { filter: { messageName: 'paid', messageSubscriptionState: 'CREATED' } },
      NOW,
    );
    assert.deepEqual(
      open_.items.map((item) => [item.processInstanceKey, item.correlationKey]),
      [[second, 'o2']],
    );
    const correlated = await client.searchCorrelatedMessageSubscriptions(
      { filter: { correlationKey: 'o1' }, sort: [{ field: 'correlationTime', order: 'DESC' }] },
      NOW,
    );
    assert.deepEqual(
      correlated.items.map((item) => [item.processInstanceKey, item.elementId, item.messageName]),
      [[first, 't', 'paid']],
    );
    const statistics = await client.getProcessDefinitionMessageSubscriptionStatistics({}, NOW);
    assert.deepEqual(
      statistics.items.map((item) => [
        item.processDefinitionId,
        item.activeSubscriptions,
        item.processInstancesWithActiveSubscriptions,
      ]),
      [['waiter', 1, 1]],
    );
  });

  it('finds decisions and what they decided', async (t) => {
    const { client, deploy } = await open(t);
    await deploy('d.dmn', DMN);
    const { items } = await client.searchDecisionDefinitions({ filter: { isLatestVersion: true } }, NOW);
    const decision = items.at(0) ?? assert.fail('no decision');
    const { decisionDefinitionKey, decisionRequirementsKey } = decision;
    assert.deepEqual(await client.getDecisionDefinition({ decisionDefinitionKey }, NOW), decision);
    assert.equal(await client.getDecisionDefinitionXml({ decisionDefinitionKey }, NOW), DMN);
    const graphs = await client.searchDecisionRequirements({ filter: { decisionRequirementsKey } }, NOW);
    assert.deepEqual(
      await client.getDecisionRequirements({ decisionRequirementsKey }, NOW),
      graphs.items.at(0),
    );
    assert.equal(await client.getDecisionRequirementsXml({ decisionRequirementsKey }, NOW), DMN);
    await client.evaluateDecision({ decisionDefinitionKey, variables: { customer: 'gold', total: 50 } });
    const found = await client.searchDecisionInstances(
      { filter: { decisionDefinitionKey, state: 'EVALUATED' }, sort: [{ field: 'evaluationDate' }] },
      NOW,
    );
    const { decisionEvaluationInstanceKey } = found.items.at(0) ?? assert.fail('no decision instance');
    const one = await client.getDecisionInstance({ decisionEvaluationInstanceKey }, NOW);
    assert.equal(one.result, '10');
    assert.equal(one.processInstanceKey, '-1');
    assert.deepEqual(
      one.evaluatedInputs.map(({ inputValue }) => inputValue),
      ['"gold"', '50'],
    );
    assert.equal(one.matchedRules.length, 1);
  });

  it('pages to and fro by cursors', async (t) => {
    // Where it checks requests strictly, this release of the client drops the cursor from the page.
    const { client, deploy, start } = await open(t, 'req:none,res:strict');
    await deploy('waits.bpmn', WAITS);
    const keys: string[] = [];
    for (let number = 0; number < 5; number++) keys.push(await start('waiter', { order: `o${number}` }));
    const sort = [{ field: 'processInstanceKey', order: 'ASC' }] as const;
    const page = async (at: object) =>
      client.searchProcessInstances({ sort: [...sort], page: { limit: 2, ...at } } as never, NOW);
    const first = await page({ from: 0 });
    const second = await page({ after: first.page.endCursor });
    const third = await page({ after: second.page.endCursor });
    const back = await page({ before: third.page.startCursor });
    const shown = [first, second, third, back].map(({ items }) =>
      items.map((item) => item.processInstanceKey),
    );
    assert.deepEqual(shown, [keys.slice(0, 2), keys.slice(2, 4), keys.slice(4), keys.slice(2, 4)]);
    assert.equal(third.page.totalItems, 5);
  });

  it('is told 404 for what is not there', async (t) => {
    const { client } = await open(t);
    const missing = { consistency: { waitUpToMs: 0 } };
    await assert.rejects(client.getUserTask({ userTaskKey: key('99') }, missing), /99|404/);
    await assert.rejects(
      client.getDecisionInstance({ decisionEvaluationInstanceKey: key('99-1') }, missing),
      /99-1|404/,
    );
    await assert.rejects(client.searchUserTaskAuditLogs({ userTaskKey: key('99') }, missing), /99|404/);
  });
});
