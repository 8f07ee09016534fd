import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  Camunda8,
  type CamundaJobWorker,
  type CamundaRestClient,
  OrchestrationLifters,
  QuerySubscription,
} from '@camunda8/sdk';
import { catching, chain, message, service } from '../support/chain.ts';
import { once, type Scope } from '../support/grpc.ts';
import { openSdk } from '../support/sdk.ts';
import { until } from '../support/until.ts';

type Config = Parameters<CamundaRestClient['createJobWorker']>[0];

async function open(scope: Scope) {
  const world = await openSdk(scope);
  const { rest } = world;
  return {
    ...world,
    /** A worker that stops with the test. */
    work: (t: TestContext, type: string, jobHandler: Config['jobHandler'], more: Partial<Config> = {}) => {
      const worker = rest.createJobWorker({
        type,
        worker: `worker of ${type}`,
        timeout: 30_000,
        maxJobsToActivate: 5,
        pollIntervalMs: 10,
        jobHandler,
        ...more,
      });
      t.after(() => worker.stop());
      return worker;
    },
    run: async (processDefinitionId: string, variables: object = {}) => {
      const request = { processDefinitionId, variables: variables as never, requestTimeout: 20_000 };
      const result = await rest.createProcessInstanceWithResult<never, object>(request);
      return { ...result.variables };
    },
  };
}

/** The variables of a job, whatever they are. */
const of = (job: { readonly variables: unknown }) => job.variables as Readonly<Record<string, unknown>>;

const world = once(open);

describe("Workers of Camunda's SDK for Node, over REST", () => {
  it('are handed jobs with their variables and headers, and complete them', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('whole.bpmn', chain('whole', [service('whole'), service('next')]));
    const seen: unknown[] = [];
    work(t, 'whole', (job) => {
      const { jobKey, type, worker, retries, elementId, tenantId, deadline } = job;
      assert.match(jobKey, /^\d{16,}$/);
      assert.ok(Date.parse(String(deadline)) > Date.now() || Number(deadline) > Date.now(), String(deadline));
      seen.push([type, worker, retries, elementId, tenantId, { ...job.customHeaders }, { ...of(job) }]);
      return job.complete({ decided: false });
    });
    work(t, 'next', (job) => job.complete({ decided: `was ${of(job)['decided']}` }));
    assert.deepEqual(await run('whole', { n: 1 }), { n: 1, decided: 'was false' });
    assert.deepEqual(seen, [
      ['whole', 'worker of whole', 3, 'do-whole', '<default>', { box: 'small' }, { n: 1 }],
    ]);
  });

  it('ask for some variables only', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('some.bpmn', chain('some', [service('some')]));
    const seen: unknown[] = [];
    const only = { fetchVariable: ['shown', 'missing'] };
    work(
      t,
      'some',
      (job) => {
        seen.push({ ...of(job) });
        return job.complete();
      },
      only,
    );
    await run('some', { shown: 1, secret: 'x' });
    assert.deepEqual(seen, [{ shown: 1 }]);
  });

  it('fail jobs, by saying so and by throwing, and try again after a while', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('tries.bpmn', chain('tries', [service('tries', '', 'retries="9"')]));
    const tries: number[] = [];
    let [failedAt, againAt] = [0, 0];
    work(t, 'tries', (job) => {
      tries.push(job.retries);
      if (job.retries === 9) throw new Error('by a fault of the handler');
      if (job.retries === 8) {
        failedAt = Date.now();
        const retryBackOff = 300;
        return job.fail({ errorMessage: 'later', retryBackOff, variables: { why: 'tired' } });
      }
      againAt = Date.now();
      return job.complete({ again: of(job)['why'] as string });
    });
    const result = await run('tries');
    assert.deepEqual(tries, [9, 8, 7]);
    assert.equal(result['again' as never], 'tired');
    assert.ok(againAt - failedAt >= 300, `again after ${againAt - failedAt} ms`);
  });

  it('throw errors that the process catches, and raise an incident with those it does not', async (t) => {
    const { deployXml, work, run, rest } = world();
    const outputs =
      '<zeebe:ioMapping><zeebe:output source="=something" target="something"/></zeebe:ioMapping>';
    await deployXml('sad.bpmn', chain('sad', [catching(service('risky'), 'BUSINESS', 'sad-flow', outputs)]));
    const risky = work(t, 'risky', (job) =>
      job.error({
        errorCode: of(job)['other'] === true ? 'OTHER' : 'BUSINESS',
        errorMessage: 'no',
        variables: { something: 'new' },
      }),
    );
    work(t, 'sad-flow', (job) => job.complete({ caught: true }));
    assert.deepEqual(await run('sad'), { something: 'new', caught: true });
    const { processInstanceKey } = await rest.createProcessInstance({
      processDefinitionId: 'sad',
      variables: { other: true } as never,
    });
    const incident = await until('the incident is there', async () => {
      const { items } = await rest.searchIncidents({ filter: { processInstanceKey } });
      return items[0];
    });
    assert.deepEqual([incident.errorType, incident.state], ['UNHANDLED_ERROR_EVENT', 'ACTIVE']);
    await risky.stop();
    await rest.resolveIncident(incident.incidentKey);
    await rest.cancelProcessInstance({ processInstanceKey });
  });

  it('keep a job longer, give it up in time, and hand it on', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('slow.bpmn', chain('slow', [service('slow')]));
    let times = 0;
    work(t, 'slow', async (job) => {
      times++;
      if (times > 1) return job.complete({ times });
      await job.modifyJobTimeout({ newTimeoutMs: 60_000 });
      await job.modifyJobTimeout({ newTimeoutMs: 50 });
      return job.forward();
    });
    assert.deepEqual(await run('slow'), { times: 2 });
  });

  it('wait in one request, which is given up with them, so that no job is lost', async (t) => {
    const { deployXml, work, rest } = world();
    await deployXml('rare.bpmn', chain('rare', [service('rare')]));
    let polls = 0;
    const worker: CamundaJobWorker<never, never> = work(t, 'rare', (job) => job.complete(), {
      autoStart: false,
      requestTimeout: 60_000,
    }) as never;
    worker.on('poll', () => void polls++);
    worker.start();
    await until('the worker polls', async () => (polls === 1 ? true : undefined));
    await worker.stop();
    const request = {
      type: 'rare',
      worker: 'w',
      timeout: 10_000,
      maxJobsToActivate: 2,
      requestTimeout: 5000,
    };
    const cancelled = rest.activateJobs(request);
    cancelled.cancel('not needed');
    await rest.createProcessInstance({ processDefinitionId: 'rare', variables: {} });
    assert.equal((await rest.activateJobs(request)).length, 1);
    assert.equal(polls, 1);
  });

  it('are started and stopped all at once', async (t) => {
    const { deployXml, work, rest, run } = world();
    await deployXml('all.bpmn', chain('all', [service('all')]));
    const worker = work(t, 'all', (job) => job.complete({ by: 'all' }), { autoStart: false });
    rest.startWorkers();
    assert.deepEqual(await run('all'), { by: 'all' });
    rest.stopWorkers();
    assert.equal(worker.stopping, true);
  });

  it('are told what is wrong with what they ask for', async (t) => {
    const { work } = world();
    const errors: Error[] = [];
    const worker = work(t, '', (job) => job.complete(), { autoStart: false, maxBackoffTimeMs: 50 });
    worker.on('pollError', (error) => void errors.push(error));
    worker.start();
    const [error] = await until('two polls failed', async () => (errors.length >= 2 ? errors : undefined));
    assert.match(String(error), /No type provided/);
  });
});

describe('Beside its workers, the SDK', () => {
  it('emits each new item of a query once', async (t) => {
    const { deployXml, rest } = world();
    const processDefinitionKey = await deployXml('seen.bpmn', chain('seen', [message('wait', 'never', 'k')]));
    const subscription = QuerySubscription({
      query: () =>
        rest.searchProcessInstances({
          filter: { processDefinitionKey, state: 'ACTIVE' },
          sort: [{ field: 'startDate', order: 'ASC' }],
        }),
      interval: 20,
    });
    t.after(() => subscription.cancel());
    const seen: string[] = [];
    subscription.on('update', ({ items }) => {
      seen.push(...items.map((item) => item.processInstanceKey));
    });
    const started: string[] = [];
    for (const k of ['a', 'b', 'c']) {
      const variables = { k } as never;
      const { processInstanceKey } = await rest.createProcessInstance({ processDefinitionKey, variables });
      started.push(processInstanceKey);
    }
    await until('all were seen', async () => (seen.length >= 3 ? true : undefined));
    assert.deepEqual(seen, started);
  });

  it('has the newer client too, strict and loose', async () => {
    const { tutti, deployXml } = world();
    await deployXml('newer.bpmn', chain('newer', [service('newer')]));
    const camunda = new Camunda8({
      ZEEBE_REST_ADDRESS: tutti.addresses.http,
      CAMUNDA_OAUTH_DISABLED: true,
      CAMUNDA_LOG_LEVEL: 'none',
    });
    const strict = camunda.getOrchestrationClusterApiClient();
    await strict.createProcessInstance({
      processDefinitionId: OrchestrationLifters.ProcessDefinitionId.assumeExists('newer'),
      variables: { n: 8 },
    });
    const request = { type: 'newer', worker: 'w', timeout: 5000, maxJobsToActivate: 2, requestTimeout: 5000 };
    const { jobs } = await camunda.getOrchestrationClusterApiClientLoose().activateJobs(request);
    assert.deepEqual(
      jobs.map((job) => [job.type, job.worker, job.variables]),
      [['newer', 'w', { n: 8 }]],
    );
    const waiting = strict.activateJobs({ ...request, type: 'nobody' });
    waiting.cancel();
    await assert.rejects(waiting, { name: 'CancelSdkError' });
    strict.stopAllWorkers();
  });
});
