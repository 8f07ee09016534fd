import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { credentials, makeClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { gatewayService } from '../../src/gateway/grpc/protocol.ts';
import { type GrpcWorld, openGrpc } from '../support/grpc.ts';
import { until } from '../support/until.ts';

type Message = Readonly<Record<string, unknown>>;

const HEAD = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">`;
const task = (id: string) =>
  `<serviceTask id="${id}"><extensionElements><zeebe:taskDefinition type="${id}"/></extensionElements></serviceTask>`;
const TWO = `${HEAD}<process id="two" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
  ${task('a')}<sequenceFlow id="g" sourceRef="a" targetRef="b"/>${task('b')}</process></definitions>`;
const CONDITION = `${HEAD}<process id="conditional" isExecutable="true"><startEvent id="s"><conditionalEventDefinition id="c">
  <condition xsi:type="tFormalExpression">=x &gt; 1</condition></conditionalEventDefinition></startEvent></process></definitions>`;

/** What Camunda 8.9 added to the protocol, which the package of the client for Node does not have yet. */
describe('the gRPC protocol of Camunda 8.9', () => {
  it('takes a business id, and answers it', async (t) => {
    const { call } = await open(t);
    const request = { bpmnProcessId: 'two', version: -1, businessId: 'order-1' };
    assert.equal((await call('CreateProcessInstance', request))['businessId'], 'order-1');
    const without = await call('CreateProcessInstance', { bpmnProcessId: 'two', version: -1 });
    assert.equal(without['businessId'], undefined);
  });

  it('moves tokens by element and by key, and ends elements by their id', async (t) => {
    const { call, rest } = await open(t);
    const elements = async (processInstanceKey: string) =>
      (
        (await rest('/v2/element-instances/search', { filter: { processInstanceKey, state: 'ACTIVE' } }))
          .items as { elementId: string; elementInstanceKey: string }[]
      ).sort((one, other) => one.elementId.localeCompare(other.elementId));
    const { processInstanceKey } = await call('CreateProcessInstance', { bpmnProcessId: 'two', version: -1 });
    const instance = String(processInstanceKey);
    const modify = (change: Message) => call('ModifyProcessInstance', { processInstanceKey, ...change });
    await modify({
      moveInstructions: [
        {
          sourceElementId: 'a',
          targetElementId: 'b',
          variableInstructions: [{ variables: '{"x":1}', scopeId: 'b' }],
        },
      ],
    });
    const [moved] = await elements(instance);
    assert.equal(moved?.elementId, 'b');
    await modify({
      moveInstructions: [
        {
          sourceElementInstanceKey: Number(moved.elementInstanceKey),
          targetElementId: 'a',
          useSourceParentKeyAsAncestorScopeKey: true,
        },
      ],
      activateInstructions: [{ elementId: 'b' }],
    });
    assert.deepEqual(
      (await elements(instance)).map(({ elementId }) => elementId),
      ['a', 'b'],
    );
    await modify({ terminateInstructions: [{ elementId: 'a' }] });
    assert.deepEqual(
      (await elements(instance)).map(({ elementId }) => elementId),
      ['b'],
    );
  });

  it('tells the key of an evaluation of conditions', async (t) => {
    const { world, call } = await open(t);
    await world.deploy('conditional.bpmn', CONDITION);
    const evaluated = await call('EvaluateConditional', { variables: '{"x":2}' });
    assert.equal((evaluated['processInstances'] as Message[]).length, 1);
    assert.ok(Number(evaluated['conditionalEvaluationKey']) > 2 ** 51);
    assert.equal(evaluated['tenantId'], '<default>');
  });

  it('deletes a process with its history, if that is asked for', async (t) => {
    const { call, rest } = await open(t);
    const created = await call('CreateProcessInstance', { bpmnProcessId: 'two', version: -1 });
    await call('CancelProcessInstance', { processInstanceKey: created['processInstanceKey'] });
    const resourceKey = created['processDefinitionKey'];
    const deleted = await call('DeleteResource', { resourceKey, deleteHistory: true });
    assert.equal(deleted['resourceKey'], String(resourceKey));
    const { batchOperationKey, batchOperationType } = deleted['batchOperation'] as Message;
    assert.equal(batchOperationType, 'DELETE_PROCESS_INSTANCE');
    await until('the history is gone', async () =>
      (await rest(`/v2/batch-operations/${batchOperationKey}`)).state === 'COMPLETED' &&
      (await rest('/v2/process-instances/search', {})).items.length === 0
        ? true
        : undefined,
    );
  });

  it('keeps the history otherwise', async (t) => {
    const { call } = await open(t);
    const created = await call('CreateProcessInstance', { bpmnProcessId: 'two', version: -1 });
    await call('CancelProcessInstance', { processInstanceKey: created['processInstanceKey'] });
    const deleted = await call('DeleteResource', { resourceKey: created['processDefinitionKey'] });
    assert.equal(deleted['batchOperation'], null);
  });
});

interface World {
  readonly world: GrpcWorld;
  call(rpc: string, request: Message): Promise<Message>;
  // biome-ignore lint/suspicious/noExplicitAny: each answer has members of its own
  rest(path: string, body?: object): Promise<any>;
}

async function open(t: TestContext): Promise<World> {
  const world = await openGrpc(t);
  await world.deploy('two.bpmn', TWO);
  const Client = makeClientConstructor(gatewayService, 'Gateway');
  const client = new Client(world.tutti.addresses.grpc, credentials.createInsecure());
  t.after(() => client.close());
  return {
    world,
    call: (rpc, request) =>
      new Promise((resolve, reject) => {
        (client[rpc] as (...args: unknown[]) => unknown).call(
          client,
          request,
          (error: ServiceError | null, answer: Message) => (error ? reject(error) : resolve(answer)),
        );
      }),
    rest: async (path, body) => {
      const headers = { 'content-type': 'application/json' };
      const sent = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(world.tutti.addresses.http + path, sent)).json();
    },
  };
}
