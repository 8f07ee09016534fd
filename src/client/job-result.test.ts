import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTutti, type Tutti } from '../tutti.ts';
import { JobCompletion, type ListenerUserTask, TuttiClient } from './index.ts';

let folder: string;
let tutti: Tutti;
let client: TuttiClient;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-client-'));
  tutti = await startTutti({ data: folder, http: 0, grpc: 0 });
  client = new TuttiClient({ url: tutti.addresses.http });
});
after(async () => {
  await tutti?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(id: string, path: string): Promise<string> {
  const content = readFileSync(new URL(`../../scenarios/${path}`, import.meta.url));
  await client.deploy({ name: 'model.bpmn', content });
  return (await client.start(id)).processInstanceKey;
}

async function rest(method: string, path: string, body?: object) {
  const response = await fetch(`${tutti.addresses.http}/v2${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

async function taskOf(processInstanceKey: string): Promise<string> {
  const { body } = await rest('POST', '/user-tasks/search', { filter: { processInstanceKey } });
  return body.items[0].userTaskKey;
}

describe('a handler that decides', () => {
  it('corrects a user task step by step, and sees what the one before it has corrected', async () => {
    const task = await taskOf(await start('tl-changed', 'task-listener/changed-attributes/tl-changed.bpmn'));
    const seen: (ListenerUserTask | null)[] = [];
    await using _one = client.worker('one', ({ kind, listenerEventType, userTask }) => {
      assert.deepEqual([kind, listenerEventType], ['TASK_LISTENER', 'ASSIGNING']);
      seen.push(userTask);
      const corrections = { assignee: '', candidateUsers: ['u'], priority: 90 };
      return new JobCompletion({ type: 'userTask', corrections });
    });
    await using _two = client.worker('two', ({ userTask }) => void seen.push(userTask));
    await using _three = client.worker('three', ({ userTask }) => void seen.push(userTask));
    const { status } = await rest('POST', `/user-tasks/${task}/assignment`, { assignee: 'ann' });
    assert.equal(status, 204);
    assert.deepEqual(
      seen.map((one) => [
        one?.userTaskKey,
        one?.action,
        one?.assignee || null,
        one?.candidateUsers,
        one?.priority,
      ]),
      [
        [task, 'assign', 'ann', [], 50],
        [task, 'assign', null, ['u'], 90],
        [task, 'assign', null, ['u'], 90],
      ],
    );
  });

  it('denies a step of a user task, and tells why', async () => {
    const task = await taskOf(await start('tl-denied', 'task-listener/denied/tl-denied.bpmn'));
    await using _one = client.worker('one', () => undefined);
    await using _two = client.worker(
      'two',
      () => new JobCompletion({ type: 'userTask', denied: true, deniedReason: 'on holiday' }),
    );
    const { status, body } = await rest('POST', `/user-tasks/${task}/assignment`, { assignee: 'ann' });
    assert.equal(status, 409);
    assert.match(body.detail, /on holiday/);
  });

  it('chooses the elements of an ad-hoc subprocess, and gives variables beside them', async () => {
    let rounds = 0;
    await using _decide = client.worker('decide', ({ kind, userTask }) => {
      assert.deepEqual([kind, userTask], ['AD_HOC_SUB_PROCESS', null]);
      rounds += 1;
      return rounds === 1
        ? new JobCompletion(
            { type: 'adHocSubProcess', activateElements: [{ elementId: 'A', variables: { n: 1 } }] },
            { rounds },
          )
        : new JobCompletion({ type: 'adHocSubProcess', isCompletionConditionFulfilled: true });
    });
    await using _a = client.worker<{ n: number }>('A', ({ variables }) => ({ got: variables.n }));
    const path = 'ad-hoc-subprocess/worker-cancels-and-activates/process.bpmn';
    const content = readFileSync(new URL(`../../scenarios/${path}`, import.meta.url));
    await client.deploy({ name: 'process.bpmn', content });
    const { variables } = await client.startWithResult('ah-worker-instead');
    assert.equal(rounds, 2);
    assert.equal(variables['got'], 1);
  });
});
