import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { apply, createEngine, MemoryState, TABLES } from '../engine/index.ts';
import type { Answer, ClientCommand } from '../engine/records/command.ts';
import { userTaskOfJob } from '../engine/records/job-user-task.ts';
import type { LogRecord } from '../engine/records/log.ts';
import type { TableSpec } from '../engine/state/port.ts';
import { ELEMENTS, JOBS, USER_TASKS } from '../engine/state/tables.ts';
import { DataFolder } from '../store/folder.ts';
import type { DurableRuntime } from './client.ts';
import { HeldBackError } from './errors.ts';
import { startInlineRuntime } from './inline.ts';
import { activatedJobs } from './kinds/activate.ts';

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:process id="ask" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="task" />
    <bpmn:userTask id="task">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:assignmentDefinition assignee="ann" />
        <zeebe:taskListeners>
          <zeebe:taskListener eventType="creating" type="new" />
          <zeebe:taskListener eventType="completing" type="finish" />
        </zeebe:taskListeners>
      </bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming>
    </bpmn:userTask>
  </bpmn:process>
</bpmn:definitions>`;

let data: string;
let runtime: DurableRuntime | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tutti-held-back-'));
});
afterEach(async () => {
  await runtime?.close();
  rmSync(data, { recursive: true });
});

async function start(heldBackMs: number): Promise<DurableRuntime> {
  await runtime?.close();
  runtime = await startInlineRuntime({
    data,
    heldBackMs,
    // A small bound leaves follow-ups to later turns.
    writer: { engine: createEngine({ maxRecords: 1 }), tables: TABLES, modules: [] },
  });
  return runtime;
}

async function job(on: DurableRuntime, type: string) {
  const request = { type, worker: 'w', timeout: 60_000, maxJobsToActivate: 1, fetchVariables: [] };
  const [found] = activatedJobs(await on.activateJobs(request, 5000));
  assert.ok(found, `a job of type ${type}`);
  return found as unknown as { key: number; value: Parameters<typeof userTaskOfJob>[0] };
}

function done(key: number): ClientCommand {
  return { valueType: 'JOB', intent: 'COMPLETE', key, value: { variables: new Map() } };
}

/** Creates a task; answers the command that completes it. */
async function createTask(on: DurableRuntime): Promise<ClientCommand> {
  const parsed = await parseBpmn('ask.bpmn', XML);
  assert.ok(parsed.ok);
  const resource = { resourceName: 'ask.bpmn', resource: XML, checksum: '', processes: parsed.processes };
  await on.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } });
  const { key, value } = await (async () => {
    const request = { bpmnProcessId: 'ask', processDefinitionKey: -1, version: -1, variables: new Map() };
    const creation = { ...request, startInstructions: [], fetchVariables: [] };
    await on.execute({ valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE', value: creation });
    return job(on, 'new');
  })();
  const task = userTaskOfJob(value)?.userTaskKey ?? assert.fail('no user task');
  await on.execute(done(key));
  const variables = new Map([['ok', 'true']]);
  return { valueType: 'USER_TASK', intent: 'COMPLETE', key: task, value: { action: '', variables } };
}

test('what a task listener holds back is answered when its job is done', { timeout: 30_000 }, async () => {
  const on = await start(20_000);
  const complete = await createTask(on);
  let answered: Answer | undefined;
  const answer = on.execute(complete).then((value) => {
    answered = value;
    return value;
  });
  const { key } = await job(on, 'finish');
  assert.equal(answered, undefined);
  await on.execute(done(key));
  assert.equal((await answer).kind, 'accepted');
});

test('a request that is held back for too long fails, and its step still ends', {
  timeout: 30_000,
}, async () => {
  const on = await start(20);
  const complete = await createTask(on);
  await assert.rejects(on.execute(complete), HeldBackError);
  const again = await on.execute(complete);
  assert.equal(again.kind, 'rejected');
  const { key } = await job(on, 'finish');
  await on.execute(done(key));
  const gone = await on.execute(complete);
  assert.ok(gone.kind === 'rejected' && gone.type === 'NOT_FOUND');
});

test('a step that is held back goes on after a restart', { timeout: 30_000 }, async () => {
  const before = await start(20);
  const complete = await createTask(before);
  await assert.rejects(before.execute(complete), HeldBackError);
  const after = await start(20);
  const { key } = await job(after, 'finish');
  await after.execute(done(key));
  const gone = await after.execute(complete);
  assert.ok(gone.kind === 'rejected' && gone.type === 'NOT_FOUND');
});

test('the journal of a step that is held back gives the state of the folder', {
  timeout: 30_000,
}, async () => {
  const on = await start(20);
  await assert.rejects(on.execute(await createTask(on)), HeldBackError);
  await on.close();
  runtime = undefined;
  const folder = DataFolder.open(data, { tables: TABLES });
  const replayed = new MemoryState();
  const intents: string[] = [];
  for (const { record } of folder.journal.read<LogRecord>(0, 100_000)) {
    apply(replayed, record);
    if (record.valueType === 'USER_TASK') intents.push(record.intent);
  }
  assert.deepEqual(intents, ['CREATING', 'CREATED', 'ASSIGNING', 'ASSIGNED', 'COMPLETING']);
  for (const table of [USER_TASKS, JOBS, ELEMENTS]) {
    const keys = folder.db.all<{ k: number }>(`SELECT k FROM state_${table.name} ORDER BY k`);
    assert.ok(keys.length > 0, table.name);
    assert.deepEqual(
      keys.map(({ k }) => folder.state.get(table as TableSpec<object>, k)),
      keys.map(({ k }) => replayed.get(table as TableSpec<object>, k)),
      table.name,
    );
  }
  folder.close();
});
