import assert from 'node:assert/strict';
import type { Target } from '../suite.ts';
import { zbctlOn } from './world.ts';

/** What the commands can be told beside what they need. The models are deployed. */
export function commandSentences(target: Target): (readonly [string, () => Promise<void>])[] {
  const { run, answer, get, stateOf, completed, variablesOf, started, taken } = zbctlOn(target);
  /** A command that is refused, with this in its message. */
  const refused = async (message: RegExp, ...args: string[]) => {
    const ended = await run(...args);
    assert.notEqual(ended.code, 0, ended.out);
    assert.match(ended.err, message);
  };
  const jobs = async (type: string, ...more: string[]) =>
    (await answer('activate', 'jobs', type, ...more)).jobs;
  return [
    [
      'sees the status of the cluster as JSON',
      async () => {
        const { brokers, clusterSize, partitionsCount } = await answer('status', '--output', 'json');
        assert.deepEqual([brokers.length, clusterSize, partitionsCount], [1, 1, 1]);
        assert.deepEqual(
          brokers[0].partitions.map(({ role, health }: Record<string, string>) => [role, health]),
          [['LEADER', 'HEALTHY']],
        );
      },
    ],
    [
      'starts an instance of a version, and by the key of its process',
      async () => {
        const one = await answer('create', 'instance', 'client-signal', '--version', '1');
        assert.equal(one.version, 1);
        const byKey = await answer('create', 'instance', String(one.processDefinitionKey));
        assert.equal(byKey.bpmnProcessId, 'client-signal');
        await refused(/NotFound.*none found/, 'create', 'instance', 'nowhere');
      },
    ],
    [
      'gets the variables of a result that it asks for',
      async () => {
        const more = ['--variables', '{"a": 40, "b": 2}', '--withResult=sum,b'];
        const done = await answer('create', 'instance', 'client-sum', ...more);
        assert.deepEqual(JSON.parse(done.variables), { b: 2, sum: 42 });
      },
    ],
    [
      'activates several jobs, with the variables it asks for',
      async () => {
        for (const n of [1, 2]) await started('client-job', { jobType: 'go-several', n });
        const more = ['--maxJobsToActivate', '5', '--variables', 'n', '--worker', 'me', '--timeout', '1m'];
        const found = await jobs('go-several', ...more);
        assert.deepEqual(
          found.map(({ variables, worker }: Record<string, string>) => [variables, worker]),
          [
            ['{"n":1}', 'me'],
            ['{"n":2}', 'me'],
          ],
        );
        assert.equal(JSON.parse(found[0].customHeaders).box, 'small');
        assert.deepEqual(await jobs('go-none', '--requestTimeout', '1s'), []);
      },
    ],
    [
      'fails a job with variables and a delay, and throws an error with variables',
      async () => {
        const key = await started('client-job', { jobType: 'go-delay' });
        const job = await taken('go-delay');
        const failure = ['--retries', '2', '--retryBackoff', '300ms', '--variables', '{"tries": 1}'];
        await answer('fail', 'job', job, ...failure);
        const [again] = await jobs('go-delay');
        assert.deepEqual([again.key, again.retries], [job, 2]);
        assert.equal(JSON.parse(again.variables).tries, 1);
        const error = ['--errorCode', 'BROKEN', '--errorMessage', 'it fell', '--variables', '{"height": 3}'];
        await answer('throwError', 'job', job, ...error);
        await completed(key);
      },
    ],
    [
      'changes the time of a job, not of one that is not there',
      async () => {
        await started('client-job', { jobType: 'go-timeout' });
        const job = await taken('go-timeout');
        await answer('update', 'timeout', job, '--timeout', '100');
        assert.equal((await jobs('go-timeout'))[0].key, job);
        const unknown = ['update', 'timeout', '2251799999999999', '--timeout', '100'];
        await refused(/NotFound.*Expected to update job with key '2251799999999999'/, ...unknown);
      },
    ],
    [
      'publishes a message before somebody waits, once for an id',
      async () => {
        const more = [
          '--correlationKey',
          'go-2',
          '--ttl',
          '1m',
          '--messageId',
          'go',
          '--variables',
          '{"paid": 1}',
        ];
        await answer('publish', 'message', 'ClientMessage', ...more);
        await refused(/AlreadyExists.*with id 'go'/, 'publish', 'message', 'ClientMessage', ...more);
        const key = await started('client-message', { orderId: 'go-2' });
        await completed(key);
        assert.equal((await variablesOf(key)).paid, 1);
      },
    ],
    [
      'sets variables of an element only',
      async () => {
        const key = await started('client-job', { jobType: 'go-local' });
        const { items } = await get('/v2/element-instances/search', {
          filter: { processInstanceKey: key, elementId: 'client-job-it' },
        });
        await answer(
          'set',
          'variables',
          items[0].elementInstanceKey,
          '--local',
          '--variables',
          '{"inside": 1}',
        );
        const [job] = await jobs('go-local');
        assert.equal(JSON.parse(job.variables).inside, 1);
        await answer('complete', 'job', job.key);
        await completed(key);
      },
    ],
    [
      'evaluates a decision by its id and its key',
      async () => {
        const deployed = await answer('deploy', 'resource', target.decisions);
        assert.equal(deployed.deployments.length, 3);
        const variables = ['--variables', '{"metres": 3}'];
        const byId = await answer('evaluate', 'decision', 'client-colour', ...variables);
        assert.deepEqual(JSON.parse(byId.decisionOutput), { name: 'red', metres: 3 });
        const byKey = await answer('evaluate', 'decision', String(byId.decisionKey), ...variables);
        assert.equal(byKey.decisionId, 'client-colour');
        assert.deepEqual(
          byKey.evaluatedDecisions.map(({ decisionId }: Record<string, string>) => decisionId),
          ['client-size', 'client-colour'],
        );
      },
    ],
    [
      'deletes a process that nothing runs of',
      async () => {
        const id = 'client-sum';
        const { processDefinitionKey } = await answer(
          'create',
          'instance',
          id,
          '--variables',
          '{"a": 1, "b": 1}',
        );
        await answer('delete', 'resource', String(processDefinitionKey));
        await refused(/NotFound.*none found/, 'create', 'instance', String(processDefinitionKey));
        const running = await answer('create', 'instance', 'client-signal');
        const key = String(running.processDefinitionKey);
        await refused(/running instances/, 'delete', 'resource', key);
        assert.equal(await stateOf(String(running.processInstanceKey)), 'ACTIVE');
      },
    ],
  ];
}
