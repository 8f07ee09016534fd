import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type CamundaClient,
  createCamundaClient,
  createCamundaResultClient,
  type EnrichedActivatedJob,
  isErr,
  isOk,
  isSdkError,
  JobActionReceiptSymbol,
} from '@camunda8/orchestration-cluster-api';
import { createCamundaFpClient, eventuallyTE, isLeft } from '@camunda8/orchestration-cluster-api/fp';
import { catching, chain, message, service, userTask } from '../support/chain.ts';
import { once, type Scope } from '../support/grpc.ts';
import { NOW, open as openWorld, stateOf } from '../support/orchestration.ts';
import { until } from '../support/until.ts';

type Config = Parameters<CamundaClient['createJobWorker']>[0];

async function open(scope: Scope) {
  const world = await openWorld(scope);
  const { client } = world;
  return {
    ...world,
    work: (
      t: TestContext,
      jobType: string,
      jobHandler: Config['jobHandler'],
      more: Partial<Omit<Config, 'jobType' | 'jobHandler'>> = {},
    ) => {
      const worker = client.createJobWorker({
        jobType,
        jobTimeoutMs: 30_000,
        maxParallelJobs: 4,
        pollTimeoutMs: 2000,
        pollIntervalMs: 5,
        jobHandler,
        ...more,
      } as Config);
      t.after(() => worker.stop());
      return worker;
    },
    run: async (processDefinitionId: string, variables: Record<string, unknown> = {}) =>
      (
        await client.createProcessInstance({
          processDefinitionId: processDefinitionId as never,
          variables,
          awaitCompletion: true,
          requestTimeout: 20_000,
        })
      ).variables,
  };
}

/** A client that checks nothing, nor logs. */
const clientConfig = (http: string) => ({
  config: { CAMUNDA_REST_ADDRESS: http, CAMUNDA_AUTH_STRATEGY: 'NONE' as const },
  env: {},
  log: { level: 'silent' as const },
});

const world = once(open);

describe("Workers of Camunda's client for the Orchestration Cluster API", () => {
  it('are handed what a job has, with some variables only, and complete it', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('whole.bpmn', chain('whole', [service('whole')]));
    const jobs: EnrichedActivatedJob[] = [];
    const more = { fetchVariables: ['keep'], workerName: 'named' } as never;
    work(
      t,
      'whole',
      (job) => {
        jobs.push(job as never);
        return job.complete({ done: true });
      },
      more,
    );
    assert.deepEqual(await run('whole', { keep: 1, drop: 2 }), { keep: 1, drop: 2, done: true });
    const [job] = jobs;
    assert.ok(job);
    assert.deepEqual(
      [job.type, job.worker, job.retries, job.customHeaders, job.variables, job.kind, job.tenantId],
      ['whole', 'named', 3, { box: 'small' }, { keep: 1 }, 'BPMN_ELEMENT', '<default>'],
    );
  });

  it('throw errors that the process catches, fail, ignore and cancel', async (t) => {
    const { client, deployXml, work, run, start } = world();
    const outputs = '<zeebe:ioMapping><zeebe:output source="=why" target="why"/></zeebe:ioMapping>';
    await deployXml('sad.bpmn', chain('sad', [catching(service('risky'), 'BUSINESS', 'sad-flow', outputs)]));
    const tries: number[] = [];
    work(t, 'risky', (job) => {
      tries.push(job.retries);
      if (job.retries === 3) return job.fail({ errorMessage: 'not yet', retries: 2, retryBackOff: 0 });
      return job.error({ errorCode: 'BUSINESS', errorMessage: 'no', variables: { why: 'sad' } } as never);
    });
    work(t, 'sad-flow', (job) => job.complete({ caught: true }));
    assert.deepEqual(await run('sad'), { why: 'sad', caught: true });
    assert.deepEqual(tries, [3, 2]);
    await deployXml('ignored.bpmn', chain('ignored', [service('ignored')]));
    const ignored: EnrichedActivatedJob[] = [];
    work(t, 'ignored', (job) => {
      ignored.push(job as never);
      return job.ignore();
    });
    const running = await start('ignored');
    await until('the job was ignored', async () => ignored[0]);
    assert.equal(await stateOf(client, running), 'ACTIVE');
    await deployXml('stopped.bpmn', chain('stopped', [service('stopped')]));
    work(t, 'stopped', (job) => job.cancelWorkflow());
    const stopped = await start('stopped');
    await until('the instance is cancelled', async () =>
      (await stateOf(client, stopped)) === 'TERMINATED' ? true : undefined,
    );
  });

  it('fail the job when the handler throws, down to an incident', async (t) => {
    const { client, deployXml, work, start } = world();
    await deployXml('throws.bpmn', chain('throws', [service('throws', '', 'retries="1"')]));
    work(t, 'throws', () => {
      throw new Error('by a fault of the handler');
    });
    const processInstanceKey = (await start('throws')) as never;
    const incident = await until('the incident is there', async () => {
      const { items } = await client.searchIncidents({ filter: { processInstanceKey } }, NOW);
      return items[0];
    });
    assert.equal(incident.errorType, 'JOB_NO_RETRIES');
    assert.match(incident.errorMessage, /by a fault of the handler/);
  });

  it('correct user tasks, and deny what was done to them', async (t) => {
    const { client, deployXml, work, start } = world();
    const listeners = ['assigning', 'completing']
      .map((event) => `<zeebe:taskListener eventType="${event}" type="listen-${event}"/>`)
      .join('');
    const extension = `<zeebe:taskListeners>${listeners}</zeebe:taskListeners>`;
    await deployXml('listened.bpmn', chain('listened', [userTask('listened-task', extension)]));
    work(t, 'listen-assigning', (job) =>
      job.complete(
        {},
        { type: 'userTask', corrections: { assignee: 'corrected', priority: 80, candidateGroups: ['desk'] } },
      ),
    );
    let denies = true;
    work(t, 'listen-completing', (job) =>
      denies
        ? job.complete({}, { type: 'userTask', denied: true, deniedReason: 'papers are missing' })
        : job.complete(),
    );
    const processInstanceKey = (await start('listened')) as never;
    const { items } = await client.searchUserTasks({ filter: { processInstanceKey } }, NOW);
    const { userTaskKey } = items[0] ?? assert.fail('no task');
    await client.assignUserTask({ userTaskKey, assignee: 'ann' });
    const task = await client.getUserTask({ userTaskKey }, NOW);
    assert.deepEqual([task.assignee, task.priority, task.candidateGroups], ['corrected', 80, ['desk']]);
    await assert.rejects(client.completeUserTask({ userTaskKey }, { retry: false }), {
      status: 409,
      detail: /papers are missing/,
    });
    denies = false;
    await client.completeUserTask({ userTaskKey });
    assert.equal(await stateOf(client, processInstanceKey), 'COMPLETED');
  });

  it('run handlers on threads, which may call the client', async (t) => {
    const { tutti, deployXml, run } = world();
    await deployXml('threaded.bpmn', chain('threaded', [service('threaded')]));
    const client = createCamundaClient(clientConfig(tutti.addresses.http));
    const worker = client.createThreadedJobWorker({
      jobType: 'threaded',
      handlerModule: fileURLToPath(new URL('../support/threaded-handler.mjs', import.meta.url)),
      maxParallelJobs: 2,
      jobTimeoutMs: 30_000,
      threadPoolSize: 1,
      pollTimeoutMs: 2000,
    });
    t.after(() => client.stopAllWorkers());
    assert.deepEqual(await run('threaded', { a: 1, b: 2 }), { a: 1, b: 2, sum: 3, brokers: 1 });
    assert.equal(worker.poolSize, 1);
  });

  it('are known to their client, which stops them all', async () => {
    const { tutti } = world();
    const client = createCamundaClient(clientConfig(tutti.addresses.http));
    client.createJobWorker({
      jobType: 'idle',
      jobTimeoutMs: 1000,
      maxParallelJobs: 1,
      jobHandler: (job) => job.complete(),
    });
    assert.equal(client.getWorkers().length, 1);
    client.stopAllWorkers();
    assert.equal(client.getBackpressureState().severity, 'healthy');
  });
});

describe("Camunda's client for the Orchestration Cluster API", () => {
  const config = () => clientConfig(world().tutti.addresses.http);

  it('gives activated jobs their actions', async () => {
    const { client, deployXml, start } = world();
    await deployXml('acted.bpmn', chain('acted', [service('acted')]));
    const processInstanceKey = await start('acted');
    const request = { type: 'acted', timeout: 30_000, maxJobsToActivate: 1, requestTimeout: 5000 };
    const [job] = (await client.activateJobs({ ...request, tenantIds: ['<default>' as never] })).jobs;
    assert.equal(await job?.complete({ some: 'value' }), JobActionReceiptSymbol);
    assert.equal(await stateOf(client, processInstanceKey), 'COMPLETED');
  });

  it('fails a job twice, as the last one says', async () => {
    const { client, deployXml, start } = world();
    await deployXml('again.bpmn', chain('again', [service('again')]));
    await start('again');
    const request = { type: 'again', timeout: 30_000, maxJobsToActivate: 1, requestTimeout: 5000 };
    const { jobKey } = (await client.activateJobs(request)).jobs[0] ?? assert.fail('no job');
    await client.failJob({ jobKey, retries: 1 });
    await client.failJob({ jobKey, retries: 8 });
    const again = (await client.activateJobs(request)).jobs[0] ?? assert.fail('no job');
    assert.deepEqual([again.jobKey, again.retries], [jobKey, 8]);
  });

  it('gives up a request that is cancelled, and loses no job by it', async () => {
    const { client, deployXml, start } = world();
    await deployXml('left.bpmn', chain('left', [service('left')]));
    const request = { type: 'left', timeout: 30_000, maxJobsToActivate: 1, requestTimeout: 10_000 };
    const waiting = client.activateJobs(request);
    waiting.cancel();
    await assert.rejects(waiting, { name: 'CancelSdkError' });
    await start('left');
    assert.equal((await client.activateJobs(request)).jobs.length, 1);
  });

  it('waits for what a search shall find, and serves user tasks as they come', async () => {
    const { client, deployXml, start } = world();
    await deployXml('served.bpmn', chain('served', [userTask('serve')]));
    const done = new Set<string>();
    const poller = client.searchUserTasks(
      { filter: { state: 'CREATED' } },
      {
        consistency: {
          waitUpToMs: Number.POSITIVE_INFINITY,
          pollIntervalMs: 10,
          predicate: async ({ items }) => {
            for (const { userTaskKey } of items.filter((task) => !done.has(task.userTaskKey))) {
              done.add(userTaskKey);
              await client.assignUserTask({ userTaskKey, assignee: 'poller' });
              await client.completeUserTask({ userTaskKey, variables: { completed: true } });
            }
            return false;
          },
        },
      },
    );
    const ended = assert.rejects(poller, { name: 'CancelSdkError' });
    const processInstanceKey = (await start('served', { completed: false })) as never;
    await client.searchProcessInstances(
      { filter: { processInstanceKey, state: 'COMPLETED' } },
      { consistency: { waitUpToMs: 10_000, pollIntervalMs: 10 } },
    );
    const { items } = await client.searchVariables(
      { filter: { processInstanceKey } },
      { consistency: { waitUpToMs: 5000, pollIntervalMs: 10 } },
    );
    assert.deepEqual(
      items.map(({ name, value }) => [name, value]),
      [['completed', 'true']],
    );
    poller.cancel();
    await ended;
  });

  it('walks to the last page by its cursors, which end in none', async () => {
    const { tutti, client, deployXml, start } = world();
    // Where it checks requests strictly, this release drops the cursor from the page.
    const loose = createCamundaClient(config());
    const processDefinitionKey = await deployXml('many.bpmn', chain('many', [message('wait', 'never', 'k')]));
    const started: string[] = [];
    for (let number = 0; number < 5; number++) started.push(await start('many', { k: `${number}` }));
    const found: string[] = [];
    let after: unknown;
    let pages = 0;
    do {
      const page = await loose.searchProcessInstances(
        {
          filter: { processDefinitionKey: processDefinitionKey as never, state: 'ACTIVE' },
          page: (after ? { after, limit: 2 } : { limit: 2 }) as never,
        },
        NOW,
      );
      found.push(...page.items.map((item) => item.processInstanceKey));
      after = page.page.endCursor ?? undefined;
      pages++;
    } while (after && pages < 20);
    assert.deepEqual(found.sort(), started.sort());
    assert.ok(pages <= 4, `${pages} pages`);
    assert.ok(tutti && client);
  });

  it('answers results in place of errors, and tasks in place of promises, where it is asked to', async () => {
    const { deployXml } = world();
    await deployXml('either.bpmn', chain('either', [service('either')]));
    const results = createCamundaResultClient(config());
    const made = await results.createProcessInstance({ processDefinitionId: 'either' as never });
    assert.ok(isOk(made));
    const failed = await results.createProcessInstance({ processDefinitionId: 'neither' as never });
    assert.ok(isErr(failed));
    assert.ok(isSdkError(failed.error));
    assert.equal(failed.error.name, 'HttpSdkError');
    const tasks = createCamundaFpClient(config());
    const { processInstanceKey } = made.value;
    const find = tasks.searchProcessInstances(
      { filter: { processInstanceKey } },
      { consistency: { waitUpToMs: 5000, pollIntervalMs: 10 } },
    );
    const found = await eventuallyTE(find, (one) => !isLeft(one) && one.right.items.length === 1, {
      intervalMs: 10,
      waitUpToMs: 5000,
    })();
    assert.equal(found._tag, 'Right');
    const missing = await tasks.cancelProcessInstance({ processInstanceKey: '2251799999999999' as never })();
    assert.ok(isLeft(missing));
  });

  it('tells refusals with all members of the problem', async () => {
    const { client } = world();
    const request = { processDefinitionId: 'no-such' as never };
    const error = await client.withCorrelation('c-1', () =>
      client.createProcessInstance(request).then(
        () => assert.fail('not refused'),
        (reason: unknown) => reason as Record<string, unknown>,
      ),
    );
    assert.deepEqual(
      ['name', 'status', 'operationId', 'type', 'title', 'instance'].map((member) => error[member]),
      ['HttpSdkError', 404, 'createProcessInstance', 'about:blank', 'NOT_FOUND', '/v2/process-instances'],
    );
    assert.match(String(error['detail']), /Expected to find process definition with process ID 'no-such'/);
  });
});
