import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobActionReceipt } from '@camunda8/orchestration-cluster-api';
import { oneTask } from '../support/grpc.ts';
import { NOW, open, stateOf } from '../support/orchestration.ts';

const MESSAGE = `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="waiter" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="c"/>
  <bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="g" sourceRef="c" targetRef="u"/><bpmn:userTask id="u"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
  <bpmn:sequenceFlow id="h" sourceRef="u" targetRef="e"/><bpmn:endEvent id="e"/></bpmn:process></bpmn:definitions>`;

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
    assert.deepEqual(
      missing.warnings.map(({ message }) => message),
      ["No variable found with name 'y'"],
    );
    await assert.rejects(
      client.evaluateExpression({ expression: '=1 +' }),
      /Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': Failed to parse expression: failed to parse expression '1 \+': /,
    );
    const text = await client.evaluateExpression({ expression: 'x + y' });
    assert.equal(text.result, 'x + y', 'without an equals sign it is a text');
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

/** Names of methods, inherited ones too. */
const allNames = (object: object): string[] => {
  const parent = Object.getPrototypeOf(object);
  return [...Object.getOwnPropertyNames(object), ...(parent === null ? [] : allNames(parent))];
};

describe('The API document', () => {
  it('calls each operation by the name that the client has for it', async (t) => {
    const { client, tutti } = await open(t);
    const response = await fetch(`${tutti.addresses.http}/v2/openapi.json`);
    const { paths } = (await response.json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    // The client asks for forms by their key only in later releases; this document is ours alone.
    const names = new Set(allNames(client).map((name) => name.toLowerCase()));
    const ours = ids.filter((id) => !names.has(id.toLowerCase()));
    assert.deepEqual(ours.sort(), ['getFormByKey', 'getOpenApi']);
  });
});

/** The client refuses every file as no text when it checks what it sends. */
const UNCHECKED = 'req:none,res:strict';

describe('Cluster variables', () => {
  it('are seen by all expressions, unless a process has a variable of that name', async (t) => {
    const { client } = await open(t);
    await client.createGlobalClusterVariable({ name: 'tax', value: { rate: 19 } });
    const evaluate = async (expression: string, variables = {}) =>
      (await client.evaluateExpression({ expression, variables })).result;
    assert.equal(await evaluate('=camunda.vars.env.tax.rate + camunda.vars.cluster.tax.rate'), 38);
    assert.equal(await evaluate('=camunda.vars.env.tax', { camunda: { vars: { env: { tax: 1 } } } }), 1);
    await client.updateGlobalClusterVariable({ name: 'tax', value: { rate: 20 } });
    assert.equal(await evaluate('=camunda.vars.env.tax.rate'), 20);
    const found = await client.getGlobalClusterVariable({ name: 'tax' }, NOW);
    assert.deepEqual({ ...found }, { name: 'tax', value: '{"rate":20}', scope: 'GLOBAL', tenantId: null });
    const { items } = await client.searchClusterVariables({ filter: { name: { $like: 't*' } } }, NOW);
    assert.deepEqual(
      items.map(({ name }) => name),
      ['tax'],
    );
    await assert.rejects(
      client.createGlobalClusterVariable({ name: 'tax', value: {} }),
      /The name already exists in the scope 'GLOBAL'/,
    );
    await client.deleteGlobalClusterVariable({ name: 'tax' });
    assert.equal(await evaluate('=camunda.vars.env.tax'), null);
    await assert.rejects(client.getGlobalClusterVariable({ name: 'tax' }, NOW), /not found/);
  });
});

describe('Documents', () => {
  it('are kept with what is told about them, read, linked to, and deleted', async (t) => {
    const { client } = await open(t, UNCHECKED);
    const { documentId, contentHash, metadata } = await client.createDocument({
      file: new File(['hello'], 'greeting.txt', { type: 'text/plain' }),
      metadata: { customProperties: { lang: 'en' } },
    });
    assert.deepEqual(metadata, {
      contentType: 'text/plain',
      fileName: 'greeting.txt',
      expiresAt: null,
      size: 5,
      processDefinitionId: null,
      processInstanceKey: null,
      customProperties: { lang: 'en' },
    });
    const found = await client.getDocument({ documentId, contentHash: contentHash ?? '' });
    assert.equal(found as unknown, 'hello');
    const { url } = await client.createDocumentLink({ documentId, timeToLive: 60_000 });
    assert.equal(await (await fetch(url)).text(), 'hello');
    const forged = url.replace(/expiresAt=[^&]+/, 'expiresAt=2999-01-01T00%3A00%3A00.000Z');
    assert.equal((await fetch(forged)).status, 403);
    await client.deleteDocument({ documentId });
    assert.equal((await fetch(url)).status, 404);
  });

  it('are taken several at once, each by itself', async (t) => {
    const { client } = await open(t, UNCHECKED);
    const { createdDocuments, failedDocuments } = await client.createDocuments({
      files: [new File(['1'], 'one.txt'), new File(['2'], 'two.txt')],
      metadataList: [{ fileName: 'first.txt' }, { expiresAt: 'never' }],
    });
    assert.deepEqual(
      createdDocuments.map((document) => document.metadata.fileName),
      ['first.txt'],
    );
    assert.deepEqual([failedDocuments[0]?.fileName, failedDocuments[0]?.status], ['two.txt', 400]);
  });

  it('say who is asking, and of which release the server is', async (t) => {
    const { client } = await open(t, UNCHECKED);
    assert.equal((await client.getAuthentication()).username, 'anonymous');
    assert.equal((await client.getTopology()).gatewayVersion, '8.9.0');
    assert.equal((await client.getLicense()).validLicense, true);
    await client.getStatus();
  });
});
