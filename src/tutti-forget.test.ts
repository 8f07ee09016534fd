import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { startTutti, type Tutti } from './tutti.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const task = (type: string): string =>
  `<bpmn:extensionElements><zeebe:taskDefinition type="${type}" /></bpmn:extensionElements>`;
/** Goes past all that leaves something behind: a job that fails, a decision, a message, a user task, a call. */
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:message id="m" name="Order.Paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order" /></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="long" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:serviceTask id="work">${task('work')}</bpmn:serviceTask>
    <bpmn:businessRuleTask id="rate"><bpmn:extensionElements><zeebe:calledDecision decisionId="rate" resultVariable="rate" /></bpmn:extensionElements></bpmn:businessRuleTask>
    <bpmn:receiveTask id="paid" messageRef="m" />
    <bpmn:userTask id="ask"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="short" /></bpmn:extensionElements></bpmn:callActivity>
    <bpmn:endEvent id="end" />
    ${['start', 'work', 'rate', 'paid', 'ask', 'call', 'end']
      .map((id, at, all) => {
        const next = all[at + 1];
        return next === undefined
          ? ''
          : `<bpmn:sequenceFlow id="${id}-${next}" sourceRef="${id}" targetRef="${next}" />`;
      })
      .join('')}
  </bpmn:process>
  <bpmn:process id="short" isExecutable="true">
    <bpmn:startEvent id="short-start" />
    <bpmn:endEvent id="short-end" />
    <bpmn:sequenceFlow id="short-flow" sourceRef="short-start" targetRef="short-end" />
  </bpmn:process>
</bpmn:definitions>`;
const DECISION = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="Rules" namespace="t">
  <decision id="rate" name="Rate"><variable name="rate" /><literalExpression><text>1 + 1</text></literalExpression></decision>
</definitions>`;

const OF_INSTANCES = [
  'process-instances',
  'element-instances',
  'variables',
  'jobs',
  'incidents',
  'message-subscriptions',
  'correlated-message-subscriptions',
  'user-tasks',
  'decision-instances',
] as const;

type Item = Readonly<Record<string, unknown>>;

/** Tutti over HTTP. */
class Site {
  readonly tutti: Tutti;

  constructor(tutti: Tutti) {
    this.tutti = tutti;
  }

  async call(method: string, path: string, body?: object, headers: object = {}): Promise<Response> {
    return fetch(this.tutti.addresses.http + path, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async json<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await this.call(method, path, body);
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  async deploy(): Promise<void> {
    const form = new FormData();
    form.append('resources', new Blob([MODEL]), 'long.bpmn');
    form.append('resources', new Blob([DECISION]), 'rules.dmn');
    const response = await fetch(`${this.tutti.addresses.http}/v2/deployments`, {
      method: 'POST',
      body: form,
    });
    assert.equal(response.status, 200, await response.text());
  }

  async create(processDefinitionId: string, variables: object): Promise<string> {
    const body = { processDefinitionId, variables };
    const made = await this.json<{ processInstanceKey: string }>('POST', '/v2/process-instances', body);
    return made.processInstanceKey;
  }

  async items(what: string, filter: object = {}): Promise<readonly Item[]> {
    const page = { limit: 1000 };
    return (await this.json<{ items: readonly Item[] }>('POST', `/v2/${what}/search`, { filter, page }))
      .items;
  }

  /** From the start to the user task, by way of an incident. */
  async toUserTask(order: string): Promise<string> {
    const key = await this.create('long', { order });
    const activation = { type: 'work', timeout: 60_000, maxJobsToActivate: 1 };
    const take = async (): Promise<Item> => {
      const { jobs } = await this.json<{ jobs: readonly Item[] }>('POST', '/v2/jobs/activation', activation);
      return jobs[0] ?? assert.fail('no job');
    };
    const { jobKey } = await take();
    await this.json('POST', `/v2/jobs/${jobKey}/failure`, { retries: 0, errorMessage: 'broken' });
    await this.json('PATCH', `/v2/jobs/${jobKey}`, { changeset: { retries: 1 } });
    const [incident] = await this.items('incidents', { processInstanceKey: key, state: 'ACTIVE' });
    await this.json('POST', `/v2/incidents/${incident?.['incidentKey']}/resolution`, {});
    await take();
    await this.json('POST', `/v2/jobs/${jobKey}/completion`, {});
    const event = { specversion: '1.0', id: order, source: '/shop', type: 'Order.Paid', subject: order };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const sent = await this.call('POST', '/events', { ...event, data: { order } }, headers);
    assert.equal(sent.status, 202, await sent.text());
    await this.until(async () => (await this.items('user-tasks', { processInstanceKey: key })).length === 1);
    return key;
  }

  async toEnd(order: string): Promise<string> {
    const key = await this.toUserTask(order);
    const [found] = await this.items('user-tasks', { processInstanceKey: key });
    await this.json('POST', `/v2/user-tasks/${found?.['userTaskKey']}/completion`, {});
    const { state } = await this.json<{ state: string }>('GET', `/v2/process-instances/${key}`);
    assert.equal(state, 'COMPLETED');
    return key;
  }

  async pass(ms: number): Promise<void> {
    await this.json('PUT', '/v2/clock', { timestamp: Date.now() + ms });
  }

  /** Looks again until it holds; the time-out of the test ends it otherwise. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function open(
  t: { after(clean: () => unknown): void },
  options: object,
): Promise<{ site: Site; data: string }> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-forget-'));
  const tutti = await startTutti({
    data,
    http: 0,
    grpc: 0,
    clock: 'controllable',
    retentionPauseMs: 20,
    ...options,
  });
  t.after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });
  return { site: new Site(tutti), data };
}

/** Pages of a file of the data folder. */
function pages(data: string, file: string): number {
  const database = new DatabaseSync(join(data, file), { readOnly: true });
  try {
    return Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  } finally {
    database.close();
  }
}

test('all that an ended instance left goes when it is old, and all of one that runs stays', {
  timeout: 60_000,
}, async (t) => {
  const { site, data } = await open(t, { retentionAge: 7 * DAY });
  await site.deploy();
  const ended = await site.toEnd('one');
  const running = await site.toUserTask('two');
  const kept = new Map<string, number>();
  for (const what of OF_INSTANCES) {
    const of = async (processInstanceKey: string) => (await site.items(what, { processInstanceKey })).length;
    assert.ok((await of(ended)) > 0, `${what} of the one that ended`);
    kept.set(what, await of(running));
  }
  await site.json('POST', '/v2/decision-definitions/evaluation', {
    decisionDefinitionId: 'rate',
    variables: {},
  });
  const batch = await site.json<{ batchOperationKey: string }>('POST', '/v2/process-instances/cancellation', {
    filter: { processDefinitionId: 'nobody' },
  });
  const list = async () => (await site.json<{ items: readonly Item[] }>('GET', '/api/events')).items;
  assert.equal((await list()).length, 2);
  // Enough for whole pages to be free.
  const filling = 'x'.repeat(20_000);
  for (let count = 0; count < 600; count += 50)
    await Promise.all(Array.from({ length: 50 }, () => site.create('short', { filling })));
  await site.items('process-instances');
  const before = pages(data, 'history.db');
  await site.pass(8 * DAY);

  await site.until(async () => (await site.items('process-instances')).length === 1);
  await site.until(async () => (await site.items('batch-operations')).length === 0);
  for (const what of OF_INSTANCES) {
    const left = await site.items(what);
    assert.equal(left.length, kept.get(what), what);
    for (const { processInstanceKey } of left) assert.equal(processInstanceKey, running, what);
  }
  assert.equal((await site.call('GET', `/v2/process-instances/${ended}`)).status, 404);
  assert.equal((await site.call('GET', `/v2/batch-operations/${batch.batchOperationKey}`)).status, 404);
  // The youngest event stays: its number must not be given again.
  await site.until(async () => (await list()).length === 1);
  assert.equal((await site.call('GET', '/api/records')).status, 410);
  await site.until(async () => pages(data, 'history.db') < before / 2);

  const [found] = await site.items('user-tasks', { state: 'CREATED' });
  await site.json('POST', `/v2/user-tasks/${found?.['userTaskKey']}/completion`, {});
  const { state } = await site.json<{ state: string }>('GET', `/v2/process-instances/${running}`);
  assert.equal(state, 'COMPLETED');
});

test('what ended first goes when the read model is larger than it may be, though not what ended just now', {
  timeout: 60_000,
}, async (t) => {
  const { site } = await open(t, { retentionAge: 7 * DAY, retentionSize: 4 * 1024 * 1024 });
  await site.deploy();
  const filling = 'x'.repeat(20_000);
  const fill = async (): Promise<void> => {
    for (let count = 0; count < 300; count += 50)
      await Promise.all(Array.from({ length: 50 }, () => site.create('short', { filling })));
  };
  const running = await site.toUserTask('two');
  const first = await site.toEnd('one');
  await fill();
  await site.pass(2 * HOUR);
  await site.until(async () => (await site.call('GET', `/v2/process-instances/${first}`)).status === 404);
  const { page } = await site.json<{ page: { totalItems: number } }>('POST', '/v2/process-instances/search', {
    filter: { state: 'COMPLETED' },
  });
  assert.ok(page.totalItems > 50 && page.totalItems < 250, `${page.totalItems} of 300 are left`);
  const last = await site.toEnd('three');
  await fill();
  await site.json('GET', `/v2/process-instances/${last}`);
  await site.json('GET', `/v2/process-instances/${last}`);
  assert.equal(
    (await site.items('process-instances', { processInstanceKey: running, state: 'ACTIVE' })).length,
    1,
  );
});
