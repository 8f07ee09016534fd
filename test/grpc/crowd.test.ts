import assert from 'node:assert/strict';
import { Agent, type ClientRequest, request } from 'node:http';
import { it, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import { openWorld, type World } from '../contract/world.ts';
import { oneTask, RawClient } from '../support/grpc.ts';
import { decode, encode } from '../support/protobuf.ts';
import { until } from '../support/until.ts';

/** How many of each kind wait at the same time. */
const CROWD = 1000;
const SERVICE = 'gateway_protocol.Gateway';
const START = Date.parse('2040-01-01T00:00:00Z');
const AGES = 3_600_000;
/** By how much the heap may stay larger, for caches and what the test itself keeps. */
const MOST_GROWTH = 24 * 1024 * 1024;

/** Jobs that a stream takes at once when it is nearly alone. */
const A_FEW = 32;

type Kind = 'poll over gRPC' | 'poll over REST' | 'stream';
const KINDS: readonly Kind[] = ['poll over gRPC', 'poll over REST', 'stream'];

/** Somebody who waits for jobs, and the jobs that it got. */
interface Worker {
  readonly kind: Kind;
  readonly jobs: string[];
  leave(): void;
}

interface Crowd {
  readonly world: World;
  /** So many of each kind join the line, one kind after the other. */
  join(count: number): Promise<readonly Worker[]>;
  /** Creates so many jobs, as clients do that do not wait for each other. */
  create(count: number): Promise<void>;
}

async function open(t: TestContext): Promise<Crowd> {
  const world = await openWorld('gRPC', START);
  t.after(() => world.close());
  const files = [{ name: 'crowd.bpmn', content: Buffer.from(oneTask('crowd')) }];
  await world.surface.ask({ valueType: 'RESOURCES', files });
  const { grpc = '', http = '' } = world.addresses;
  const agent = new Agent({ keepAlive: false });
  // Of their own, and anew for each crowd: HTTP/2 takes who resets a thousand calls on one connection for an attacker.
  const clientOf = (rpc: string) => {
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    const client = new (RawClient(SERVICE, rpc, true))(grpc, credentials.createInsecure(), options);
    t.after(() => client.close());
    return (bytes: Buffer) => (client[rpc] as Open).call(client, bytes);
  };
  t.after(() => agent.destroy());
  type Open = (bytes: Buffer) => ClientReadableStream<Buffer>;

  const joining = (): Readonly<Record<Kind, () => Worker>> => {
    const [poll, stream] = [clientOf('ActivateJobs'), clientOf('StreamActivatedJobs')];
    return {
      'poll over gRPC': (): Worker => {
        const asked = encode([1, 'work'], [2, 'w'], [3, AGES], [4, 1], [6, AGES]);
        const jobs: string[] = [];
        const call = poll(asked);
        call.on('error', () => undefined);
        call.on('data', (bytes) => {
          for (const job of decode(bytes).get(1) ?? []) jobs.push(String(decode(job as Buffer).get(1)?.[0]));
        });
        return { kind: 'poll over gRPC', jobs, leave: () => call.cancel() };
      },
      'poll over REST': (): Worker => {
        const jobs: string[] = [];
        const asked: ClientRequest = request(
          `${http}/v2/jobs/activation`,
          { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
          (response) => {
            let text = '';
            response.on('error', () => undefined);
            response.on('data', (part) => {
              text += part;
            });
            response.on('end', () => {
              for (const { jobKey } of JSON.parse(text).jobs) jobs.push(jobKey);
            });
          },
        );
        asked.on('error', () => undefined);
        const body = { type: 'work', timeout: AGES, maxJobsToActivate: 1, requestTimeout: AGES };
        asked.end(JSON.stringify(body));
        return { kind: 'poll over REST', jobs, leave: () => asked.destroy() };
      },
      stream: (): Worker => {
        const jobs: string[] = [];
        const asked = encode([1, 'work'], [2, 'w'], [3, AGES]);
        const call = stream(asked);
        call.on('error', () => undefined);
        call.on('data', (bytes) => jobs.push(String(decode(bytes).get(1)?.[0])));
        return { kind: 'stream', jobs, leave: () => call.cancel() };
      },
    };
  };

  return {
    world,
    join: async (count) => {
      const workers: Worker[] = [];
      const join = joining();
      for (const kind of KINDS) {
        const before = world.runtime.metrics().waiting;
        for (let number = 0; number < count; number++) workers.push(join[kind]());
        await waiting(world, before + count);
      }
      return workers;
    },
    create: async (count) => {
      const value = {
        bpmnProcessId: 'crowd',
        processDefinitionKey: -1,
        version: -1,
        variables: new Map(),
        startInstructions: [],
        fetchVariables: [],
      };
      const command = { valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE', value } as const;
      const answers = await Promise.all(Array.from({ length: count }, () => world.runtime.execute(command)));
      assert.ok(answers.every(({ kind }) => kind === 'accepted'));
    },
  };
}

function waiting(world: World, count: number): Promise<unknown> {
  return until(`${count} wait`, async () => (world.runtime.metrics().waiting === count ? true : undefined));
}

const keysOf = (workers: readonly Worker[]): string[] => workers.flatMap(({ jobs }) => jobs);
const got = (workers: readonly Worker[], count: number) =>
  until(`${count} jobs are there`, async () => (keysOf(workers).length >= count ? true : undefined));

/** Bytes that are in use after all garbage is gone. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

it('a thousand polls over gRPC, a thousand over REST and a thousand streams are all served, each job once', {
  timeout: 60_000,
}, async (t) => {
  const { join, create, world } = await open(t);
  const crowd = await join(CROWD);
  await create(3 * CROWD);
  await got(crowd, 3 * CROWD);
  const keys = keysOf(crowd);
  assert.equal(new Set(keys).size, keys.length, 'no job went to two');
  assert.equal(keys.length, 3 * CROWD);
  const unservedOf = () => crowd.filter(({ jobs }) => jobs.length === 0).length;
  const unserved = unservedOf();
  assert.ok(unserved <= A_FEW, `${unserved} got nothing`);
  // Those are the first in line now.
  for (let number = 0; number < unserved; number++) await create(1);
  await got(crowd, 3 * CROWD + unserved);
  assert.equal(unservedOf(), 0, 'everybody got a job');
  const most = Math.max(...crowd.map(({ jobs }) => jobs.length));
  assert.ok(most <= A_FEW, `somebody got ${most} jobs`);
  for (const worker of crowd) worker.leave();
  await waiting(world, 0);
});

it('who leaves gets nothing more, who stays gets it all, and memory comes back', {
  timeout: 60_000,
}, async (t) => {
  const { join, create, world } = await open(t);
  const round = async () => {
    const crowd = await join(CROWD);
    const leaving = crowd.filter((_, index) => index % 3 > 0);
    for (const worker of leaving) worker.leave();
    const staying = crowd.filter((_, index) => index % 3 === 0);
    await waiting(world, staying.length);
    await create(CROWD);
    await got(staying, CROWD);
    assert.deepEqual(keysOf(leaving), []);
    for (const worker of staying) worker.leave();
    await waiting(world, 0);
  };
  await round();
  const before = heap();
  for (let number = 0; number < 2; number++) await round();
  const growth = heap() - before;
  assert.ok(growth < MOST_GROWTH, `the heap has grown by ${Math.round(growth / 1024 / 1024)} MiB`);
  // Nothing is left with a worker that is gone.
  await create(1);
  const request = { type: 'work', worker: 'w', timeout: AGES, maxJobsToActivate: 10_000, fetchVariables: [] };
  const answer = await world.runtime.activateJobs(request, 0);
  assert.ok(answer.kind === 'accepted');
  assert.equal((answer.value as { jobs: readonly unknown[] }).jobs.length, 1);
});
