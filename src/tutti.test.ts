import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseSenders } from './config/senders.ts';
import { parseWebhook } from './config/webhook.ts';
import { type StartOptions, startTutti, type Tutti } from './tutti.ts';

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:process id="order" name="Order" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>to-work</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="to-work" sourceRef="start" targetRef="work" />
    <bpmn:serviceTask id="work" name="Ask the bank">
      <bpmn:extensionElements><zeebe:taskDefinition type="bank" retries="1" /></bpmn:extensionElements>
      <bpmn:incoming>to-work</bpmn:incoming><bpmn:outgoing>to-wait</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="to-wait" sourceRef="work" targetRef="wait" />
    <bpmn:intermediateCatchEvent id="wait" name="One hour later">
      <bpmn:incoming>to-wait</bpmn:incoming><bpmn:outgoing>to-end</bpmn:outgoing>
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="to-end" sourceRef="wait" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>to-end</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;

interface Server {
  readonly tutti: Tutti;
  get<Value>(path: string): Promise<Value>;
  post<Value>(path: string, body: unknown, method?: string): Promise<Value>;
  status(method: string, path: string, body?: unknown): Promise<number>;
  deploy(xml?: string, name?: string): Promise<Response>;
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-server-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(t: TestContext, data: string, options: StartOptions = {}): Promise<Server> {
  const tutti = await startTutti({ data, http: 0, grpc: 0, clock: 'controllable', ...options });
  t.after(() => tutti.close());
  const send = (method: string, path: string, body?: unknown) =>
    fetch(tutti.addresses.http + path, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': 'application/json' },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          }),
    });
  const value = async <Value>(response: Response): Promise<Value> => {
    const text = await response.text();
    assert.ok(response.ok, text);
    return (text === '' ? undefined : JSON.parse(text)) as Value;
  };
  return {
    tutti,
    get: async (path) => value(await send('GET', path)),
    post: async (path, body, method = 'POST') => value(await send(method, path, body)),
    status: async (method, path, body) => {
      const response = await send(method, path, body);
      await response.arrayBuffer();
      return response.status;
    },
    deploy: (xml = MODEL, name = 'order.bpmn') => {
      const form = new FormData();
      form.append('resources', new Blob([xml]), name);
      return fetch(`${tutti.addresses.http}/v2/deployments`, { method: 'POST', body: form });
    },
  };
}

interface Items<Item> {
  readonly items: readonly Item[];
}

describe('The server', () => {
  for (const writerThread of [true, false])
    it(`closes in a process that has nothing else to do, ${writerThread ? 'with' : 'without'} a thread for the engine`, (t) => {
      const script = `const { startTutti } = await import(${JSON.stringify(new URL('./tutti.ts', import.meta.url).href)});
        const tutti = await startTutti({ data: ${JSON.stringify(folderOf(t))}, http: 0, grpc: 0, writerThread: ${writerThread} });
        await tutti.close();
        console.log('closed');`;
      const args = ['--input-type=module', '--eval', script];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      assert.deepEqual([status, stdout], [0, 'closed\n'], stderr);
    });

  for (const writerThread of [true, false])
    it(`keeps what it answered, ${writerThread ? 'with' : 'without'} a thread for the engine`, async (t) => {
      const data = folderOf(t);
      const first = await start(t, data, { writerThread });
      await first.deploy();
      const { processInstanceKey: key } = await first.post<{ processInstanceKey: string }>(
        '/v2/process-instances',
        { processDefinitionId: 'order' },
      );
      await first.tutti.close();
      const second = await start(t, data, { writerThread });
      assert.equal((await second.get<{ state: string }>(`/v2/process-instances/${key}`)).state, 'ACTIVE');
    });

  it('runs an instance from deployment to its end, and shows each step at once', async (t) => {
    const { deploy, post, get } = await start(t, folderOf(t));
    const deployed = (await (await deploy()).json()) as {
      deployments: { processDefinition: { processDefinitionKey: string } }[];
    };
    const definitionKey = deployed.deployments[0]?.processDefinition.processDefinitionKey ?? '';
    const { processInstanceKey: key } = await post<{ processInstanceKey: string }>(
      '/v2/process-instances',
      '{"processDefinitionId":"order","variables":{"amount":12345678901234567890.10,"customer":"c-1"}}',
    );
    assert.equal((await get<{ state: string }>(`/v2/process-instances/${key}`)).state, 'ACTIVE');
    const list = await get<Items<{ standsAt: object[] }>>('/api/console/instances?text=c-1');
    assert.deepEqual(list.items[0]?.standsAt, [{ elementId: 'work', elementName: 'Ask the bank', count: 1 }]);
    const variables = await post<Items<{ value: string }>>('/v2/variables/search', {
      filter: { processInstanceKey: key, name: 'amount' },
    });
    assert.equal(variables.items[0]?.value, '12345678901234567890.10');

    const { jobs } = await post<{ jobs: { jobKey: string; variables: object; elementId: string }[] }>(
      '/v2/jobs/activation',
      {
        type: 'bank',
        worker: 'test',
        timeout: 60_000,
        maxJobsToActivate: 5,
      },
    );
    assert.deepEqual(
      jobs.map(({ elementId }) => elementId),
      ['work'],
    );
    await post(`/v2/jobs/${jobs[0]?.jobKey}/completion`, { variables: { ok: true } });
    const view = await get<{ timers: { elementId: string; state: string }[]; flows: object[] }>(
      `/api/console/instances/${key}`,
    );
    assert.deepEqual(
      view.timers.map(({ elementId, state }) => [elementId, state]),
      [['wait', 'CREATED']],
    );
    assert.equal(view.flows.length, 2);

    await post('/v2/clock', { timestamp: Date.now() + 2 * 3600_000 }, 'PUT');
    assert.equal((await get<{ state: string }>(`/v2/process-instances/${key}`)).state, 'COMPLETED');
    const counts = await get<Items<{ elementId: string; active: number; completed: number }>>(
      `/api/console/definitions/${definitionKey}/statistics`,
    );
    const work = counts.items.find(({ elementId }) => elementId === 'work');
    assert.deepEqual([work?.active, work?.completed], [0, 1]);
  });

  it('shows an incident, and lets it be retried as the console does', async (t) => {
    const { deploy, post, get } = await start(t, folderOf(t));
    await deploy();
    const { processInstanceKey: key } = await post<{ processInstanceKey: string }>('/v2/process-instances', {
      processDefinitionId: 'order',
    });
    const activation = { type: 'bank', timeout: 60_000, maxJobsToActivate: 1 };
    const { jobs } = await post<{ jobs: { jobKey: string }[] }>('/v2/jobs/activation', activation);
    await post(`/v2/jobs/${jobs[0]?.jobKey}/failure`, { retries: 0, errorMessage: 'The bank is closed.' });
    const incidents = await post<Items<{ incidentKey: string; errorMessage: string; jobKey: string }>>(
      '/v2/incidents/search',
      {
        filter: { processInstanceKey: key, state: 'ACTIVE' },
      },
    );
    const [incident] = incidents.items;
    assert.equal(incident?.errorMessage, 'The bank is closed.');
    assert.equal((await get<{ hasIncident: boolean }>(`/v2/process-instances/${key}`)).hasIncident, true);
    await post(`/v2/jobs/${incident?.jobKey}`, { changeset: { retries: 1 } }, 'PATCH');
    await post(`/v2/incidents/${incident?.incidentKey}/resolution`, {});
    assert.equal((await get<{ hasIncident: boolean }>(`/v2/process-instances/${key}`)).hasIncident, false);
    assert.equal((await post<{ jobs: object[] }>('/v2/jobs/activation', activation)).jobs.length, 1);
  });

  it('refuses what the engine refuses, with its words', async (t) => {
    const { deploy, status, tutti } = await start(t, folderOf(t));
    const broken = await deploy(
      MODEL.replace('<zeebe:taskDefinition type="bank" retries="1" />', ''),
      'broken.bpmn',
    );
    assert.equal(broken.status, 400);
    const { detail } = (await broken.json()) as { detail: string };
    assert.match(
      detail,
      /^Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources/,
    );
    assert.match(detail, /'broken\.bpmn': - Element: work/);
    assert.equal(await status('POST', '/v2/process-instances', { processDefinitionId: 'nobody' }), 404);
    assert.equal(await status('POST', '/v2/process-instances/1/cancellation', {}), 404);
    assert.equal(await status('POST', '/v2/jobs/1/completion', {}), 404);
    assert.equal(await status('POST', '/v2/incidents/1/resolution', {}), 404);
    assert.equal(await status('GET', `/v2/process-definitions/1/xml`), 404);
    assert.match(tutti.addresses.http, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('cancels an instance', async (t) => {
    const { deploy, post, get } = await start(t, folderOf(t));
    await deploy();
    const { processInstanceKey: key } = await post<{ processInstanceKey: string }>('/v2/process-instances', {
      processDefinitionId: 'order',
    });
    await post(`/v2/process-instances/${key}/cancellation`, {});
    assert.equal((await get<{ state: string }>(`/v2/process-instances/${key}`)).state, 'TERMINATED');
    const elements = await post<Items<{ elementId: string; state: string }>>('/v2/element-instances/search', {
      filter: { processInstanceKey: key },
    });
    assert.deepEqual(
      elements.items.map(({ elementId, state }) => [elementId, state]),
      [
        ['start', 'COMPLETED'],
        ['work', 'TERMINATED'],
      ],
    );
  });

  it('keeps everything over a restart, also when the read model’s file is gone', async (t) => {
    const data = folderOf(t);
    const first = await start(t, data);
    await first.deploy();
    const { processInstanceKey: key } = await first.post<{ processInstanceKey: string }>(
      '/v2/process-instances',
      { processDefinitionId: 'order' },
    );
    const before = await first.get(`/api/console/instances/${key}`);
    await first.tutti.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `history.db${suffix}`), { force: true });
    const second = await start(t, data);
    assert.deepEqual(await second.get(`/api/console/instances/${key}`), before);
    const activation = { type: 'bank', timeout: 60_000, maxJobsToActivate: 1 };
    assert.equal((await second.post<{ jobs: object[] }>('/v2/jobs/activation', activation)).jobs.length, 1);
  });

  it('refuses times that no date can tell, and takes those that are only very long', async (t) => {
    const { status, post } = await start(t, folderOf(t));
    const longest = '9223372036854775807';
    const put = (text: string) => status('PUT', '/v2/clock', JSON.parse(`{"timestamp":${text}}`));
    assert.equal(await put('253402300800000'), 400);
    assert.equal(await put(longest), 400);
    assert.equal(await put('253402300799999'), 204);
    const lasting = { name: 'm', correlationKey: 'k', timeToLive: JSON.parse(longest) };
    assert.ok((await post<{ messageKey: string }>('/v2/messages/publication', lasting)).messageKey);
    assert.equal(await status('POST', '/v2/messages/publication', { ...lasting, timeToLive: 1e30 }), 400);
  });

  it('refuses to move the clock unless that was asked for', async (t) => {
    const { status } = await start(t, folderOf(t), { clock: 'system' });
    assert.equal(await status('PUT', '/v2/clock', { timestamp: 1 }), 403);
    assert.equal(await status('POST', '/v2/clock/reset'), 403);
  });

  it('refuses a folder or a port that is taken, and leaves nothing open', async (t) => {
    const data = folderOf(t);
    const { tutti } = await start(t, data);
    await assert.rejects(startTutti({ data, http: 0 }), { code: 'FOLDER_LOCKED' });
    const other = folderOf(t);
    const port = Number(new URL(tutti.addresses.http).port);
    await assert.rejects(startTutti({ data: other, http: port }), { code: 'EADDRINUSE' });
    await start(t, other);
  });

  it('ends a long poll empty when it stops', async (t) => {
    const { tutti, post } = await start(t, folderOf(t));
    const polled = post<{ jobs: object[] }>('/v2/jobs/activation', {
      type: 'none',
      timeout: 1000,
      maxJobsToActivate: 1,
      requestTimeout: 60_000,
    });
    // The answer to a later request says that the poll has arrived.
    await post('/v2/messages/publication', { name: 'm', correlationKey: 'k' });
    await tutti.close();
    assert.deepEqual(await polled, { jobs: [] });
  });

  it('holds senders to the settings, and answers webhooks by them', async (t) => {
    const { tutti } = await start(t, folderOf(t), {
      senders: parseSenders(
        [{ name: 'shop', token: 'shop-0123456789-0123456789', types: ['Paid'] }],
        'senders',
      ),
      webhook: parseWebhook({ allowedOrigins: ['events.example.com'], allowedRate: 60 }, 'webhook'),
    });
    const send = async (headers: Record<string, string>, method = 'POST') => {
      const core = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 'Paid' };
      const response = await fetch(`${tutti.addresses.http}/events`, {
        method,
        headers: { ...core, ...headers },
      });
      await response.arrayBuffer();
      return response;
    };
    const authorization = 'Bearer shop-0123456789-0123456789';
    assert.equal((await send({})).status, 401);
    assert.equal((await send({ authorization })).status, 202);
    assert.equal((await send({ authorization, 'ce-type': 'Refund' })).status, 403);
    const asked = await send({ 'webhook-request-origin': 'events.example.com' }, 'OPTIONS');
    assert.equal(asked.headers.get('webhook-allowed-rate'), '60');
  });
});
