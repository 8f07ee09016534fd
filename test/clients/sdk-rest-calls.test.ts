import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Dto, HTTPError, PollingOperation } from '@camunda8/sdk';
import { catching, chain, message, service, step, userTask } from '../support/chain.ts';
import { once } from '../support/grpc.ts';
import { DMN, FORM, KEY, NOWHERE, openSdk } from '../support/sdk.ts';
import { TRIED_OVER_GRPC, TRIED_OVER_REST } from '../support/tried-sdk.ts';

/** Refused with this status, and a problem that tells so. */
const refused = (status: number, detail: RegExp) => (error: unknown) => {
  assert.ok(error instanceof HTTPError, String(error));
  assert.equal(error.response.statusCode, status, String(error));
  assert.match(String(error.response.headers['content-type']), /^application\/problem\+json/);
  const problem = JSON.parse(String(error.response.body)) as Record<string, unknown>;
  assert.deepEqual(Object.keys(problem).sort(), ['detail', 'instance', 'status', 'title', 'type']);
  assert.deepEqual([problem['status'], problem['type']], [status, 'about:blank']);
  assert.match(String(problem['detail']), detail);
  return true;
};

class Amount extends Dto.LosslessDto {
  amount!: number;
}

it("The calls of Camunda's SDK for Node are each in the file that is said to try them", () => {
  for (const table of [TRIED_OVER_GRPC, TRIED_OVER_REST])
    for (const [call, file] of Object.entries(table)) {
      if (!file.startsWith('sdk-')) continue;
      const text = readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
      assert.ok(new RegExp(`\\.${call}[(<]`).test(text), `${call} is not in ${file}.test.ts`);
    }
});

describe("Camunda's SDK for Node calls, over REST,", () => {
  const world = once(openSdk);
  const start = async (processDefinitionId: string, variables = {}) =>
    (await world().rest.createProcessInstance({ processDefinitionId, variables })).processInstanceKey;
  const deploy = async (id: string, xml: string) => {
    const { processes } = await world().rest.deployResources([{ name: `${id}.bpmn`, content: xml }]);
    return processes[0]?.processDefinitionKey ?? '';
  };
  const take = async (type: string) => {
    const jobs = await world().rest.activateJobs({
      type,
      worker: 'taker',
      timeout: 60_000,
      maxJobsToActivate: 1,
      requestTimeout: 5000,
    });
    const [job] = jobs;
    assert.ok(job, `no job of type ${type}`);
    return { ...job, variables: { ...job.variables } as Readonly<Record<string, unknown>> };
  };
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tutti-sdk-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('the topology and the licence', async () => {
    const { rest } = world();
    const { brokers, gatewayVersion, clusterSize } = await rest.getTopology();
    assert.match(gatewayVersion, /^8\.9\./);
    assert.equal(clusterSize, 1);
    assert.equal(typeof brokers[0]?.partitions[0]?.health, 'string');
    assert.equal((await rest.getLicenseStatus()).licenseType, 'Apache-2.0');
  });

  it('deployments of files, with all that the answer has', async () => {
    const { rest } = world();
    const files = { bpmn: 'filed.bpmn', dmn: 'd.dmn', form: 'check.form' };
    writeFileSync(join(folder, files.bpmn), chain('filed', [service('filed')]));
    writeFileSync(join(folder, files.dmn), DMN);
    writeFileSync(join(folder, files.form), FORM);
    const paths = Object.values(files).map((name) => join(folder, name));
    const answer = await rest.deployResourcesFromFiles(paths);
    assert.match(answer.deploymentKey, KEY);
    assert.equal(answer.tenantId, '<default>');
    assert.equal(answer.deployments.length, 4);
    const [process, decision, graph, form] = [
      answer.processes[0],
      answer.decisions[0],
      answer.decisionRequirements[0],
      answer.forms[0],
    ];
    assert.ok(process && decision && graph && form);
    assert.deepEqual(
      { ...process, processDefinitionKey: KEY.test(process.processDefinitionKey) },
      {
        processDefinitionId: 'filed',
        processDefinitionVersion: 1,
        processDefinitionKey: true,
        resourceName: 'filed.bpmn',
        tenantId: '<default>',
      },
    );
    assert.deepEqual(
      [decision.version, decision.decisionRequirementsKey],
      [1, graph.decisionRequirementsKey],
    );
    assert.match(decision.decisionDefinitionKey, KEY);
    assert.equal(graph.resourceName, 'd.dmn');
    assert.deepEqual([form.formId, form.version, form.resourceName], ['check', 1, 'check.form']);
    await assert.rejects(
      rest.deployResources([{ name: 'broken.bpmn', content: '<bpmn>no' }]),
      refused(400, /broken\.bpmn/),
    );
    await assert.rejects(
      rest.deployResources([{ name: 'x.bpmn', content: '' }], 'acme'),
      refused(400, /tenant identifier 'acme', but multi-tenancy is disabled/),
    );
  });

  it('instances: by id and by key, from another element, with a result, and cancels them', async () => {
    const { rest } = world();
    const key = await deploy('made', chain('made', [service('made-1'), service('made-2')]));
    const made = await rest.createProcessInstance({ processDefinitionKey: key, variables: { n: 1 } });
    assert.deepEqual(
      [made.processDefinitionKey, made.processDefinitionId, made.processDefinitionVersion, made.tenantId],
      [key, 'made', 1, '<default>'],
    );
    await rest.cancelProcessInstance({
      processInstanceKey: made.processInstanceKey,
      operationReference: 12,
    });
    await assert.rejects(
      rest.cancelProcessInstance({ processInstanceKey: made.processInstanceKey }),
      refused(404, new RegExp(made.processInstanceKey)),
    );
    await rest.createProcessInstance({
      processDefinitionId: 'made',
      variables: {},
      startInstructions: [{ elementId: 'do-made-2' }],
    });
    await (await take('made-2')).complete();
    await deploy('short', chain('short', [step('nothing', 'task')]));
    const result = await rest.createProcessInstanceWithResult({
      processDefinitionId: 'short',
      variables: Object.assign(new Amount(), { amount: 8 }),
      outputVariablesDto: Amount,
    });
    assert.equal(result.variables.amount, 8);
    const some = await rest.createProcessInstanceWithResult<never, object>({
      processDefinitionId: 'short',
      variables: { a: 1, b: 2 } as never,
      fetchVariables: ['b'],
    });
    assert.deepEqual({ ...some.variables }, { b: 2 });
    await assert.rejects(
      rest.createProcessInstanceWithResult({
        processDefinitionKey: key,
        variables: {},
        requestTimeout: 200,
      }),
      refused(504, /./),
    );
  });

  it('changes of an instance: variables, other elements, another version', async () => {
    const { rest } = world();
    await deploy('moved', chain('moved', [service('moved-1'), service('moved-2')]));
    const processInstanceKey = await start('moved', { n: 1 });
    const { items } = await rest.searchElementInstances({
      filter: { processInstanceKey, type: 'SERVICE_TASK', state: 'ACTIVE' },
      sort: [{ field: 'processInstanceKey' }],
    });
    const { elementInstanceKey = '' } = items[0] ?? {};
    const element = await rest.getElementInstance(elementInstanceKey);
    assert.deepEqual({ ...element }, { ...items[0] });
    await rest.updateElementInstanceVariables({ elementInstanceKey, variables: { n: 2 } });
    assert.equal((await take('moved-1')).variables['n'], 2);
    await rest.modifyProcessInstance({
      processInstanceKey,
      activateInstructions: [
        { elementId: 'do-moved-2', variableInstructions: [{ variables: { second: 1 } }] },
      ],
      terminateInstructions: [{ elementInstanceKey }],
    });
    const second = await take('moved-2');
    assert.equal(second.variables['second'], 1);
    const next = [service('moved-1'), service('moved-2'), service('moved-3')];
    await rest.migrateProcessInstance({
      processInstanceKey,
      targetProcessDefinitionKey: await deploy('moved', chain('moved', next)),
      mappingInstructions: [{ sourceElementId: 'do-moved-2', targetElementId: 'do-moved-2' }],
    });
    await second.complete();
    assert.equal((await take('moved-3')).processDefinitionVersion, 2);
  });

  it('messages and signals', async () => {
    const { rest } = world();
    await deploy('met', chain('met', [message('meet', 'met', 'order')]));
    const early = { name: 'met', correlationKey: 'a', variables: { paid: true }, timeToLive: 5000 };
    const published = await rest.publishMessage(early);
    assert.match(published.messageKey, KEY);
    assert.equal(published.tenantId, '<default>');
    const result = await rest.createProcessInstanceWithResult<never, object>({
      processDefinitionId: 'met',
      variables: { order: 'a' } as never,
    });
    assert.deepEqual({ ...result.variables }, { order: 'a', paid: true });
    const waiting = await start('met', { order: 'b' });
    const correlated = await rest.correlateMessage({ name: 'met', correlationKey: 'b', variables: {} });
    assert.equal(correlated.processInstanceKey, waiting);
    await assert.rejects(
      rest.correlateMessage({ name: 'met', correlationKey: 'b' }),
      refused(404, /'met'.*'b'/),
    );
    const only = { ...early, correlationKey: 'c', messageId: 'only' };
    await rest.publishMessage(only);
    await assert.rejects(rest.publishMessage(only), refused(409, /'only'/));
    await assert.rejects(rest.publishMessage({ ...early, name: '' }), refused(400, /No name provided/));
    const { signalKey } = await rest.broadcastSignal({ signalName: 'bell', variables: { loud: true } });
    assert.match(signalKey, KEY);
  });

  it('decisions, and any endpoint by its path', async () => {
    const { rest } = world();
    const { decisions } = await rest.deployResources([{ name: 'd.dmn', content: DMN }]);
    const { decisionDefinitionId = '', decisionDefinitionKey = '' } = decisions[0] ?? {};
    const variables = { customer: 'gold', total: 50 };
    const byId = await rest.evaluateDecision({ decisionDefinitionId, variables });
    const byKey = await rest.evaluateDecision({ decisionDefinitionKey, variables });
    assert.deepEqual([byId.output, byKey.output], ['10', '10']);
    assert.match(byId.decisionInstanceKey, KEY);
    assert.equal(typeof byId.decisionRequirementsId, 'string');
    const { evaluatedInputs, matchedRules } = byId.evaluatedDecisions[0] ?? assert.fail('none evaluated');
    assert.deepEqual(
      [evaluatedInputs[0]?.inputValue, matchedRules[0]?.evaluatedOutputs[0]?.outputValue],
      ['"gold"', '10'],
    );
    const raw = await rest.callApiEndpoint<object, { output: string }>({
      urlPath: 'decision-definitions/evaluation',
      method: 'POST',
      body: { decisionDefinitionId, variables },
    });
    assert.equal(raw.output, '10');
    await assert.rejects(
      rest.evaluateDecision({ decisionDefinitionId: 'nobody', variables }),
      refused(404, /no decision found for id 'nobody'/),
    );
  });

  it('jobs: completes, fails and updates them, throws errors, resolves incidents', async () => {
    const { rest } = world();
    const caught = '<zeebe:ioMapping><zeebe:output source="=why" target="why"/></zeebe:ioMapping>';
    await deploy('job', chain('job', [catching(service('hard'), 'NO', 'soft', caught)]));
    const processInstanceKey = await start('job');
    const { jobKey } = await take('hard');
    await rest.updateJob({ jobKey, retries: 9, timeout: 90_000 });
    await rest.failJob({ jobKey, retries: 0, errorMessage: 'no', retryBackOff: 0, variables: { tried: 1 } });
    const { items } = await rest.searchIncidents({
      filter: { processInstanceKey, errorType: 'JOB_NO_RETRIES', state: 'ACTIVE' },
      sort: [{ field: 'state' }],
    });
    await rest.updateJob({ jobKey, retries: 4 });
    await rest.resolveIncident(items[0]?.incidentKey ?? '');
    const again = await take('hard');
    assert.deepEqual([again.jobKey, again.retries, again.variables['tried']], [jobKey, 4, 1]);
    await rest.errorJob({ jobKey, errorCode: 'NO', errorMessage: 'never', variables: { why: 'because' } });
    const soft = await take('soft');
    assert.equal(soft.variables['why'], 'because');
    await rest.completeJob({ jobKey: soft.jobKey, variables: { done: true } });
    await assert.rejects(
      rest.completeJob({ jobKey: soft.jobKey, variables: {} }),
      refused(404, /Command 'COMPLETE' rejected with code 'NOT_FOUND'/),
    );
    await assert.rejects(rest.updateJob({ jobKey: NOWHERE, retries: 1 }), refused(404, /UPDATE/));
    await assert.rejects(rest.resolveIncident(NOWHERE), refused(404, /RESOLVE/));
  });

  it('user tasks, with their variables', async () => {
    const { rest } = world();
    const key = await deploy('human', chain('human', [userTask('sign')]));
    const result = rest.createProcessInstanceWithResult<never, object>({
      processDefinitionKey: key,
      variables: { queryTag: 'q' } as never,
    });
    const found = await PollingOperation({
      operation: () =>
        rest.searchUserTasks({
          filter: { state: 'CREATED', processDefinitionId: 'human' },
          page: { from: 0, limit: 10 },
          sort: [{ field: 'creationDate' }],
        }),
      interval: 20,
    });
    assert.equal(found.page.totalItems, 1);
    const { userTaskKey = '' } = found.items[0] ?? {};
    const task = await rest.getUserTask(userTaskKey);
    assert.deepEqual({ ...task }, { ...found.items[0] });
    assert.deepEqual(
      [task.name, task.elementId, task.priority, task.processDefinitionVersion, task.tenantId],
      ['sign', 'sign', 50, 1, '<default>'],
    );
    const variables = await rest.searchUserTaskVariables({
      userTaskKey,
      sort: [{ field: 'name', order: 'ASC' }],
    });
    assert.equal(variables.items[0]?.value, '"q"');
    await rest.assignTask({ userTaskKey, assignee: 'ann' });
    await rest.unassignTask({ userTaskKey });
    await rest.assignUserTask({ userTaskKey, assignee: 'bob', allowOverride: false });
    await assert.rejects(
      rest.assignUserTask({ userTaskKey, assignee: 'eve', allowOverride: false }),
      refused(409, /ASSIGN|assign/),
    );
    await rest.unassignUserTask({ userTaskKey });
    // This client changes tasks at a path that no release of the server has.
    await assert.rejects(rest.updateUserTask({ userTaskKey, changeset: {} }), HTTPError);
    await rest.completeUserTask({ userTaskKey, variables: { signed: true } });
    assert.deepEqual({ ...(await result).variables }, { queryTag: 'q', signed: true });
    await assert.rejects(rest.completeUserTask({ userTaskKey: NOWHERE }), refused(404, /COMPLETE/));
  });

  it('searches, with filters, orders in small letters, and pages', async () => {
    const { rest } = world();
    const processDefinitionKey = await deploy('found', chain('found', [service('found')]));
    const keys = [
      await start('found', { n: 1 }),
      await start('found', { n: 2 }),
      await start('found', { n: 3 }),
    ];
    const definition = await rest.getProcessDefinition(processDefinitionKey);
    const definitions = await rest.searchProcessDefinitions({
      filter: { processDefinitionKey },
      sort: [{ field: 'processDefinitionKey' }],
    });
    assert.deepEqual({ ...definitions.items[0] }, { ...definition });
    assert.equal(definition.name, 'Process found');
    assert.match(await rest.getProcessDefinitionXML(processDefinitionKey), /<bpmn:process id="found"/);
    const search = (page: object, filter: object = {}) =>
      rest.searchProcessInstances({
        filter: { processDefinitionKey, state: 'ACTIVE', ...filter },
        sort: [{ field: 'startDate', order: 'asc' as never }, { field: 'processInstanceKey' }],
        page: page as never,
      });
    const first = await search({ from: 0, limit: 2 });
    const second = await search({ limit: 2, after: first.page.endCursor });
    assert.deepEqual(
      [...first.items, ...second.items].map((item) => item.processInstanceKey),
      keys,
    );
    const empty = await search({ limit: 2, after: second.page.endCursor });
    assert.deepEqual([empty.items.length, empty.page.totalItems], [0, 3]);
    const chosen = await search({ from: 0, limit: 9 }, { variables: [{ name: 'n', value: '2' }] });
    assert.deepEqual(
      chosen.items.map((item) => item.processInstanceKey),
      keys.slice(1, 2),
    );
    const variables = await rest.searchVariables({
      filter: { processInstanceKey: keys[0] ?? '', name: { $in: ['n'] } },
      sort: [{ field: 'name', order: 'ASC' }],
      page: { from: 0, limit: 1000 },
    });
    const { variableKey = '', value } = variables.items[0] ?? {};
    assert.equal(value, '1');
    // This client reads the text of the value.
    assert.equal((await rest.getVariable({ variableKey })).value as unknown, 1);
    await assert.rejects(rest.getVariable({ variableKey: NOWHERE }), refused(404, new RegExp(NOWHERE)));
    await assert.rejects(rest.getProcessDefinition('abc'), refused(400, /abc/));
    await assert.rejects(
      rest.searchProcessInstances({ filter: {}, sort: [{ field: 'nobody' as never }] }),
      refused(400, /nobody/),
    );
    await assert.rejects(search({ from: 0, limit: 2, after: 'x', before: 'y' }), refused(400, /./));
  });

  it('documents, of files', async () => {
    const { rest } = world();
    writeFileSync(join(folder, 'read.md'), '# read');
    writeFileSync(join(folder, 'more.txt'), 'more');
    const file = () => createReadStream(join(folder, 'read.md'));
    const uploaded = await rest.uploadDocument({
      file: file(),
      metadata: { processDefinitionId: 'process-definition-id', customProperties: { lang: 'en' } },
    });
    const { documentId, contentHash } = uploaded;
    assert.equal(uploaded['camunda.document.type'], 'camunda');
    assert.deepEqual(
      [uploaded.metadata.processDefinitionId, uploaded.metadata.contentType, uploaded.metadata.size],
      ['process-definition-id', 'text/markdown', 6],
    );
    const read = await rest.downloadDocument({ documentId, contentHash });
    assert.ok(Buffer.isBuffer(read));
    assert.equal(read.toString(), '# read');
    // This client asks for links at a path that no release of the server has.
    await assert.rejects(rest.createDocumentLink({ documentId, contentHash }), HTTPError);
    const several = await rest.uploadDocuments({
      files: [file(), createReadStream(join(folder, 'more.txt'))],
    });
    assert.deepEqual([several.createdDocuments.length, several.failedDocuments.length], [2, 0]);
    const named = await rest.uploadDocument({
      file: file(),
      documentId: 'my-own',
      metadata: { fileName: 'other.txt', contentType: 'text/plain' },
    });
    assert.deepEqual(
      [named.documentId, named.metadata.fileName, named.metadata.contentType],
      ['my-own', 'other.txt', 'text/plain'],
    );
    await assert.rejects(
      rest.downloadDocument({ documentId: 'my-own', contentHash: 'wrong' }),
      refused(400, /hash/i),
    );
    await rest.deleteDocument({ documentId });
    await assert.rejects(rest.downloadDocument({ documentId, contentHash }), refused(404, /./));
    await assert.rejects(rest.deleteDocument({ documentId }), refused(404, /./));
  });

  it('the deletion of a process, which then cannot be started', async () => {
    const { rest } = world();
    const resourceKey = await deploy('gone', chain('gone', [service('gone')]));
    await rest.deleteResource({ resourceKey, operationReference: 3 });
    await assert.rejects(start('gone'), refused(404, /'gone'/));
    await assert.rejects(rest.deleteResource({ resourceKey: NOWHERE }), refused(404, /DELETE/));
  });

  it('the clock, where it may not be moved, and users, whom nobody has', async () => {
    const { rest } = world();
    await assert.rejects(rest.pinInternalClock(Date.now()), refused(403, /./));
    await assert.rejects(rest.resetClock(), refused(403, /./));
    const user = { username: 'j', name: 'J', email: 'j@example.org', password: 'p' };
    await assert.rejects(rest.createUser(user), refused(404, /users/));
  });
});
