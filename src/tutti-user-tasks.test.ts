import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startTutti } from './tutti.ts';

const LISTENERS = ['creating', 'assigning', 'updating', 'completing', 'canceling']
  .map((event) => `<zeebe:taskListener eventType="${event}" type="on-${event}" />`)
  .join('');
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:process id="ask" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>to-task</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="to-task" sourceRef="start" targetRef="task" />
    <bpmn:userTask id="task">
      <bpmn:extensionElements>
        <zeebe:userTask /><zeebe:taskListeners>${LISTENERS}</zeebe:taskListeners>
      </bpmn:extensionElements>
      <bpmn:incoming>to-task</bpmn:incoming><bpmn:outgoing>to-again</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="to-again" sourceRef="task" targetRef="start-again" />
    <bpmn:manualTask id="start-again"><bpmn:incoming>to-again</bpmn:incoming></bpmn:manualTask>
  </bpmn:process>
</bpmn:definitions>`;

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

interface Server {
  send(method: string, path: string, body?: unknown): Promise<Answered>;
  /** The job of a listener, as its worker gets it. */
  job(event: string): Promise<Answered['json']>;
  complete(jobKey: string, result?: object): Promise<Answered>;
}

async function start(t: TestContext): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-user-tasks-'));
  const tutti = await startTutti({ data, http: 0, grpc: 0 });
  t.after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });
  const send = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const headers = { 'content-type': 'application/json' };
    const content = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const response = await fetch(tutti.addresses.http + path, { method, ...content });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const form = new FormData();
  form.append('resources', new Blob([MODEL]), 'ask.bpmn');
  const deployed = await fetch(`${tutti.addresses.http}/v2/deployments`, { method: 'POST', body: form });
  assert.equal(deployed.status, 200, await deployed.text());
  const created = await send('POST', '/v2/process-instances', { processDefinitionId: 'ask' });
  assert.equal(created.status, 200);
  return {
    send,
    job: async (event) => {
      const request = { type: `on-${event}`, timeout: 60_000, maxJobsToActivate: 1 };
      const { json } = await send('POST', '/v2/jobs/activation', request);
      return json.jobs[0];
    },
    complete: (jobKey, result) =>
      send('POST', `/v2/jobs/${jobKey}/completion`, result === undefined ? {} : { result }),
  };
}

/** The path of the user task, after its creation. */
async function createTask({ job, complete }: Server): Promise<string> {
  const created = await job('creating');
  assert.equal((await complete(created.jobKey)).status, 204);
  return `/v2/user-tasks/${created.userTask.userTaskKey}`;
}

describe('user tasks over REST', { timeout: 60_000 }, () => {
  it('tell a listener of the task, take its corrections and hold requests back until it is done', async (t) => {
    const server = await start(t);
    const created = await server.job('creating');
    assert.equal(created.kind, 'TASK_LISTENER');
    assert.equal(created.listenerEventType, 'CREATING');
    const { userTaskKey, ...userTask } = created.userTask;
    assert.deepEqual(userTask, {
      action: '',
      assignee: null,
      candidateGroups: [],
      candidateUsers: [],
      changedAttributes: [],
      dueDate: null,
      followUpDate: null,
      formKey: null,
      priority: 50,
    });
    const corrections = { priority: 70, candidateUsers: ['ann'], assignee: null };
    assert.equal((await server.complete(created.jobKey, { type: 'userTask', corrections })).status, 204);
    const task = `/v2/user-tasks/${userTaskKey}`;

    const assignment = server.send('POST', `${task}/assignment`, { assignee: 'ann' });
    const assigning = await server.job('assigning');
    assert.deepEqual(assigning.userTask.candidateUsers, ['ann']);
    assert.deepEqual(assigning.userTask.changedAttributes, ['assignee']);
    assert.equal(assigning.userTask.priority, 70);
    const meanwhile = await server.send('POST', `${task}/completion`);
    assert.equal(meanwhile.status, 409);
    assert.match(meanwhile.json.detail, /but it is in state 'ASSIGNING'$/);
    await server.complete(assigning.jobKey, { denied: true, deniedReason: 'on holiday' });
    const denied = await assignment;
    assert.equal(denied.status, 409);
    assert.equal(
      denied.json.detail,
      `Command 'ASSIGN' rejected with code 'INVALID_STATE': Assignment of the User Task with key '${userTaskKey}' was ` +
        `denied by Task Listener. Reason to deny: 'on holiday'`,
    );

    const completion = server.send('POST', `${task}/completion`, { variables: { ok: true } });
    const completing = await server.job('completing');
    assert.deepEqual(completing.variables, { ok: true });
    await server.complete(completing.jobKey);
    assert.equal((await completion).status, 204);
    assert.equal((await server.send('POST', `${task}/completion`)).status, 404);
  });

  it('that a modification ends are told as canceled, though no record of them says so', async (t) => {
    const server = await start(t);
    const task = await createTask(server);
    const { json } = await server.send('GET', task);
    const modified = await server.send(
      'POST',
      `/v2/process-instances/${json.processInstanceKey}/modification`,
      {
        activateInstructions: [{ elementId: 'start-again' }],
        terminateInstructions: [{ elementInstanceKey: json.elementInstanceKey }],
      },
    );
    assert.equal(modified.status, 204, JSON.stringify(modified.json));
    const ended = await server.send('GET', task);
    assert.deepEqual([ended.json.state, typeof ended.json.completionDate], ['CANCELED', 'string']);
    assert.equal((await server.send('POST', `${task}/completion`)).status, 404);
  });

  it('refuse what no request can say', async (t) => {
    const server = await start(t);
    const task = await createTask(server);
    const detail = async (method: string, path: string, body?: unknown) => {
      const { status, json } = await server.send(method, path, body);
      assert.equal(status, 400);
      return json.detail;
    };
    assert.equal(await detail('POST', `${task}/assignment`, {}), 'No assignee provided.');
    assert.equal(
      await detail('PATCH', task, { changeset: { priority: 101, dueDate: 'soon' } }),
      "The provided due date 'soon' cannot be parsed as a date according to RFC 3339, section 5.6. " +
        "The value for priority is '101' but must be within the [0,100] range.",
    );
    assert.match(await detail('PATCH', task, { changeset: { assignee: 'ann' } }), /^No update data provided/);
    assert.match(await detail('PATCH', task, { changeset: { priority: 'high' } }), /changeset\.priority/);
    assert.match(
      await detail('POST', `${task}/completion`, { colour: 'red' }),
      /\[colour\] cannot be parsed/,
    );
    assert.match(await detail('PATCH', '/v2/user-tasks/one', {}), /No update data|userTaskKey/);
    const update = server.send('PATCH', task, { changeset: { priority: 1 }, action: 'note' });
    const { jobKey, userTask } = await server.job('updating');
    assert.equal(userTask.action, 'note');
    const wrong = await server.complete(jobKey, { corrections: { colour: 'red' } });
    assert.equal(wrong.status, 400);
    assert.match(wrong.json.detail, /\[result\.corrections\.colour\] cannot be parsed/);
    assert.equal((await server.complete(jobKey)).status, 204);
    assert.equal((await update).status, 204);
  });

  it('refuse a request whose task is cancelled meanwhile', async (t) => {
    const server = await start(t);
    const task = await createTask(server);
    const unassignment = server.send('DELETE', `${task}/assignee`);
    const { processInstanceKey } = await server.job('assigning');
    await server.send('POST', `/v2/process-instances/${processInstanceKey}/cancellation`);
    const { status, json } = await unassignment;
    assert.equal(status, 409);
    assert.match(json.detail, /user task was canceled during ongoing transition$/);
    const { jobKey } = await server.job('canceling');
    assert.equal((await server.complete(jobKey)).status, 204);
  });

  it('hold back variables of a task until its listeners have seen them', async (t) => {
    const server = await start(t);
    await createTask(server);
    const found = await server.send('POST', '/v2/element-instances/search', {
      filter: { elementId: 'task' },
    });
    const { elementInstanceKey } = found.json.items[0];
    const path = `/v2/element-instances/${elementInstanceKey}/variables`;
    const update = server.send('PUT', path, { variables: { seat: '12A' }, local: true });
    const { jobKey, variables, userTask } = await server.job('updating');
    assert.deepEqual(variables, { seat: '12A' });
    assert.deepEqual(userTask.changedAttributes, ['variables']);
    await server.complete(jobKey, { denied: true });
    const { status, json } = await update;
    assert.equal(status, 409);
    assert.match(
      json.detail,
      /^Command 'UPDATE' rejected .* Variable update for user task instance with key/,
    );
  });
});
