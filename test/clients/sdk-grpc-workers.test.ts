import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Dto, type Zeebe } from '@camunda8/sdk';
import { catching, chain, service } from '../support/chain.ts';
import { once, type Scope } from '../support/grpc.ts';
import { CLOSING_MS, openSdk } from '../support/sdk.ts';
import { until } from '../support/until.ts';

type Worker = Parameters<Zeebe.ZeebeGrpcClient['createWorker']>[0];
type Job = Parameters<Worker['taskHandler']>[0];

/** Values in the order in which a handler brings them. */
class Inbox<Value> {
  readonly all: Value[] = [];
  readonly put = (value: Value): void => void this.all.push(value);
  /** The first `count` values, once they are there. */
  take(count: number, what: string): Promise<Value[]> {
    return until(what, async () => (this.all.length >= count ? this.all.slice(0, count) : undefined));
  }
}

async function open(scope: Scope) {
  const world = await openSdk(scope);
  return {
    ...world,
    work: (
      t: TestContext,
      taskType: string,
      taskHandler: Worker['taskHandler'],
      more: Partial<Worker> = {},
    ) => {
      const worker = world.zeebe.createWorker({
        taskType,
        taskHandler,
        loglevel: 'NONE',
        longPoll: 1500,
        ...more,
      });
      t.after(() => worker.close(CLOSING_MS));
      return worker;
    },
    start: (bpmnProcessId: string, variables: Record<string, never> | object = {}) =>
      world.zeebe.createProcessInstance({ bpmnProcessId, variables: variables as Record<string, string> }),
    run: async (bpmnProcessId: string, variables: object = {}) =>
      (
        await world.zeebe.createProcessInstanceWithResult({
          bpmnProcessId,
          variables: variables as Record<string, string>,
          requestTimeout: 20_000,
        })
      ).variables,
    stateOf: async (key: string) =>
      (await world.rest.searchProcessInstances({ filter: { processInstanceKey: key } })).items[0]?.state,
  };
}

describe("Workers of Camunda's SDK for Node, over gRPC", () => {
  const world = once(open);

  it('are handed all members of a job', async (t) => {
    const { deployXml, work, start } = world();
    const processDefinitionKey = await deployXml('whole.bpmn', chain('whole', [service('whole')]));
    const { processInstanceKey } = await start('whole', { price: 21, deep: { list: [1, 'two', null] } });
    const jobs = new Inbox<Job>();
    work(t, 'whole', (job) => {
      jobs.put(job);
      return job.complete();
    });
    const [job] = await jobs.take(1, 'the job is there');
    assert.ok(job);
    const { key, elementInstanceKey, deadline, worker, ...rest } = job;
    assert.match(key, /^\d{16,}$/);
    assert.match(elementInstanceKey, /^\d{16,}$/);
    assert.ok(Number(deadline) > Date.now());
    assert.ok(worker.length > 0);
    const members = Object.fromEntries(
      Object.entries(rest).filter(([, value]) => typeof value !== 'function'),
    );
    assert.deepEqual(
      { ...members, customHeaders: { ...job.customHeaders }, variables: { ...job.variables } },
      {
        type: 'whole',
        processInstanceKey,
        bpmnProcessId: 'whole',
        processDefinitionVersion: 1,
        processDefinitionKey,
        elementId: 'do-whole',
        customHeaders: { box: 'small' },
        retries: 3,
        variables: { price: 21, deep: { list: [1, 'two', null] } },
        tenantId: '<default>',
      },
    );
  });

  it('write variables that the next task sees, and read only those they ask for', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('two.bpmn', chain('two', [service('first'), service('second')]));
    work(t, 'first', (job) => job.complete({ decided: false }));
    const seen = new Inbox<Job['variables']>();
    work(
      t,
      'second',
      (job) => {
        seen.put(job.variables);
        return job.complete();
      },
      { fetchVariable: ['decided' as never] },
    );
    assert.deepEqual(await run('two', { decided: true, secret: 'x' }), { decided: false, secret: 'x' });
    assert.deepEqual({ ...seen.all[0] }, { decided: false });
  });

  it('are given whole numbers beyond 2^53 exactly, and give them back so', async (t) => {
    const { deployXml, call, zeebe } = world();
    await deployXml('exact.bpmn', chain('exact', [service('exact'), service('again')]));
    class Variables extends Dto.LosslessDto {
      big!: string;
    }
    Dto.Int64String(Variables.prototype, 'big');
    const take = async (type: string) => {
      const jobs = await zeebe.activateJobs({
        type,
        worker: 'w',
        timeout: 10_000,
        maxJobsToActivate: 1,
        requestTimeout: 5000,
        inputVariableDto: Variables,
      });
      return jobs[0] ?? assert.fail('no job');
    };
    const variables = '{"big":9223372036854775807}';
    const { processInstanceKey } = await call('CreateProcessInstance', {
      bpmnProcessId: 'exact',
      version: -1,
      variables,
    });
    t.after(() => zeebe.cancelProcessInstance(String(processInstanceKey)));
    const job = await take('exact');
    assert.equal(job.variables.big, '9223372036854775807');
    await zeebe.completeJob({ jobKey: job.key, variables: job.variables as never });
    assert.equal((await take('again')).variables.big, '9223372036854775807');
  });

  it('fail a job with one try less, with as many as they say, and after a while', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('tries.bpmn', chain('tries', [service('tries', '', 'retries="100"')]));
    const tries: number[] = [];
    let failedAt = 0;
    let againAt = 0;
    work(t, 'tries', (job) => {
      tries.push(job.retries);
      if (job.retries === 100) return job.fail('one less');
      if (job.retries === 99) return job.fail('as many', 7);
      if (job.retries === 7) {
        failedAt = Date.now();
        return job.fail({ errorMessage: 'later', retries: 5, retryBackOff: 400 });
      }
      againAt = Date.now();
      return job.complete({ done: true });
    });
    assert.deepEqual(await run('tries'), { done: true });
    assert.deepEqual(tries, [100, 99, 7, 5]);
    assert.ok(againAt - failedAt >= 400, `again after ${againAt - failedAt} ms`);
  });

  it('fail the job when the handler throws, or cancel the instance if they are told to', async (t) => {
    const { deployXml, work, run, start, stateOf } = world();
    await deployXml('throws.bpmn', chain('throws', [service('throws')]));
    await deployXml('gives-up.bpmn', chain('gives-up', [service('gives-up')]));
    const tries: number[] = [];
    work(t, 'throws', async (job) => {
      tries.push(job.retries);
      if (job.retries === 3) throw new Error('by a fault of the handler');
      return job.complete();
    });
    await run('throws');
    assert.deepEqual(tries, [3, 2]);
    work(
      t,
      'gives-up',
      () => {
        throw new Error('by a fault of the handler');
      },
      { failProcessOnException: true },
    );
    const { processInstanceKey } = await start('gives-up');
    await until('the instance is cancelled', async () =>
      (await stateOf(processInstanceKey)) === 'TERMINATED' ? true : undefined,
    );
  });

  it('throw errors that the process catches, with a text or with variables', async (t) => {
    const { deployXml, work, run } = world();
    const outputs =
      '<zeebe:ioMapping><zeebe:output source="=something" target="something"/></zeebe:ioMapping>';
    await deployXml('sad.bpmn', chain('sad', [catching(service('risky'), 'BUSINESS', 'sad-flow', outputs)]));
    work(t, 'risky', (job) =>
      (job.variables as { short?: boolean }).short === true
        ? job.error('BUSINESS', 'that did not work')
        : job.error({ errorCode: 'BUSINESS', errorMessage: 'nor this', variables: { something: 'new' } }),
    );
    work(t, 'sad-flow', (job) => job.complete({ caught: true }));
    assert.deepEqual(await run('sad', { short: true }), { short: true, something: null, caught: true });
    assert.deepEqual(await run('sad', {}), { something: 'new', caught: true });
  });

  it('raise an incident with no tries left, which new tries and a resolution take away', async (t) => {
    const { deployXml, work, start, zeebe, rest, stateOf } = world();
    await deployXml('stuck.bpmn', chain('stuck', [service('stuck')]));
    work(t, 'stuck', (job) => (job.retries === 3 ? job.fail('Raise an incident', 0) : job.complete()));
    const { processInstanceKey } = await start('stuck');
    const incident = await until('the incident is there', async () => {
      const { items } = await rest.searchIncidents({ filter: { processInstanceKey } });
      return items[0];
    });
    assert.deepEqual(
      [incident.errorType, incident.errorMessage, incident.state, incident.elementId],
      ['JOB_NO_RETRIES', 'Raise an incident', 'ACTIVE', 'do-stuck'],
    );
    await zeebe.updateJobRetries({ jobKey: incident.jobKey, retries: 2 });
    await zeebe.resolveIncident({ incidentKey: incident.incidentKey });
    await until('the instance is over', async () =>
      (await stateOf(processInstanceKey)) === 'COMPLETED' ? true : undefined,
    );
  });

  it('cancel their instance, and hand a job on to whoever completes it', async (t) => {
    const { deployXml, work, start, run, zeebe, stateOf } = world();
    await deployXml('stop.bpmn', chain('stop', [service('stop')]));
    await deployXml('pass.bpmn', chain('pass', [service('pass')]));
    work(t, 'stop', async (job) => {
      await job.cancelWorkflow();
      // This client counts the job as its own until then, and would never close.
      return job.forward();
    });
    const { processInstanceKey } = await start('stop');
    await until('the instance is cancelled', async () =>
      (await stateOf(processInstanceKey)) === 'TERMINATED' ? true : undefined,
    );
    const keys = new Inbox<string>();
    work(t, 'pass', (job) => {
      keys.put(job.key);
      return job.forward();
    });
    const result = run('pass');
    const [jobKey = ''] = await keys.take(1, 'the job was handed on');
    await zeebe.completeJob({ jobKey, variables: { by: 'another' } });
    assert.deepEqual(await result, { by: 'another' });
  });

  it('are told NOT_FOUND, and why that may be, when they complete a job twice', async (t) => {
    const { deployXml, work, run } = world();
    await deployXml('twice.bpmn', chain('twice', [service('twice')]));
    const errors = new Inbox<Error>();
    work(t, 'twice', async (job) => {
      const receipt = await job.forward();
      const { zeebe } = world();
      await zeebe.completeJob({ jobKey: job.key, variables: {} });
      await zeebe.completeJob({ jobKey: job.key, variables: {} }).catch(errors.put);
      return receipt;
    });
    await run('twice');
    const [error] = await errors.take(1, 'the second try was refused');
    assert.match(String(error?.message), /^5 NOT_FOUND: Command 'COMPLETE' rejected with code 'NOT_FOUND'/);
  });

  it('get a job again when its time is up, sooner or later if they change it', async (t) => {
    const { deployXml, work, run, zeebe } = world();
    await deployXml('slow.bpmn', chain('slow', [service('slow')]));
    let times = 0;
    work(
      t,
      'slow',
      async (job) => {
        times++;
        if (times === 1) {
          await zeebe.updateJobTimeout({ jobKey: job.key, timeout: 100 });
          return job.forward();
        }
        return job.complete({ times });
      },
      { timeout: 600_000 },
    );
    assert.deepEqual(await run('slow'), { times: 2 });
  });

  it('wait in one long poll, and leave nothing behind when they are closed', async (t) => {
    const { deployXml, work, run, start, zeebe } = world();
    await deployXml('rare.bpmn', chain('rare', [service('rare')]));
    const waits = { debug: true, longPoll: 3000 };
    const worker = work(t, 'rare', (job) => job.complete({ polls: worker.pollCount }), waits);
    await until('the worker polls', async () => (worker.pollCount === 1 ? true : undefined));
    assert.deepEqual(await run('rare'), { polls: 1 });
    await until('the worker polls again', async () => (worker.pollCount === 2 ? true : undefined));
    await worker.close(CLOSING_MS);
    await start('rare');
    const request = {
      type: 'rare',
      worker: 'w',
      timeout: 10_000,
      maxJobsToActivate: 9,
      requestTimeout: 5000,
    };
    assert.equal((await zeebe.activateJobs(request)).length, 1);
  });

  it('take at most as many jobs as they can do, and finish these before they close', async (t) => {
    const { deployXml, work, start, zeebe, stateOf } = world();
    await deployXml('crowd.bpmn', chain('crowd', [service('crowd')]));
    const started = [await start('crowd'), await start('crowd'), await start('crowd')];
    const jobs = new Inbox<() => void>();
    const handler: Worker['taskHandler'] = (job) =>
      new Promise((resolve) => jobs.put(() => resolve(job.complete())));
    const worker = work(t, 'crowd', handler, { maxJobsToActivate: 2 });
    const finish = await jobs.take(2, 'two jobs are there');
    const request = {
      type: 'crowd',
      worker: 'w',
      timeout: 10_000,
      maxJobsToActivate: 9,
      requestTimeout: 5000,
    };
    assert.equal((await zeebe.activateJobs(request)).length, 1);
    const closed = worker.close(CLOSING_MS);
    for (const finishOne of finish) finishOne();
    await closed;
    const states = await Promise.all(started.map((one) => stateOf(one.processInstanceKey)));
    assert.deepEqual(states.sort(), ['ACTIVE', 'COMPLETED', 'COMPLETED']);
  });

  it('are pushed jobs, those that wait already and those that come, with what their stream asks for', async (t) => {
    const { deployXml, start, zeebe, stateOf } = world();
    await deployXml('pushed.bpmn', chain('pushed', [service('pushed')]));
    const before = await start('pushed', { foo: 'bar', more: 1 });
    const jobs = new Inbox<Job>();
    const stream = await zeebe.streamJobs({
      type: 'pushed',
      worker: 'streaming',
      timeout: 30_000,
      fetchVariables: ['foo'],
      tenantIds: ['<default>'],
      taskHandler: (job: Job) => {
        jobs.put(job);
        return job.complete({ done: true });
      },
    } as never);
    t.after(() => stream.close());
    const started = [before.processInstanceKey];
    for (let number = 2; number <= 10; number++)
      started.push((await start('pushed', { foo: 'bar', more: number })).processInstanceKey);
    const seen = await jobs.take(10, 'all jobs were pushed');
    assert.deepEqual(seen.map((job) => job.processInstanceKey).sort(), started.sort());
    assert.ok(seen.every((job) => JSON.stringify(job.variables) === '{"foo":"bar"}'));
    await until('all are over', async () => {
      const states = await Promise.all(started.map(stateOf));
      return states.every((state) => state === 'COMPLETED') ? true : undefined;
    });
  });
});
