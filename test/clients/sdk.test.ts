import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Camunda8 } from '@camunda8/sdk';
import { oneTask, openGrpc, straight } from '../support/grpc.ts';
import { until } from '../support/until.ts';

/** `@camunda8/sdk` over gRPC: only its address is changed. */
describe("Camunda's SDK for Node, over gRPC", () => {
  it('deploys, starts an instance, works on its job and gets the result', async (t) => {
    const { zeebe, deploy } = await open(t);
    await deploy('order.bpmn', oneTask('order', 'charge'));
    const topology = await zeebe.topology();
    assert.equal(topology.brokers.length, 1);
    const worker = zeebe.createWorker({
      taskType: 'charge',
      taskHandler: (job) =>
        job.complete({ total: Number(job.variables['price']) * 2, header: String(job.customHeaders['a']) }),
    });
    t.after(() => worker.close());
    const result = await zeebe.createProcessInstanceWithResult({
      bpmnProcessId: 'order',
      variables: { price: 21 },
      requestTimeout: 10_000,
    });
    assert.deepEqual(result.variables, { price: 21, total: 42, header: 'b' });
  });

  it('is pushed jobs over a stream', async (t) => {
    const { zeebe, deploy } = await open(t);
    await deploy('order.bpmn', oneTask('order', 'charge'));
    const seen: string[] = [];
    const stream = await zeebe.streamJobs({
      type: 'charge',
      worker: 'streaming',
      timeout: 20_000,
      taskHandler: async (job) => {
        const done = await job.complete();
        seen.push(job.processInstanceKey);
        return done;
      },
      tenantIds: ['<default>'],
    } as Parameters<ReturnType<Camunda8['getZeebeGrpcApiClient']>['streamJobs']>[0]);
    t.after(() => stream.close());
    const started: string[] = [];
    for (let number = 0; number < 10; number++) {
      const { processInstanceKey } = await zeebe.createProcessInstance({
        bpmnProcessId: 'order',
        variables: {},
      });
      started.push(processInstanceKey);
    }
    await until('all jobs were pushed', async () => (seen.length === 10 ? true : undefined));
    assert.deepEqual(seen.sort(), started.sort());
  });

  it('fails a job, throws an error and resolves nothing that is not there', async (t) => {
    const { zeebe, deploy } = await open(t);
    await deploy('order.bpmn', oneTask('order', 'charge'));
    await zeebe.createProcessInstance({ bpmnProcessId: 'order', variables: {} });
    const activate = async () =>
      (
        await zeebe.activateJobs({
          type: 'charge',
          worker: 'w',
          timeout: 30_000,
          maxJobsToActivate: 1,
          requestTimeout: 5000,
        })
      ).at(0);
    const first = await activate();
    assert.ok(first);
    await zeebe.failJob({ jobKey: first.key, retries: 1, errorMessage: 'not now', retryBackOff: 0 });
    const second = await activate();
    assert.equal(second?.key, first.key);
    assert.equal(second?.retries, 1);
    await zeebe.throwError({ jobKey: first.key, errorCode: 'NO_MONEY', errorMessage: 'none', variables: {} });
    await assert.rejects(zeebe.resolveIncident({ incidentKey: '2251799813999999' }), { code: 5 });
  });

  it('publishes messages and signals', async (t) => {
    const { zeebe, deploy } = await open(t);
    await deploy('two.bpmn', straight('two'));
    const { key } = await zeebe.publishMessage({
      name: 'm',
      correlationKey: 'k',
      variables: {},
      timeToLive: 1000,
    });
    assert.match(key, /^\d+$/);
    await zeebe.broadcastSignal({ signalName: 's', variables: { a: 1 } });
    const { processInstanceKey } = await zeebe.createProcessInstance({ bpmnProcessId: 'two', variables: {} });
    await assert.rejects(zeebe.cancelProcessInstance(processInstanceKey), { code: 5 });
  });
});

async function open(t: TestContext) {
  const world = await openGrpc(t);
  const camunda = new Camunda8({
    ZEEBE_GRPC_ADDRESS: `grpc://${world.tutti.addresses.grpc}`,
    ZEEBE_REST_ADDRESS: world.tutti.addresses.http,
    CAMUNDA_OAUTH_DISABLED: true,
    CAMUNDA_LOG_LEVEL: 'none',
  });
  const zeebe = camunda.getZeebeGrpcApiClient();
  t.after(() => zeebe.close());
  return { ...world, zeebe };
}
