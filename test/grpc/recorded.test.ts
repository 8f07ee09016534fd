import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { type ServiceError, status } from '@grpc/grpc-js';
import { type GrpcWorld, oneTask, openGrpc, straight } from '../support/grpc.ts';

/** What a Zeebe 8.6.0 was seen to answer to the same requests. */

type Request = Readonly<Record<string, unknown>>;
type Refusal = readonly [rpc: string, request: Request, code: number, details: string];

const BROKEN_JSON = (json: string, column: number): string =>
  `Invalid JSON value: ${json}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
const NO_OBJECT = (kind: string): string =>
  `Property 'variables' is invalid: Expected document to be a root level object, but was '${kind}'`;
const NO_TENANTS = (rpc: string): string =>
  `Expected to handle gRPC request ${rpc} with tenant identifier 'foo', but multi-tenancy is disabled`;
const NO_PARTITION = (partition: number): string =>
  `Expected to execute command on partition ${partition}, but either it does not exist, or the gateway is not yet aware of it`;
/** A key as the engine gives it out, of nothing. */
const NOTHING = '2251799813999999';

const jobsOf = (batch: Request | undefined): Request[] => (batch?.['jobs'] ?? []) as Request[];
const { INVALID_ARGUMENT, NOT_FOUND, UNAVAILABLE, ALREADY_EXISTS } = status;
const one = { bpmnProcessId: 'one', version: -1 };
const work = { type: 'work', worker: 'w', timeout: 1000, maxJobsToActivate: 1 };

const REFUSALS: readonly Refusal[] = [
  ['DeployResource', { tenantId: 'foo' }, INVALID_ARGUMENT, NO_TENANTS('DeployResource')],
  [
    'CreateProcessInstance',
    { bpmnProcessId: 'nope', version: -1 },
    NOT_FOUND,
    "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'nope', but none found",
  ],
  [
    'CreateProcessInstance',
    { bpmnProcessId: 'one', version: 0 },
    NOT_FOUND,
    "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'one' and version '0', but none found",
  ],
  [
    'CreateProcessInstance',
    {},
    NOT_FOUND,
    "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with key '0', but none found",
  ],
  ['CreateProcessInstance', { ...one, variables: '[1]' }, INVALID_ARGUMENT, NO_OBJECT('ARRAY')],
  ['CreateProcessInstance', { ...one, variables: '"x"' }, INVALID_ARGUMENT, NO_OBJECT('STRING')],
  ['CreateProcessInstance', { ...one, variables: '{"a":' }, INVALID_ARGUMENT, BROKEN_JSON('{"a":', 6)],
  [
    'CreateProcessInstance',
    { ...one, tenantId: 'foo' },
    INVALID_ARGUMENT,
    NO_TENANTS('CreateProcessInstance'),
  ],
  [
    'CreateProcessInstance',
    { ...one, startInstructions: [{ elementId: 'nope' }] },
    INVALID_ARGUMENT,
    "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to create instance of process with start instructions but no element found with id 'nope'.",
  ],
  [
    'CreateProcessInstanceWithResult',
    {},
    NOT_FOUND,
    "Command 'CREATE_WITH_AWAITING_RESULT' rejected with code 'NOT_FOUND': Expected to find process definition with key '0', but none found",
  ],
  ['CompleteJob', { jobKey: '1' }, UNAVAILABLE, NO_PARTITION(0)],
  ['CompleteJob', { jobKey: '9007199254740993' }, UNAVAILABLE, NO_PARTITION(4)],
  ['CompleteJob', { jobKey: NOTHING, variables: '[]' }, INVALID_ARGUMENT, NO_OBJECT('ARRAY')],
  [
    'CompleteJob',
    { jobKey: NOTHING },
    NOT_FOUND,
    `Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete job with key '${NOTHING}', but no such job was found`,
  ],
  [
    'FailJob',
    { jobKey: NOTHING, retries: 1 },
    NOT_FOUND,
    `Command 'FAIL' rejected with code 'NOT_FOUND': Expected to fail job with key '${NOTHING}', but no such job was found`,
  ],
  ['UpdateJobRetries', { jobKey: '1', retries: 0 }, UNAVAILABLE, NO_PARTITION(0)],
  ['PublishMessage', { name: 'm', tenantId: 'foo' }, INVALID_ARGUMENT, NO_TENANTS('PublishMessage')],
  ['PublishMessage', { name: 'm', variables: 'x' }, INVALID_ARGUMENT, BROKEN_JSON('x', 2)],
  ['BroadcastSignal', { signalName: 's', tenantId: 'foo' }, INVALID_ARGUMENT, NO_TENANTS('BroadcastSignal')],
  ['ResolveIncident', { incidentKey: '5' }, UNAVAILABLE, NO_PARTITION(0)],
  ['SetVariables', { elementInstanceKey: '5', variables: '1' }, INVALID_ARGUMENT, NO_OBJECT('INTEGER')],
  ['ModifyProcessInstance', { processInstanceKey: '5' }, UNAVAILABLE, NO_PARTITION(0)],
  [
    'ModifyProcessInstance',
    {
      processInstanceKey: '5',
      activateInstructions: [{ elementId: 'x', variableInstructions: [{ variables: '[' }] }],
    },
    INVALID_ARGUMENT,
    BROKEN_JSON('[', 2),
  ],
  ['MigrateProcessInstance', { processInstanceKey: '5' }, UNAVAILABLE, NO_PARTITION(0)],
  ['DeleteResource', { resourceKey: '5' }, UNAVAILABLE, NO_PARTITION(0)],
  [
    'EvaluateDecision',
    { decisionId: 'x' },
    INVALID_ARGUMENT,
    "Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': Expected to evaluate decision 'x', but no decision found for id 'x'",
  ],
  [
    'EvaluateDecision',
    {},
    INVALID_ARGUMENT,
    "Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': Expected to evaluate decision '0', but no decision found for key '0'",
  ],
  [
    'EvaluateDecision',
    { decisionKey: '5', tenantId: 'foo' },
    INVALID_ARGUMENT,
    NO_TENANTS('EvaluateDecision'),
  ],
];

const STREAM_REFUSALS: readonly Refusal[] = [
  [
    'ActivateJobs',
    { ...work, timeout: -1 },
    INVALID_ARGUMENT,
    "Command 'ACTIVATE' rejected with code 'INVALID_ARGUMENT': Expected to activate job batch with timeout to be greater than zero, but it was '-1'",
  ],
  [
    'ActivateJobs',
    { ...work, type: '' },
    INVALID_ARGUMENT,
    "Command 'ACTIVATE' rejected with code 'INVALID_ARGUMENT': Expected to activate job batch with type to be present, but it was blank",
  ],
  ['ActivateJobs', { ...work, tenantIds: ['foo'] }, INVALID_ARGUMENT, NO_TENANTS('ActivateJobs')],
  [
    'StreamActivatedJobs',
    {},
    INVALID_ARGUMENT,
    'Expected to stream activated jobs with type to be present, but it was blank',
  ],
  [
    'StreamActivatedJobs',
    { type: 'work' },
    INVALID_ARGUMENT,
    'Expected to stream activated jobs with timeout to be greater than zero, but it was 0',
  ],
];

describe('the gRPC gateway answers as Zeebe', () => {
  const open = async (t: TestContext): Promise<GrpcWorld> => {
    const world = await openGrpc(t);
    await world.deploy('one.bpmn', oneTask('one'));
    return world;
  };
  const refused = (code: number, details: string) => (error: ServiceError) => {
    assert.deepEqual({ code: error.code, details: error.details }, { code, details });
    return true;
  };

  it('to requests that it refuses', async (t) => {
    const { call, collect } = await open(t);
    for (const [rpc, request, code, details] of REFUSALS)
      await assert.rejects(call(rpc, request), refused(code, details), `${rpc} ${JSON.stringify(request)}`);
    for (const [rpc, request, code, details] of STREAM_REFUSALS)
      await assert.rejects(
        collect(rpc, request),
        refused(code, details),
        `${rpc} ${JSON.stringify(request)}`,
      );
  });

  it('to a deployment, which is the same again for the same bytes', async (t) => {
    const { deploy } = await openGrpc(t);
    const first = await deploy('one.bpmn', oneTask('one'));
    const again = await deploy('one.bpmn', oneTask('one'));
    assert.deepEqual(again['deployments'], first['deployments']);
    assert.equal(first['tenantId'], '<default>');
    const [deployment] = first['deployments'] as { process: object }[];
    assert.deepEqual(deployment?.process, {
      bpmnProcessId: 'one',
      version: 1,
      processDefinitionKey: '2251799813685250',
      resourceName: 'one.bpmn',
      tenantId: '<default>',
    });
  });

  it('to variables that are null, empty, or followed by something else', async (t) => {
    const { call } = await open(t);
    for (const variables of ['', 'null', '{}', '{"a":1}{"b":2}']) {
      const created = await call('CreateProcessInstance', { ...one, variables });
      assert.match(String(created['processInstanceKey']), /^22517998136\d+$/);
    }
  });

  it('to a creation that waits for the result, with all or some of the variables', async (t) => {
    const { call, deploy } = await open(t);
    await deploy('two.bpmn', straight('two'));
    const request = { bpmnProcessId: 'two', version: -1, variables: '{"a":1.10,"b":[2e3]}' };
    const all = await call('CreateProcessInstanceWithResult', { request, requestTimeout: 5000 });
    assert.equal(all['variables'], '{"a":1.10,"b":[2e3]}', 'numbers keep their texts');
    const some = await call('CreateProcessInstanceWithResult', { request, fetchVariables: ['b'] });
    assert.equal(some['variables'], '{"b":[2e3]}');
    assert.equal(some['bpmnProcessId'], 'two');
  });

  it('to a creation whose result does not come in time', async (t) => {
    const { call, tutti } = await open(t);
    await assert.rejects(
      call('CreateProcessInstanceWithResult', { request: one, requestTimeout: 300 }),
      refused(
        status.DEADLINE_EXCEEDED,
        `Time out between gateway and broker: Request command-api-1 to ${tutti.addresses.grpc} timed out in PT0.3S`,
      ),
    );
  });

  it('to a job from its activation to its end', async (t) => {
    const { call, collect } = await open(t);
    const { processInstanceKey } = await call('CreateProcessInstance', {
      ...one,
      variables: '{"x":1,"y":2}',
    });
    const [batch] = await collect('ActivateJobs', { ...work, timeout: 60_000, fetchVariable: ['x'] });
    const [job] = jobsOf(batch);
    const { key, deadline, elementInstanceKey, ...rest } = job ?? {};
    assert.ok(Number(deadline) > Date.now() + 50_000);
    assert.match(String(elementInstanceKey), /^\d+$/);
    assert.deepEqual(rest, {
      type: 'work',
      processInstanceKey,
      bpmnProcessId: 'one',
      processDefinitionVersion: 1,
      processDefinitionKey: '2251799813685250',
      elementId: 't',
      customHeaders: '{"a":"b"}',
      worker: 'w',
      retries: 3,
      variables: '{"x":1}',
      tenantId: '<default>',
    });
    assert.deepEqual(await call('UpdateJobTimeout', { jobKey: key, timeout: 90_000 }), {});
    assert.deepEqual(await call('UpdateJobRetries', { jobKey: key, retries: 5 }), {});
    assert.deepEqual(await call('CompleteJob', { jobKey: key, variables: '{"r":1}' }), {});
    await assert.rejects(call('CompleteJob', { jobKey: key }), { code: NOT_FOUND });
    await assert.rejects(call('CancelProcessInstance', { processInstanceKey }), { code: NOT_FOUND });
  });

  it('to a message whose id is taken', async (t) => {
    const { call } = await open(t);
    const message = { name: 'm', correlationKey: 'k', timeToLive: 60_000, messageId: 'id1' };
    const { key } = await call('PublishMessage', message);
    assert.match(String(key), /^\d+$/);
    await assert.rejects(
      call('PublishMessage', message),
      refused(
        ALREADY_EXISTS,
        "Command 'PUBLISH' rejected with code 'ALREADY_EXISTS': Expected to publish a new message with id 'id1', but a message with that id was already published",
      ),
    );
  });

  it('to modification, migration, variables, signals and incidents', async (t) => {
    const { call, collect, deploy } = await open(t);
    const target = await deploy('other.bpmn', oneTask('other'));
    const [{ process }] = target['deployments'] as [{ process: { processDefinitionKey: string } }];
    const { processInstanceKey } = await call('CreateProcessInstance', one);
    const set = await call('SetVariables', {
      elementInstanceKey: processInstanceKey,
      variables: '{"v":7}',
      local: true,
    });
    assert.match(String(set['key']), /^\d+$/);
    await call('MigrateProcessInstance', {
      processInstanceKey,
      migrationPlan: {
        targetProcessDefinitionKey: process.processDefinitionKey,
        mappingInstructions: [{ sourceElementId: 't', targetElementId: 't' }],
      },
    });
    await call('ModifyProcessInstance', {
      processInstanceKey,
      activateInstructions: [
        { elementId: 't', variableInstructions: [{ variables: '{"m":1}', scopeId: '' }] },
      ],
    });
    const [batch] = await collect('ActivateJobs', { ...work, timeout: 60_000, maxJobsToActivate: 5 });
    const jobs = jobsOf(batch);
    assert.deepEqual(
      jobs.map(({ bpmnProcessId, variables }) => [bpmnProcessId, variables]),
      [
        ['other', '{"v":7,"m":1}'],
        ['other', '{"v":7,"m":1}'],
      ],
    );
    await call('FailJob', { jobKey: jobs[0]?.['key'], retries: 0, errorMessage: 'broken' });
    await assert.rejects(call('ResolveIncident', { incidentKey: NOTHING }), { code: NOT_FOUND });
    await call('ThrowError', { jobKey: jobs[1]?.['key'], errorCode: 'none' });
    const { key } = await call('BroadcastSignal', { signalName: 's' });
    assert.match(String(key), /^\d+$/);
    await call('CancelProcessInstance', { processInstanceKey });
    await call('DeleteResource', { resourceKey: process.processDefinitionKey });
    await assert.rejects(call('CreateProcessInstance', { bpmnProcessId: 'other', version: -1 }), {
      code: NOT_FOUND,
    });
  });

  it('to the evaluation of a decision, with the rules that matched', async (t) => {
    const { call } = await open(t);
    const content = readFileSync(
      new URL('../../scenarios/decision/hit-policies/unique.dmn', import.meta.url),
    );
    const deployed = await call('DeployResource', { resources: [{ name: 'unique.dmn', content }] });
    const [{ decision }] = deployed['deployments'] as [{ decision: Request }];
    const evaluated = await call('EvaluateDecision', {
      decisionId: decision['dmnDecisionId'],
      variables: '{"x":2}',
    });
    assert.equal(evaluated['decisionKey'], decision['decisionKey']);
    const [only] = evaluated['evaluatedDecisions'] as Request[];
    assert.equal(only?.['decisionOutput'], evaluated['decisionOutput']);
    assert.equal(only?.['decisionType'], 'DECISION_TABLE');
    assert.equal(evaluated['decisionOutput'], '{"a":1,"b":"one"}');
    assert.deepEqual(only?.['evaluatedInputs'], [
      { inputId: 'hit-unique-input-1', inputName: 'x', inputValue: '2' },
    ]);
    const [rule] = (only?.['matchedRules'] ?? []) as Request[];
    assert.deepEqual([rule?.['ruleId'], rule?.['ruleIndex']], ['hit-unique-rule-1', 1]);
    assert.equal(evaluated['failureMessage'], '');
    const failed = await call('EvaluateDecision', { decisionId: 'hit-unique', variables: '{"x":7}' });
    assert.equal(failed['failedDecisionId'], 'hit-unique');
    assert.match(String(failed['failureMessage']), /multiple values aren't allowed for UNIQUE/);
  });

  it('to the question for its topology', async (t) => {
    const { call, tutti } = await open(t);
    const topology = await call('Topology', {});
    const [broker] = topology['brokers'] as Request[];
    assert.equal(`${broker?.['host']}:${broker?.['port']}`, tutti.addresses.grpc);
    assert.deepEqual(broker?.['partitions'], [{ partitionId: 1, role: 'LEADER', health: 'HEALTHY' }]);
    assert.deepEqual(
      [topology['clusterSize'], topology['partitionsCount'], topology['replicationFactor']],
      [1, 1, 1],
    );
    assert.match(String(topology['gatewayVersion']), /^8\.\d+\.\d+$/);
  });
});
