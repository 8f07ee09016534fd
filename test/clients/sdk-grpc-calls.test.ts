import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { catching, chain, message, service, step, userTask } from '../support/chain.ts';
import { once } from '../support/grpc.ts';
import { CLOSING_MS, DMN, FORM, KEY, NOWHERE, openSdk, QUIET, sdkFor } from '../support/sdk.ts';

const gone = (what: string, key: string) => ({
  code: 5,
  message: new RegExp(`^5 NOT_FOUND: Command '${what}' rejected with code 'NOT_FOUND': .*${key}`),
});

describe("Camunda's SDK for Node calls, over gRPC,", () => {
  const world = once(openSdk);
  const start = async (bpmnProcessId: string, variables = {}) =>
    (await world().zeebe.createProcessInstance({ bpmnProcessId, variables })).processInstanceKey;
  const take = async (type: string) => {
    const jobs = await world().zeebe.activateJobs({
      type,
      worker: 'taker',
      timeout: 60_000,
      maxJobsToActivate: 1,
      requestTimeout: 5000,
    });
    return jobs[0] ?? assert.fail(`no job of type ${type}`);
  };
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tutti-sdk-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('the topology', async () => {
    const { zeebe, tutti } = world();
    const { brokers, gatewayVersion, ...sizes } = await zeebe.topology();
    assert.match(gatewayVersion, /^8\.\d+\.\d+/);
    assert.deepEqual({ ...sizes }, { clusterSize: 1, partitionsCount: 1, replicationFactor: 1 });
    const [broker] = brokers;
    assert.ok(broker);
    assert.equal(`${broker.host}:${broker.port}`, tutti.addresses.grpc);
    assert.deepEqual(
      broker.partitions.map((one) => ({ ...one })),
      [{ partitionId: 1, role: 'LEADER', health: 'HEALTHY' }],
    );
  });

  it('deployments, of files and of what is in memory, one by one and together', async () => {
    const { zeebe } = world();
    const file = join(folder, 'filed.bpmn');
    writeFileSync(file, chain('filed', [service('filed')]));
    writeFileSync(join(folder, 'd.dmn'), DMN);
    assert.deepEqual(await zeebe.getServiceTypesFromBpmn(file), ['filed']);
    const first = await zeebe.deployResource({ processFilename: file });
    assert.match(first.key, KEY);
    assert.equal(first.tenantId, '<default>');
    const { process } = first.deployments[0] ?? assert.fail('nothing deployed');
    assert.deepEqual(
      { ...process },
      {
        bpmnProcessId: 'filed',
        version: 1,
        processDefinitionKey: process.processDefinitionKey,
        resourceName: file,
        tenantId: '<default>',
      },
    );
    const again = await zeebe.deployResource({ processFilename: file });
    assert.deepEqual(again.deployments[0]?.process, process);
    const changed = await zeebe.deployResource({
      process: Buffer.from(chain('filed', [service('filed'), service('more')])),
      name: file,
    });
    assert.equal(changed.deployments[0]?.process.version, 2);
    const form = await zeebe.deployResource({ form: Buffer.from(FORM), name: 'check.form' });
    const { formKey, ...named } = form.deployments[0]?.form ?? assert.fail('no form');
    assert.match(formKey, KEY);
    assert.deepEqual(named, {
      formId: 'check',
      version: 1,
      resourceName: 'check.form',
      tenantId: '<default>',
    });
    const all = await zeebe.deployResources([
      { processFilename: file },
      { decisionFilename: join(folder, 'd.dmn') },
      { form: Buffer.from(FORM), name: 'check.form' },
    ]);
    assert.deepEqual(
      all.deployments.map((one) => Object.keys(one as object).filter((name) => name !== 'Metadata')),
      [['process'], ['decision'], ['decisionRequirements'], ['form']],
    );
  });

  it('decisions, by their id and by their key', async () => {
    const { zeebe } = world();
    const deployed = await zeebe.deployResource({ decision: Buffer.from(DMN), name: 'd.dmn' });
    const { decisionKey, dmnDecisionId } = deployed.deployments[0]?.decision ?? assert.fail('no decision');
    const variables = { customer: 'gold', total: 50 };
    const byId = await zeebe.evaluateDecision({ decisionId: dmnDecisionId, variables });
    assert.deepEqual(
      [byId.decisionKey, byId.decisionOutput, byId.failedDecisionId, byId.failureMessage, byId.tenantId],
      [decisionKey, '10', '', '', '<default>'],
    );
    const [evaluated] = byId.evaluatedDecisions;
    assert.deepEqual(
      evaluated?.evaluatedInputs.map((input) => input.inputValue),
      ['"gold"', '50'],
    );
    assert.equal(evaluated?.matchedRules[0]?.evaluatedOutputs[0]?.outputValue, '10');
    const byKey = await zeebe.evaluateDecision({ decisionKey, variables });
    assert.equal(byKey.decisionOutput, '10');
    await assert.rejects(zeebe.evaluateDecision({ decisionId: 'nobody', variables }), {
      code: 3,
      message: /no decision found for id 'nobody'/,
    });
  });

  it('instances: with a version, from another element, with some of the result, and cancels them', async () => {
    const { zeebe, deployXml } = world();
    const key = await deployXml('made.bpmn', chain('made', [service('made-1'), service('made-2')]));
    const made = await zeebe.createProcessInstance({
      bpmnProcessId: 'made',
      version: 1,
      variables: {},
      operationReference: 7,
    });
    assert.deepEqual(
      {
        ...made,
        processInstanceKey: KEY.test(made.processInstanceKey),
        tags: undefined,
        businessId: undefined,
      },
      {
        processDefinitionKey: key,
        bpmnProcessId: 'made',
        version: 1,
        processInstanceKey: true,
        tenantId: '<default>',
        tags: undefined,
        businessId: undefined,
      },
    );
    await zeebe.cancelProcessInstance(made.processInstanceKey, 8);
    await assert.rejects(
      zeebe.cancelProcessInstance(made.processInstanceKey),
      gone('CANCEL', made.processInstanceKey),
    );
    await zeebe.createProcessInstance({
      bpmnProcessId: 'made',
      variables: { id: 0.5 },
      startInstructions: [{ elementId: 'do-made-2' }],
    });
    const job = await take('made-2');
    assert.equal(job.variables['id'], 0.5);
    await zeebe.completeJob({ jobKey: job.key, variables: {} });
    await deployXml('short.bpmn', chain('short', [step('nothing', 'task')]));
    const result = await zeebe.createProcessInstanceWithResult({
      bpmnProcessId: 'short',
      variables: { otherValue: 'rome', sourceValue: 5 },
      fetchVariables: ['otherValue'],
    });
    assert.deepEqual(result.variables, { otherValue: 'rome' });
    assert.match(result.processInstanceKey, KEY);
  });

  it('instances whose result does not come in time', async (t) => {
    const { deployXml, tutti } = world();
    // Where it may, this client asks again, and each time starts an instance.
    const zeebe = sdkFor(tutti.addresses.grpc, tutti.addresses.http).getZeebeGrpcApiClient({
      zeebeGrpcSettings: { ...QUIET, ZEEBE_GRPC_CLIENT_RETRY: false },
    });
    t.after(() => zeebe.close(CLOSING_MS));
    await deployXml('endless.bpmn', chain('endless', [service('endless')]));
    await assert.rejects(
      zeebe.createProcessInstanceWithResult({ bpmnProcessId: 'endless', variables: {}, requestTimeout: 100 }),
      { code: 4 },
    );
  });

  it('changes of an instance: variables, other elements, another version', async () => {
    const { zeebe, deployXml } = world();
    await deployXml('moved.bpmn', chain('moved', [service('moved-1'), service('moved-2')]));
    const instance = await start('moved', { n: 1 });
    await zeebe.setVariables({ elementInstanceKey: instance, local: false, variables: { n: 2 } });
    const { elementInstanceKey, variables } = await take('moved-1');
    assert.equal(variables['n'], 2);
    await zeebe.setVariables({ elementInstanceKey, local: true, variables: { n: 3 }, operationReference: 9 });
    await zeebe.modifyProcessInstance({
      processInstanceKey: instance,
      activateInstructions: [
        {
          elementId: 'do-moved-2',
          ancestorElementInstanceKey: '-1',
          variableInstructions: [{ scopeId: '', variables: { second: 1 } }],
        },
      ],
      terminateInstructions: [{ elementInstanceKey }],
    });
    const second = await take('moved-2');
    assert.deepEqual({ ...second.variables }, { n: 2, second: 1 });
    const target = await deployXml(
      'moved.bpmn',
      chain('moved', [service('moved-1'), service('moved-2'), service('moved-3')]),
    );
    await zeebe.migrateProcessInstance({
      processInstanceKey: instance,
      migrationPlan: {
        targetProcessDefinitionKey: target,
        mappingInstructions: [{ sourceElementId: 'do-moved-2', targetElementId: 'do-moved-2' }],
      },
    });
    await zeebe.completeJob({ jobKey: second.key, variables: {} });
    const third = await take('moved-3');
    assert.deepEqual([third.processInstanceKey, third.processDefinitionVersion], [instance, 2]);
  });

  it('messages that wait for an instance, that find one, and that start one', async () => {
    const { zeebe, deployXml } = world();
    await deployXml('met.bpmn', chain('met', [message('meet', 'met', 'order')]));
    const sent = { name: 'met', variables: { paid: true }, timeToLive: 5000 };
    const early = await zeebe.publishMessage({ ...sent, correlationKey: 'early' });
    assert.match(early.key, KEY);
    assert.equal(early.tenantId, '<default>');
    const met = await zeebe.createProcessInstanceWithResult({
      bpmnProcessId: 'met',
      variables: { order: 'early' },
      requestTimeout: 10_000,
    });
    assert.deepEqual(met.variables, { order: 'early', paid: true });
    const unique = { ...sent, correlationKey: 'once', messageId: 'only' };
    await zeebe.publishMessage(unique);
    await assert.rejects(zeebe.publishMessage(unique), { code: 6, message: /^6 ALREADY_EXISTS: .*'only'/ });
    const starts = chain(
      'begun',
      [service('begun')],
      '',
      '<bpmn:messageEventDefinition messageRef="begin"/>',
    );
    await deployXml(
      'begun.bpmn',
      starts.replace('<bpmn:process ', '<bpmn:message id="begin" name="begin"/><bpmn:process '),
    );
    await zeebe.publishStartMessage({ name: 'begin', timeToLive: 1000, variables: { by: 'message' } });
    const { key, variables } = await take('begun');
    assert.equal(variables['by'], 'message');
    await zeebe.completeJob({ jobKey: key, variables: {} });
  });

  it('signals', async () => {
    const { zeebe, deployXml } = world();
    const starts = chain('rung', [service('rung')], '', '<bpmn:signalEventDefinition signalRef="bell"/>');
    await deployXml(
      'rung.bpmn',
      starts.replace('<bpmn:process ', '<bpmn:signal id="bell" name="bell"/><bpmn:process '),
    );
    const { key } = await zeebe.broadcastSignal({ signalName: 'bell', variables: { loud: true } });
    assert.match(key, KEY);
    assert.equal((await take('rung')).variables['loud'], true);
  });

  it('jobs: fails them with variables, throws errors, changes tries and time, resolves incidents', async () => {
    const { zeebe, deployXml, rest } = world();
    const caught = '<zeebe:ioMapping><zeebe:output source="=why" target="why"/></zeebe:ioMapping>';
    await deployXml('job.bpmn', chain('job', [catching(service('hard'), 'NO', 'soft', caught)]));
    const instance = await start('job');
    const { key: jobKey } = await take('hard');
    await zeebe.updateJobTimeout({ jobKey, timeout: 120_000 });
    await zeebe.failJob({ jobKey, retries: 0, errorMessage: 'no', retryBackOff: 0, variables: { tried: 1 } });
    const { items } = await rest.searchIncidents({ filter: { processInstanceKey: instance } });
    const { incidentKey = '' } = items[0] ?? {};
    await zeebe.updateJobRetries({ jobKey, retries: 4, operationReference: 5 });
    await zeebe.resolveIncident({ incidentKey });
    const again = await take('hard');
    assert.deepEqual([again.key, again.retries, { ...again.variables }], [jobKey, 4, { tried: 1 }]);
    await zeebe.throwError({ jobKey, errorCode: 'NO', errorMessage: 'never', variables: { why: 'because' } });
    assert.equal((await take('soft')).variables['why'], 'because');
  });

  it('what is not there, and is told so in the words of Zeebe', async () => {
    const { zeebe } = world();
    const [jobKey, none] = [NOWHERE, {}];
    await assert.rejects(zeebe.completeJob({ jobKey, variables: none }), gone('COMPLETE', NOWHERE));
    const failed = { jobKey, retries: 1, errorMessage: '', retryBackOff: 0 };
    await assert.rejects(zeebe.failJob(failed), gone('FAIL', NOWHERE));
    await assert.rejects(zeebe.throwError({ jobKey, errorCode: 'X' }), gone('THROW_ERROR', NOWHERE));
    await assert.rejects(zeebe.updateJobRetries({ jobKey, retries: 1 }), gone('UPDATE_RETRIES', NOWHERE));
    await assert.rejects(zeebe.updateJobTimeout({ jobKey, timeout: 1 }), gone('UPDATE_TIMEOUT', NOWHERE));
    await assert.rejects(zeebe.resolveIncident({ incidentKey: NOWHERE }), gone('RESOLVE', NOWHERE));
    await assert.rejects(zeebe.cancelProcessInstance(NOWHERE), gone('CANCEL', NOWHERE));
    await assert.rejects(zeebe.deleteResource({ resourceKey: NOWHERE }), gone('DELETE', NOWHERE));
    const set = { elementInstanceKey: NOWHERE, local: false, variables: none };
    await assert.rejects(zeebe.setVariables(set), gone('UPDATE', NOWHERE));
    await assert.rejects(
      zeebe.modifyProcessInstance({ processInstanceKey: NOWHERE }),
      gone('MODIFY', NOWHERE),
    );
    const migrationPlan = { targetProcessDefinitionKey: NOWHERE, mappingInstructions: [] };
    await assert.rejects(
      zeebe.migrateProcessInstance({ processInstanceKey: NOWHERE, migrationPlan }),
      gone('MIGRATE', NOWHERE),
    );
    await assert.rejects(zeebe.createProcessInstance({ bpmnProcessId: 'no-such', variables: none }), {
      code: 5,
      message: /Expected to find process definition with process ID 'no-such', but none found/,
    });
    await assert.rejects(
      zeebe.createProcessInstance({ bpmnProcessId: 'made', version: 99, variables: none }),
      {
        code: 5,
        message: /process ID 'made' and version '99', but none found/,
      },
    );
  });

  it('what cannot be, and is told why', async () => {
    const { zeebe, deployXml } = world();
    const broken = { name: 'broken.bpmn', process: Buffer.from('<bpmn>no') };
    await assert.rejects(zeebe.deployResource(broken), {
      code: 3,
      message: /^3 INVALID_ARGUMENT: .*broken\.bpmn/s,
    });
    await deployXml('limits.bpmn', chain('limits', [service('limits')]));
    await start('limits');
    const { key: jobKey } = await take('limits');
    await assert.rejects(zeebe.updateJobRetries({ jobKey, retries: 0 }), { code: 3 });
    await assert.rejects(
      zeebe.activateJobs({ type: '', worker: 'w', timeout: 1000, maxJobsToActivate: 1, requestTimeout: 100 }),
      { code: 3 },
    );
    await assert.rejects(
      zeebe.createProcessInstance({
        bpmnProcessId: 'limits',
        variables: {},
        startInstructions: [{ elementId: 'nowhere' }],
      }),
      { code: 3, message: /nowhere/ },
    );
    await assert.rejects(
      zeebe.createProcessInstance({ bpmnProcessId: 'limits', variables: {}, tenantId: 'acme' }),
      {
        code: 3,
        message: /tenant identifier 'acme', but multi-tenancy is disabled/,
      },
    );
  });

  it('jobs of native user tasks are none', async () => {
    const { zeebe, deployXml } = world();
    await deployXml('human.bpmn', chain('human', [userTask('sign')]));
    await start('human');
    const jobs = await zeebe.activateJobs({
      type: 'io.camunda.zeebe:userTask',
      worker: 'w',
      timeout: 1000,
      maxJobsToActivate: 1,
      requestTimeout: -1,
    });
    assert.deepEqual(jobs, []);
  });

  it('the deletion of a process, which then cannot be started', async () => {
    const { zeebe, deployXml } = world();
    const resourceKey = await deployXml('gone.bpmn', chain('gone', [service('gone')]));
    await zeebe.cancelProcessInstance(await start('gone'));
    await zeebe.deleteResource({ resourceKey });
    await assert.rejects(start('gone'), { code: 5 });
  });

  it('a server it has to find first, and says when it has', async (t) => {
    const { tutti } = world();
    const { grpc, http } = tutti.addresses;
    const zeebe = sdkFor(grpc, http).getZeebeGrpcApiClient({
      zeebeGrpcSettings: { ...QUIET, ZEEBE_GRPC_CLIENT_EAGER_CONNECT: true },
    });
    t.after(() => zeebe.close(CLOSING_MS));
    await new Promise<void>((resolve) => void zeebe.on('ready', () => resolve()));
    assert.equal(zeebe.connected, true);
  });
});
