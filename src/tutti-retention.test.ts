import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTutti, type Tutti } from './tutti.ts';

const DAY = 86_400_000;
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:process id="short" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="choice" />
    <bpmn:exclusiveGateway id="choice" default="c">
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing><bpmn:outgoing>c</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="b" sourceRef="choice" targetRef="stay">
      <bpmn:conditionExpression>=stays = true</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="c" sourceRef="choice" targetRef="end" />
    <bpmn:userTask id="stay" name="Stay here">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:assignmentDefinition assignee="ada" candidateGroups="left, right" />
      </bpmn:extensionElements>
      <bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>d</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="d" sourceRef="stay" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming><bpmn:incoming>d</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;

interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly page: { readonly totalItems: number };
}

async function call(tutti: Tutti, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${tutti.addresses.http}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}

async function search(tutti: Tutti, what: string, filter: object = {}): Promise<Page> {
  const response = await call(tutti, 'POST', `/v2/${what}/search`, { filter });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Page;
}

async function deploy(tutti: Tutti): Promise<void> {
  const form = new FormData();
  form.append('resources', new Blob([MODEL]), 'short.bpmn');
  const response = await fetch(`${tutti.addresses.http}/v2/deployments`, { method: 'POST', body: form });
  assert.equal(response.status, 200, await response.text());
}

async function create(tutti: Tutti, stays: boolean): Promise<void> {
  const response = await call(tutti, 'POST', '/v2/process-instances', {
    processDefinitionId: 'short',
    variables: { stays },
  });
  assert.equal(response.status, 200, await response.text());
}

/** Looks again until it holds; the time-out of the test ends it otherwise. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function start(t: { after(clean: () => unknown): void }, options: object): Promise<Tutti> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-retention-'));
  const tutti = await startTutti({ data, http: 0, grpc: 0, retentionPauseMs: 20, ...options });
  t.after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });
  return tutti;
}

test('ended instances and old records are forgotten, what runs stays, and old positions are gone', {
  timeout: 30_000,
}, async (t) => {
  const tutti = await start(t, { clock: 'controllable', retentionAge: 7 * DAY });
  await deploy(tutti);
  for (let count = 0; count < 5; count++) await create(tutti, false);
  await create(tutti, true);
  assert.equal((await search(tutti, 'process-instances')).page.totalItems, 6);
  const all = (await (await call(tutti, 'GET', '/api/records')).text()).trim().split('\n').length;
  assert.ok(all > 50);
  const moved = await call(tutti, 'PUT', '/v2/clock', { timestamp: Date.now() + 8 * DAY });
  assert.equal(moved.status, 204, await moved.text());
  await create(tutti, false);
  await until(async () => (await call(tutti, 'GET', '/api/records')).status === 410);
  const gone = await call(tutti, 'GET', '/api/records');
  const oldest = Number(gone.headers.get('x-oldest-position'));
  assert.equal(oldest, all + 1, 'all that was written before the clock moved is gone');
  assert.equal((await call(tutti, 'GET', `/api/records?after=${oldest - 1}`)).status, 200);
  const left = await search(tutti, 'process-instances');
  assert.deepEqual(
    left.items.map(({ state }) => state),
    ['ACTIVE', 'COMPLETED'],
    'the one that still runs and the one that ended just now',
  );
  assert.equal((await search(tutti, 'user-tasks')).page.totalItems, 1);
  const kept = new Set(left.items.map(({ processInstanceKey }) => processInstanceKey));
  for (const what of ['element-instances', 'variables'])
    for (const { processInstanceKey } of (await search(tutti, what)).items)
      assert.ok(kept.has(processInstanceKey), `${what} of ${processInstanceKey}`);
});

test('the journal keeps to its size, and the read model misses nothing', { timeout: 60_000 }, async (t) => {
  const tutti = await start(t, { retentionSize: 64 * 1024 });
  await deploy(tutti);
  // Each is kept in less than a kilobyte.
  const instances = 150;
  for (let count = 0; count < instances; count++) await create(tutti, false);
  await until(async () => (await call(tutti, 'GET', '/api/records')).status === 410);
  let rest = '';
  // The journal may go on being cut between the two questions.
  await until(async () => {
    const oldest = Number((await call(tutti, 'GET', '/api/records')).headers.get('x-oldest-position'));
    const answer = await call(tutti, 'GET', `/api/records?after=${oldest - 1}&limit=100000`);
    rest = await answer.text();
    return answer.status === 200;
  });
  assert.ok(rest.length > 100_000 && rest.length < 1_500_000, `${rest.length} characters are kept`);
  assert.equal((await search(tutti, 'process-instances', { state: 'COMPLETED' })).page.totalItems, instances);
});

test('user tasks are found by their state and people', { timeout: 30_000 }, async (t) => {
  const tutti = await start(t, {});
  await deploy(tutti);
  await create(tutti, true);
  const { items } = await search(tutti, 'user-tasks', { state: 'CREATED', assignee: 'ada' });
  assert.equal(items.length, 1);
  const [task] = items;
  assert.equal(task?.['name'], 'Stay here');
  assert.deepEqual(task?.['candidateGroups'], ['left', 'right']);
  assert.equal(task?.['processDefinitionId'], 'short');
  assert.equal((await search(tutti, 'user-tasks', { assignee: 'bob' })).items.length, 0);
  const key = String(task?.['userTaskKey']);
  const one = await call(tutti, 'GET', `/v2/user-tasks/${key}`);
  assert.equal(((await one.json()) as { userTaskKey: string }).userTaskKey, key);
  assert.equal((await call(tutti, 'GET', '/v2/user-tasks/1')).status, 404);
});
