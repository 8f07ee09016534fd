import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tellAll } from '../sentences.ts';
import { type ClientSuite, endOf, execute, type Target, toolFolder } from '../suite.ts';
import { commandSentences } from './commands.ts';
import { zbctl, zbctlOn } from './world.ts';

const MODULE = 'github.com/camunda/zeebe/clients/go/v8/cmd/zbctl@v8.5.0';

/** `zbctl`, the command line for Zeebe, with the Go client in it, over gRPC. */
export const zbctlSuite: ClientSuite = {
  name: 'Go: zbctl 8.5.0',
  prepare: async () => {
    if (existsSync(zbctl())) return undefined;
    const installed = await execute('go', ['install', MODULE], { env: { GOBIN: toolFolder('go') } });
    return installed.code === 0 ? undefined : `zbctl cannot be installed (${endOf(installed)})`;
  },
  run: (target) => tellAll([...sentences(target), ...commandSentences(target)]),
};

function sentences(target: Target): (readonly [string, () => Promise<void>])[] {
  const { model } = target;
  const { run, answer, get, stateOf, completed, variablesOf, started, taken, working } = zbctlOn(target);
  return [
    [
      'sees the status of the cluster',
      async () => assert.match((await run('status')).out, /Cluster size: 1\n[\s\S]*Leader, Healthy/),
    ],
    [
      'deploys models',
      async () => {
        const { deployments } = await answer('deploy', 'resource', model);
        assert.equal(deployments.length, 4);
      },
    ],
    [
      'starts an instance and gets its result',
      async () => {
        const done = await answer(
          'create',
          'instance',
          'client-sum',
          '--variables',
          '{"a": 40, "b": 2}',
          '--withResult',
        );
        assert.deepEqual(JSON.parse(done.variables), { a: 40, b: 2, sum: 42 });
      },
    ],
    [
      'activates and completes a job',
      async () => {
        const key = await started('client-job', { jobType: 'go-pack' });
        const done = await run('complete', 'job', await taken('go-pack'), '--variables', '{"packed": true}');
        assert.equal(done.code, 0, endOf(done));
        await completed(key);
        assert.equal((await variablesOf(key)).packed, true);
      },
    ],
    [
      'completes jobs with a worker',
      async () => {
        const keys = await Promise.all(
          [1, 2, 3].map((weight) => started('client-job', { jobType: 'go-work', weight })),
        );
        await working('go-work', [], () => Promise.all(keys.map(completed)));
      },
    ],
    [
      'gets jobs over a stream',
      () =>
        working('go-stream', ['--streamEnabled'], async () => {
          for (let weight = 0; weight < 5; weight++) {
            await completed(await started('client-job', { jobType: 'go-stream', weight }));
          }
        }),
    ],
    [
      'throws a BPMN error from a job',
      async () => {
        const key = await started('client-job', { jobType: 'go-error' });
        await answer('throwError', 'job', await taken('go-error'), '--errorCode', 'BROKEN');
        await completed(key);
        assert.equal((await variablesOf(key)).outcome, 'mended');
      },
    ],
    [
      'fails a job, which raises an incident; with retries and resolved, it goes on',
      async () => {
        const key = await started('client-job', { jobType: 'go-fail' });
        const job = await taken('go-fail');
        await answer('fail', 'job', job, '--retries', '0', '--errorMessage', 'no paper left');
        const { items } = await get('/v2/incidents/search', { filter: { processInstanceKey: key } });
        assert.deepEqual([items[0].errorType, items[0].errorMessage], ['JOB_NO_RETRIES', 'no paper left']);
        await answer('update', 'retries', job, '--retries', '1');
        await answer('resolve', 'incident', items[0].incidentKey);
        await answer('complete', 'job', await taken('go-fail'));
        await completed(key);
      },
    ],
    [
      'correlates a message',
      async () => {
        const key = await started('client-message', { orderId: 'go-1' });
        const variables = ['--variables', '{"paid": 12}'];
        await answer('publish', 'message', 'ClientMessage', '--correlationKey', 'go-1', ...variables);
        await completed(key);
        assert.deepEqual(await variablesOf(key), { orderId: 'go-1', paid: 12 });
      },
    ],
    [
      'broadcasts a signal',
      async () => {
        const key = await started('client-signal', {});
        await answer('broadcast', 'signal', 'ClientSignal', '--variables', '{"loud": true}');
        await completed(key);
        assert.deepEqual(await variablesOf(key), { loud: true });
      },
    ],
    [
      'sets variables and cancels an instance, once',
      async () => {
        const key = await started('client-signal', {});
        await answer('set', 'variables', key, '--variables', '{"more": [1]}');
        assert.deepEqual(await variablesOf(key), { more: [1] });
        await answer('cancel', 'instance', key);
        assert.equal(await stateOf(key), 'TERMINATED');
        const again = await run('cancel', 'instance', key);
        assert.match(again.err, /NotFound/);
        assert.notEqual(again.code, 0);
      },
    ],
  ];
}
