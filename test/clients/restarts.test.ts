import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';
import { startTutti, type Tutti } from '../../src/tutti.ts';
import { chain, service } from '../support/chain.ts';
import { CLOSING_MS, sdkFor } from '../support/sdk.ts';
import { until } from '../support/until.ts';

const portOf = (address: string): number => Number(new URL(`x://${address.replace(/^.*:\/\//, '')}`).port);

/** A server that goes and comes back with its data, at the same ports. */
async function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-restarts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let tutti: Tutti | undefined = await startTutti({ data: folder, http: 0, grpc: 0 });
  const { grpc, http } = tutti.addresses;
  const stop = async () => {
    await tutti?.close();
    tutti = undefined;
  };
  t.after(stop);
  const start = async () => {
    tutti = await startTutti({ data: folder, http: portOf(http), grpc: portOf(grpc) });
  };
  return { grpc, http, stop, start };
}

const MODEL = chain('lasting', [service('before'), service('after')]);

describe('Workers whose server goes away and comes back', () => {
  it('go on over gRPC, and say that they lost and found it', async (t) => {
    const { grpc, http, stop, start } = await open(t);
    const zeebe = sdkFor(grpc, http).getZeebeGrpcApiClient();
    t.after(() => zeebe.close(CLOSING_MS));
    await zeebe.deployResource({ name: 'lasting.bpmn', process: Buffer.from(MODEL) });
    const { processInstanceKey } = await zeebe.createProcessInstance({
      bpmnProcessId: 'lasting',
      variables: {},
    });
    const signs: string[] = [];
    const seen: string[] = [];
    const common = { loglevel: 'NONE', longPoll: 1000, connectionTolerance: 10 } as const;
    const handler = (taskType: string) =>
      zeebe
        .createWorker({
          taskType,
          taskHandler: (job) => {
            seen.push(`${taskType} of ${job.processInstanceKey}`);
            return job.complete();
          },
          ...common,
        })
        .on('connectionError', () => void signs.push('lost'))
        .on('ready', () => void signs.push('found'));
    const first = handler('before');
    t.after(() => first.close(CLOSING_MS));
    await until('the first job is done', async () => (seen.length === 1 ? true : undefined));
    await stop();
    const second = handler('after');
    t.after(() => second.close(CLOSING_MS));
    await until('the loss was noticed', async () => (signs.includes('lost') ? true : undefined));
    await start();
    await until('the second job is done', async () => (seen.length === 2 ? true : undefined));
    assert.deepEqual(seen, [`before of ${processInstanceKey}`, `after of ${processInstanceKey}`]);
    await until('the finding was noticed', async () => (signs.at(-1) === 'found' ? true : undefined));
  });

  // The older client for REST ends its process by an error that it leaves uncaught when nobody listens.
  it('go on over REST', async (t) => {
    const { http, stop, start } = await open(t);
    const client = createCamundaClient({
      config: { CAMUNDA_REST_ADDRESS: http, CAMUNDA_AUTH_STRATEGY: 'NONE' },
      env: {},
      log: { level: 'silent' },
    });
    const { processes } = await client.createDeployment({ resources: [new File([MODEL], 'lasting.bpmn')] });
    const { processDefinitionKey } = processes[0] ?? assert.fail('nothing deployed');
    await client.createProcessInstance({ processDefinitionKey, variables: { n: 1 } });
    const seen: unknown[] = [];
    const work = (jobType: string) => {
      const worker = client.createJobWorker({
        jobType,
        jobTimeoutMs: 10_000,
        maxParallelJobs: 1,
        pollIntervalMs: 10,
        pollTimeoutMs: 5000,
        jobHandler: (job) => {
          seen.push([jobType, job.variables]);
          return job.complete({ done: jobType });
        },
      });
      t.after(() => worker.stop());
    };
    work('after');
    await stop();
    await assert.rejects(client.getTopology({ retry: false }), { name: 'NetworkSdkError' });
    work('before');
    await start();
    await until('both jobs are done', async () => (seen.length === 2 ? true : undefined), 30_000);
    assert.deepEqual(seen, [
      ['before', { n: 1 }],
      ['after', { n: 1, done: 'before' }],
    ]);
  });
});
