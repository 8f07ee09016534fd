import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { status } from '@grpc/grpc-js';
import { type GrpcWorld, oneTask, openGrpc } from '../support/grpc.ts';
import { until } from '../support/until.ts';

type Message = Readonly<Record<string, unknown>>;

const one = { bpmnProcessId: 'one', version: -1 };
const ask = { type: 'work', worker: 'w', timeout: 60_000 };
const jobsOf = (messages: readonly Message[]): Message[] =>
  messages.flatMap((message) => (message['jobs'] ?? []) as Message[]);

describe('a stream of jobs', () => {
  it('gets each job as soon as it is there, once', async (t) => {
    const world = await open(t);
    const jobs: Message[] = [];
    const stream = world.stream('StreamActivatedJobs', ask).on('data', (job) => jobs.push(job));
    stream.on('error', () => undefined);
    for (let number = 0; number < 50; number++)
      await world.call('CreateProcessInstance', { ...one, variables: `{"number":${number}}` });
    await until('all jobs are there', async () => (jobs.length >= 50 ? true : undefined));
    assert.deepEqual(
      jobs.map(({ variables }) => variables),
      Array.from({ length: 50 }, (_, number) => `{"number":${number}}`),
    );
    for (const { key } of jobs) await world.call('CompleteJob', { jobKey: key });
    stream.cancel();
  });

  it('of a client that left is given nothing more, and others get the jobs', async (t) => {
    const world = await open(t);
    const stream = world.stream('StreamActivatedJobs', ask);
    stream.on('error', () => undefined);
    const first = once(stream, 'data');
    await world.call('CreateProcessInstance', one);
    await first;
    stream.cancel();
    await once(stream, 'error').catch(() => undefined);
    await world.call('CreateProcessInstance', one);
    const job = await until('the second job is free', async () =>
      jobsOf(await world.collect('ActivateJobs', { ...ask, maxJobsToActivate: 1, requestTimeout: 100 })).at(
        0,
      ),
    );
    assert.equal(job['retries'], 3);
  });

  it('ends when the server stops', async (t) => {
    const world = await open(t);
    const stream = world.stream('StreamActivatedJobs', ask).on('error', () => undefined);
    const first = once(stream, 'data');
    await world.call('CreateProcessInstance', one);
    await first;
    stream.on('data', () => undefined);
    const ended = Promise.race([once(stream, 'end'), once(stream, 'error')]);
    await world.tutti.close();
    await ended;
  });

  it('waits together with a thousand others and a thousand long polls', async (t) => {
    const world = await open(t);
    const seen = { stream: 0, poll: 0 };
    for (let number = 0; number < 1000; number++) {
      world
        .stream('StreamActivatedJobs', { ...ask, type: `stream-${number}` })
        .on('data', () => seen.stream++)
        .on('error', () => undefined);
      world
        .stream('ActivateJobs', {
          ...ask,
          type: `poll-${number}`,
          maxJobsToActivate: 1,
          requestTimeout: 60_000,
        })
        .on('data', () => seen.poll++)
        .on('error', () => undefined);
    }
    await world.deploy('stream.bpmn', oneTask('stream', 'stream-700'));
    await world.deploy('poll.bpmn', oneTask('poll', 'poll-700'));
    await world.call('CreateProcessInstance', { bpmnProcessId: 'stream', version: -1 });
    await world.call('CreateProcessInstance', { bpmnProcessId: 'poll', version: -1 });
    await until('both jobs are there', async () => (seen.stream + seen.poll === 2 ? true : undefined));
    assert.deepEqual(seen, { stream: 1, poll: 1 });
  });
});

describe('a long poll', () => {
  it('is answered by the job that is created meanwhile', async (t) => {
    const world = await open(t);
    const polled = world.collect('ActivateJobs', { ...ask, maxJobsToActivate: 5, requestTimeout: 15_000 });
    const { processInstanceKey } = await world.call('CreateProcessInstance', one);
    const jobs = jobsOf(await polled);
    assert.deepEqual(
      jobs.map((job) => job['processInstanceKey']),
      [processInstanceKey],
    );
  });

  it('ends empty when its time is over, at once if it has none', async (t) => {
    const world = await open(t);
    assert.deepEqual(
      await world.collect('ActivateJobs', { ...ask, maxJobsToActivate: 1, requestTimeout: 50 }),
      [],
    );
    assert.deepEqual(
      await world.collect('ActivateJobs', { ...ask, maxJobsToActivate: 1, requestTimeout: -1 }),
      [],
    );
  });

  it('for no jobs waits as long as it says, however long that is', async (t) => {
    const world = await open(t);
    const request = { ...ask, maxJobsToActivate: 0, requestTimeout: '9007199254740991' };
    await assert.rejects(world.collect('ActivateJobs', request, { deadlineMs: 300 }), {
      code: status.DEADLINE_EXCEEDED,
    });
  });

  it('leaves its jobs to others when its deadline has passed', async (t) => {
    const world = await open(t);
    await assert.rejects(
      world.collect(
        'ActivateJobs',
        { ...ask, maxJobsToActivate: 1, requestTimeout: 60_000 },
        { deadlineMs: 100 },
      ),
      { code: status.DEADLINE_EXCEEDED },
    );
    await world.call('CreateProcessInstance', one);
    const jobs = jobsOf(await world.collect('ActivateJobs', { ...ask, maxJobsToActivate: 1 }));
    assert.equal(jobs.length, 1);
  });

  it('gets many large jobs in several messages that each fit', async (t) => {
    const world = await open(t);
    const variables = JSON.stringify({ text: 'x'.repeat(300_000) });
    for (let number = 0; number < 20; number++)
      await world.call('CreateProcessInstance', { ...one, variables });
    const messages = await world.collect('ActivateJobs', { ...ask, maxJobsToActivate: 20 });
    assert.equal(jobsOf(messages).length, 20);
    assert.ok(messages.length > 4, `${messages.length} messages`);
  });
});

describe('the gRPC port', () => {
  it('refuses a message above 4 MiB and goes on', async (t) => {
    const world = await open(t);
    const variables = JSON.stringify({ text: 'x'.repeat(5_000_000) });
    await assert.rejects(world.call('CreateProcessInstance', { ...one, variables }), {
      code: status.RESOURCE_EXHAUSTED,
    });
    await world.call('CreateProcessInstance', one);
  });

  it('tells the beginning of a refusal that is too long for trailers', async (t) => {
    const world = await open(t);
    for (const [sign, least] of [
      ['x', 5000],
      ['ü', 900],
      ['😀', 400],
    ] as const) {
      const variables = `{"a":"${sign.repeat(100_000)}`;
      await assert.rejects(world.call('CreateProcessInstance', { ...one, variables }), (error) => {
        const { code, details } = error as { code: number; details: string };
        assert.equal(code, status.INVALID_ARGUMENT);
        assert.match(details, /^Invalid JSON value: \{"a":"/);
        assert.match(details, /… \(\d+ more characters\)$/);
        const told = details.split(sign).length;
        assert.ok(told > least, `${told} times ${sign}`);
        return true;
      });
    }
    await world.call('CreateProcessInstance', one);
  });

  it('survives bytes that are no HTTP/2', async (t) => {
    const world = await open(t);
    const [host, port] = world.tutti.addresses.grpc.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await world.call('Topology', {});
  });
});

async function open(t: TestContext): Promise<GrpcWorld> {
  const world = await openGrpc(t);
  await world.deploy('one.bpmn', oneTask('one'));
  return world;
}
