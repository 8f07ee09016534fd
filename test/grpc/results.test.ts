import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type GrpcWorld, openGrpc, RawClient } from '../support/grpc.ts';
import { decode, encode, type Field } from '../support/protobuf.ts';
import { until } from '../support/until.ts';

/** What no client for Node sends yet, by the numbers of the fields as the reference of Camunda 8.9 has them. */

const SERVICE = 'gateway_protocol.Gateway';
const model = (path: string) =>
  readFileSync(new URL(`../../scenarios/${path}`, import.meta.url)).toString('utf8');

interface World extends GrpcWorld {
  raw(rpc: string, ...fields: readonly Field[]): Promise<Map<number, (bigint | Buffer)[]>>;
  /** Status and text of a refusal. */
  refused(rpc: string, ...fields: readonly Field[]): Promise<readonly [number, string]>;
  rest(method: string, path: string, body?: object): Promise<Response>;
}

async function open(t: TestContext): Promise<World> {
  const world = await openGrpc(t);
  const raw = (rpc: string, ...fields: readonly Field[]) =>
    new Promise<Map<number, (bigint | Buffer)[]>>((resolve, reject) => {
      const client = new (RawClient(SERVICE, rpc))(world.tutti.addresses.grpc, credentials.createInsecure());
      const call = client[rpc] as (
        bytes: Buffer,
        done: (error: ServiceError | null, bytes: Buffer) => void,
      ) => void;
      call.call(client, encode(...fields), (error, bytes) => {
        client.close();
        if (error) reject(error);
        else resolve(decode(bytes));
      });
    });
  return {
    ...world,
    raw,
    refused: (rpc, ...fields) =>
      raw(rpc, ...fields).then(
        () => assert.fail('it was accepted'),
        ({ code, details }: ServiceError) => [code, details] as const,
      ),
    rest: (method, path, body) =>
      fetch(`${world.tutti.addresses.http}/v2${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
  };
}

describe('EvaluateConditional', () => {
  const definitionOf = async (world: World, name: string): Promise<bigint> => {
    const answer = await world.deploy(name, model(`conditional-start/one-definition/${name}`));
    const [{ process } = { process: undefined }] = answer['deployments'] as readonly {
      process: { processDefinitionKey: string };
    }[];
    return BigInt(process?.processDefinitionKey ?? -1);
  };

  it('answers definitions with their instances, the key of the evaluation and the tenant', async (t) => {
    const world = await open(t);
    const [a, b] = [await definitionOf(world, 'a.bpmn'), await definitionOf(world, 'b.bpmn')];
    const answer = await world.raw('EvaluateConditional', [3, '{"x":5}']);
    const started = (answer.get(1) ?? []).map((bytes) => decode(bytes as Buffer));
    assert.deepEqual(
      started.map((one) => one.get(1)),
      [[a], [b]],
    );
    for (const one of started) assert.ok((one.get(2)?.[0] as bigint) > b, 'the key of an instance');
    assert.ok((answer.get(2)?.[0] as bigint) > b, 'the key of the evaluation');
    assert.equal(String(answer.get(3)?.[0]), '<default>');
  });

  it('may be restricted to one definition, and starts nothing where nothing holds', async (t) => {
    const world = await open(t);
    await definitionOf(world, 'a.bpmn');
    const b = await definitionOf(world, 'b.bpmn');
    const one = await world.raw('EvaluateConditional', [2, b], [3, '{"x":5}']);
    assert.deepEqual(
      one.get(1)?.map((bytes) => decode(bytes as Buffer).get(1)),
      [[b]],
    );
    const none = await world.raw('EvaluateConditional', [3, '{"x":0}']);
    assert.equal(none.get(1), undefined);
  });

  it('refuses other tenants, unknown definitions and variables that are no object', async (t) => {
    const world = await open(t);
    assert.deepEqual(await world.refused('EvaluateConditional', [1, 'foo']), [
      status.INVALID_ARGUMENT,
      "Expected to handle gRPC request EvaluateConditional with tenant identifier 'foo', but multi-tenancy is disabled",
    ]);
    assert.deepEqual(await world.refused('EvaluateConditional', [2, 123n], [3, '{}']), [
      status.NOT_FOUND,
      "Command 'EVALUATE' rejected with code 'NOT_FOUND': Expected to evaluate conditional for process definition key '123', but no such process was found.",
    ]);
    assert.deepEqual(await world.refused('EvaluateConditional', [3, '[]']), [
      status.INVALID_ARGUMENT,
      "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
    ]);
  });
});

/** The next job of a type, with the fields that its worker reads. */
async function jobOf(world: World, type: string): Promise<{ key: bigint; userTask: Map<number, unknown[]> }> {
  const client = new (RawClient(SERVICE, 'ActivateJobs', true))(
    world.tutti.addresses.grpc,
    credentials.createInsecure(),
  );
  const request = encode([1, type], [2, 'w'], [3, 60_000], [4, 1], [6, 10_000]);
  try {
    const call = client['ActivateJobs'] as (bytes: Buffer) => AsyncIterable<Buffer>;
    for await (const bytes of call.call(client, request)) {
      const [batch] = decode(bytes).get(1) ?? [];
      const job = decode(batch as Buffer);
      const [task] = job.get(15) ?? [];
      return { key: job.get(1)?.[0] as bigint, userTask: task ? decode(task as Buffer) : new Map() };
    }
  } finally {
    client.close();
  }
  throw new Error(`There is no job of the type ${type}.`);
}

describe('CompleteJob with the result of a task listener', () => {
  /** A task that somebody assigns to ann; the first of its listeners is `one`. */
  const assigned = async (t: TestContext, scenario: string, file: string, id: string) => {
    const world = await open(t);
    await world.deploy(file, model(`task-listener/${scenario}/${file}`));
    await world.call('CreateProcessInstance', { bpmnProcessId: id, version: -1 });
    const task = await until('the task', async () => {
      const response = await world.rest('POST', '/user-tasks/search', { filter: { state: 'CREATED' } });
      const { items } = (await response.json()) as { items: { userTaskKey: string }[] };
      return items[0]?.userTaskKey;
    });
    const answer = world.rest('POST', `/user-tasks/${task}/assignment`, { assignee: 'ann' });
    return { world, task, answer };
  };

  it('corrects what was sent, clears what was sent empty, and leaves the rest', async (t) => {
    const { world, task, answer } = await assigned(t, 'changed-attributes', 'tl-changed.bpmn', 'tl-changed');
    const first = await jobOf(world, 'one');
    assert.deepEqual(first.userTask.get(2)?.map(String), ['ann'], 'the assignee');
    assert.deepEqual(first.userTask.get(5)?.map(String), ['assignee'], 'what has changed');
    assert.deepEqual(first.userTask.get(10), [BigInt(task)]);
    const corrections = encode(
      [1, ''],
      [2, '2040-01-01T09:00:00Z'],
      [4, encode([1, 'u1'], [1, 'u2'])],
      [5, encode([1, 'g'])],
      [6, 90],
    );
    await world.raw('CompleteJob', [1, first.key], [3, encode([2, corrections], [4, 'userTask'])]);
    const second = await jobOf(world, 'two');
    assert.deepEqual(second.userTask.get(2)?.map(String), [''], 'the assignee was cleared');
    assert.deepEqual(second.userTask.get(3)?.map(String), ['g']);
    assert.deepEqual(second.userTask.get(4)?.map(String), ['u1', 'u2']);
    assert.deepEqual(second.userTask.get(9), [90n]);
    // An empty list of candidates is another thing than none.
    await world.raw('CompleteJob', [1, second.key], [3, encode([2, encode([4, encode()])])]);
    const third = await jobOf(world, 'three');
    assert.deepEqual(third.userTask.get(4) ?? [], []);
    assert.deepEqual(third.userTask.get(3)?.map(String), ['g']);
    await world.raw('CompleteJob', [1, third.key]);
    assert.equal((await answer).status, 204);
    const shown = (await (await world.rest('GET', `/user-tasks/${task}`)).json()) as Record<string, unknown>;
    assert.deepEqual(
      [shown['assignee'], shown['candidateUsers'], shown['candidateGroups'], shown['priority']],
      [null, [], ['g'], 90],
    );
  });

  it('denies the step, and whoever asked for it is told why', async (t) => {
    const { world, answer } = await assigned(t, 'denied', 'tl-denied.bpmn', 'tl-denied');
    await world.raw('CompleteJob', [1, (await jobOf(world, 'one')).key]);
    const { key } = await jobOf(world, 'two');
    await world.raw('CompleteJob', [1, key], [3, encode([1, true], [3, 'on holiday'])]);
    const response = await answer;
    const { title, detail } = (await response.json()) as Record<string, string>;
    assert.deepEqual([response.status, title], [409, 'INVALID_STATE']);
    assert.match(detail ?? '', /on holiday/);
  });

  it('is refused if nobody knows its type, or its priority is out of bounds, and the job stays', async (t) => {
    const { world, answer } = await assigned(t, 'denied', 'tl-denied.bpmn', 'tl-denied');
    const { key } = await jobOf(world, 'one');
    const [code, details] = await world.refused('CompleteJob', [1, key], [3, encode([4, 'guess'])]);
    assert.equal(code, status.INVALID_ARGUMENT);
    assert.match(details, /'guess'/);
    const priority = encode([2, encode([6, 101])]);
    const [refusal, text] = await world.refused('CompleteJob', [1, key], [3, priority]);
    assert.equal(refusal, status.INVALID_ARGUMENT);
    assert.equal(text, "The value for priority is '101' but must be within the [0,100] range.");
    await world.raw('CompleteJob', [1, key]);
    await world.raw('CompleteJob', [1, (await jobOf(world, 'two')).key]);
    assert.equal((await answer).status, 204);
  });
});

describe('CompleteJob with the result of an ad-hoc subprocess', () => {
  const file = 'ad-hoc-subprocess/worker-cancels-and-activates/process.bpmn';

  // The reference of the protocol writes the type in another way than the clients do.
  for (const type of ['adHocSubProcess', 'adHocSubprocess'])
    it(`activates elements with variables, cancels and completes (${type})`, async (t) => {
      const world = await open(t);
      await world.deploy('process.bpmn', model(file));
      const created = await world.call('CreateProcessInstance', {
        bpmnProcessId: 'ah-worker-instead',
        version: -1,
      });
      const a = encode([1, 'A'], [2, '{"n":1.50}']);
      const { key } = await jobOf(world, 'decide');
      await world.raw('CompleteJob', [1, key], [3, encode([4, type], [5, a], [5, encode([1, 'B'])])]);
      const first = (await jobOf(world, 'A')).key;
      await world.raw('CompleteJob', [1, first]);
      const decided = (await jobOf(world, 'decide')).key;
      // What still runs is cancelled, and nothing else begins.
      await world.raw('CompleteJob', [1, decided], [3, encode([4, type], [6, true], [7, true])]);
      const path = `/process-instances/${created['processInstanceKey']}`;
      const { state } = (await (await world.rest('GET', path)).json()) as { state: string };
      assert.equal(state, 'COMPLETED');
      const variables = await world.rest('POST', '/variables/search', { filter: { name: 'n' } });
      const { items } = (await variables.json()) as { items: { value: string }[] };
      assert.deepEqual(
        items.map(({ value }) => value),
        ['1.50'],
      );
    });
});
