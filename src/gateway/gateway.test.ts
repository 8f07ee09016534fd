import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DocumentStore } from '../documents/index.ts';
import type { Answer, ClientCommand } from '../engine/records/command.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { History, InlineReadModel, type PositionedRecord, type RecordSource } from '../history/index.ts';
import { batchesOver } from '../runtime/batches/index.ts';
import { OverloadedError, UnavailableError } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Commits } from './commits.ts';
import { consoleApi } from './console/api.ts';
import { consolePages } from './console/pages.ts';
import { ERRORS, GRPC_STATUS } from './errors.ts';
import { HostPolicy } from './hosts.ts';
import { liveGroup } from './live.ts';
import { operations } from './ops.ts';
import { recordsGroup } from './records.ts';
import type { GatewayContext } from './rest/context.ts';
import { restGroup } from './rest/index.ts';
import { type Gateway, startGateway } from './server.ts';

/** Answers what a test tells it to and keeps what it was asked. Only for what HTTP does around it. */
class ScriptedRuntime implements Runtime {
  readonly asked: ClientCommand[] = [];
  answer: () => Answer | undefined = () => ({ kind: 'accepted', key: 7, value: {} });
  readiness: { ok: boolean; reason?: string } = { ok: true };
  async execute(command: ClientCommand): Promise<Answer> {
    this.asked.push(command);
    return this.answer() ?? assert.fail('no answer');
  }
  async activateJobs(value: Extract<ClientCommand, { valueType: 'JOB_BATCH' }>['value']): Promise<Answer> {
    return this.execute({ valueType: 'JOB_BATCH', intent: 'ACTIVATE', value });
  }
  async createWithResult(command: ClientCommand): Promise<Answer | undefined> {
    this.asked.push(command);
    return this.answer();
  }
  async publish() {
    return [];
  }
  position() {
    return 0;
  }
  clock() {
    return { now: 0, pinned: false };
  }
  async setClock() {}
  async resetClock() {}
  ready() {
    return this.readiness;
  }
  async close() {}
}

class Records implements RecordSource {
  readonly all: PositionedRecord[] = [];
  first = 1;
  add(record: object): void {
    const full = { recordType: 'EVENT', recordVersion: 1, timestamp: 1_900_000_000_000, ...record };
    this.all.push({ position: this.all.length + 1, record: full as LogRecord });
  }
  last() {
    return this.all.length;
  }
  oldest() {
    return this.first;
  }
  read(position: number, limit: number) {
    return this.all.slice(position, position + limit);
  }
  cut() {
    return 0;
  }
  close() {}
}

interface World {
  readonly gateway: Gateway;
  readonly runtime: ScriptedRuntime;
  readonly records: Records;
  readonly history: InlineReadModel;
  readonly commits: Commits;
  readonly errors: unknown[];
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** A folder for documents, which goes when the test is over. */
function documentsOf(t: TestContext): DocumentStore {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-documents-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return new DocumentStore(folder, Date.now);
}

async function world(t: TestContext): Promise<World> {
  const runtime = new ScriptedRuntime();
  const records = new Records();
  const history = new InlineReadModel(new History(':memory:', records));
  const commits = new Commits();
  const batches = batchesOver({ request: () => Promise.reject(new TypeError('not asked here')) });
  const documents = documentsOf(t);
  const context: GatewayContext = {
    runtime,
    history,
    batches,
    documents,
    records,
    commits,
    version: '0.0.0-test',
  };
  const errors: unknown[] = [];
  const ops = operations(context);
  const gateway = await startGateway({
    groups: [
      restGroup(context, () => ({ host: '127.0.0.1', port: 1 })),
      recordsGroup(context),
      liveGroup(context),
      consoleApi(context),
      consolePages('/nowhere/that/exists'),
      ops.group,
      {
        name: 'broken',
        routes: [
          {
            method: 'GET',
            path: '/broken',
            accepts: 'none',
            handler: () => {
              throw new TypeError('secret detail');
            },
          },
        ],
      },
    ],
    hosts: new HostPolicy(['tutti.example'], ['https://shop.example']),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => errors.push(error),
    onAnswer: ops.answered,
  });
  t.after(async () => {
    await gateway.close(0);
    await history.close();
  });
  return {
    gateway,
    runtime,
    records,
    history,
    commits,
    errors,
    call: (method, path, body, headers = {}) =>
      fetch(gateway.url + path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  };
}

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
}

async function problemOf(response: Response): Promise<Problem> {
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  const problem = (await response.json()) as Problem;
  assert.equal(problem.type, 'about:blank');
  assert.equal(problem.status, response.status);
  return problem;
}

/** What fetch does not let a caller set. */
function rawStatus(gateway: Gateway, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: gateway.port, path, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', reject);
    request.end();
  });
}

describe('The HTTP gateway', () => {
  it('answers a refused command with Zeebe’s text and the mapped status', async (t) => {
    const { runtime, call } = await world(t);
    runtime.answer = () => ({
      kind: 'rejected',
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      type: 'NOT_FOUND',
      reason: "Expected to find process definition with process ID 'x', but none found",
    });
    const response = await call('POST', '/v2/process-instances', { processDefinitionId: 'x' });
    assert.equal(response.status, 404);
    assert.deepEqual(await problemOf(response), {
      type: 'about:blank',
      title: 'NOT_FOUND',
      status: 404,
      detail:
        "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'x', but none found",
      instance: '/v2/process-instances',
    });
  });

  it('answers unknown paths with 404 and known paths with the wrong method with 405 and what is allowed', async (t) => {
    const { call } = await world(t);
    assert.equal((await problemOf(await call('GET', '/v2/nothing?x=1'))).instance, '/v2/nothing');
    const response = await call('GET', '/v2/process-instances');
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
    assert.match((await problemOf(response)).detail, /use POST/);
  });

  it('answers a wrong media type with 415, invalid JSON with 400 and a large body with 413', async (t) => {
    const { call } = await world(t);
    const text = await call('POST', '/v2/process-instances', 'x', { 'content-type': 'text/plain' });
    assert.equal(text.status, 415);
    assert.match(
      (await problemOf(text)).detail,
      /'text\/plain' is not supported here; send application\/json/,
    );
    const json = await call('POST', '/v2/deployments', {});
    assert.equal(json.status, 415);
    const broken = await call('POST', '/v2/process-instances', '{"a":');
    assert.equal(broken.status, 400);
    assert.equal((await problemOf(broken)).title, 'Bad Request');
    assert.equal((await call('POST', '/v2/process-instances', '[1]')).status, 400);
    const large = await call(
      'POST',
      '/v2/process-instances',
      JSON.stringify({ x: 'y'.repeat(5 * 1024 * 1024) }),
    );
    assert.equal(large.status, 413);
    await problemOf(large);
  });

  it('answers a mistake in the program with 500 and no detail, and reports it', async (t) => {
    const { call, errors } = await world(t);
    const response = await call('GET', '/broken');
    assert.equal(response.status, 500);
    assert.doesNotMatch(JSON.stringify(await problemOf(response)), /secret|TypeError|\.ts/);
    assert.match(String(errors[0]), /secret detail/);
  });

  it('says when to come back while overloaded or unable to write', async (t) => {
    const { runtime, call } = await world(t);
    runtime.answer = () => {
      throw new OverloadedError(10_000, 1500);
    };
    const overloaded = await call('POST', '/v2/messages/publication', { name: 'm' });
    assert.equal(overloaded.status, 503);
    assert.equal(overloaded.headers.get('retry-after'), '2');
    assert.equal((await problemOf(overloaded)).title, 'RESOURCE_EXHAUSTED');
    runtime.answer = () => {
      throw new UnavailableError('the disk is full');
    };
    const unavailable = await call('POST', '/v2/messages/publication', { name: 'm' });
    assert.equal(unavailable.status, 503);
    assert.match((await problemOf(unavailable)).detail, /the disk is full/);
  });

  it('refuses unknown hosts and foreign pages on every route, also unknown ones', async (t) => {
    const { gateway } = await world(t);
    const own = `127.0.0.1:${gateway.port}`;
    const status = (path: string, headers: Record<string, string>) => rawStatus(gateway, path, headers);
    assert.equal(await status('/health/live', { host: 'evil.example' }), 403);
    assert.equal(await status('/nothing', { host: 'evil.example' }), 403);
    assert.equal(await status('/health/live', { host: 'localhost' }), 200);
    assert.equal(await status('/health/live', { host: '[::1]:99' }), 200);
    assert.equal(await status('/health/live', { host: 'tutti.example:1' }), 200);
    assert.equal(await status('/health/live', { host: own, origin: 'https://evil.example' }), 403);
    assert.equal(await status('/health/live', { host: own, origin: 'null' }), 403);
    assert.equal(await status('/health/live', { host: own, origin: 'http://localhost:1' }), 403);
    assert.equal(await status('/health/live', { host: own, origin: `http://${own}` }), 200);
    assert.equal(await status('/health/live', { host: own, origin: 'https://shop.example' }), 200);
  });

  it('keeps the texts of variables exactly, whatever their numbers', async (t) => {
    const { runtime, call } = await world(t);
    const variables = '{"big":12345678901234567890,"small":0.10,"deep":{"n":1e400}}';
    await call(
      'POST',
      '/v2/messages/publication',
      `{"name":"m","correlationKey":"k","variables":${variables}}`,
    );
    const [command] = runtime.asked;
    assert.ok(command?.valueType === 'MESSAGE' && command.intent === 'PUBLISH');
    assert.deepEqual(
      [...command.value.variables],
      [
        ['big', '12345678901234567890'],
        ['small', '0.10'],
        ['deep', '{"n":1e400}'],
      ],
    );
    runtime.answer = () => ({
      kind: 'accepted',
      key: 1,
      value: {
        bpmnProcessId: 'p',
        version: 1,
        processDefinitionKey: 2,
        processInstanceKey: 3,
        variables: command.value.variables,
      },
    });
    const response = await call('POST', '/v2/process-instances', {
      processDefinitionId: 'p',
      awaitCompletion: true,
    });
    assert.ok((await response.text()).includes(`"variables":${variables}`));
  });

  it('names the property that is wrong, unknown or missing', async (t) => {
    const { call } = await world(t);
    const detail = async (path: string, body: unknown, method = 'POST') => {
      const response = await call(method, path, body);
      assert.equal(response.status, 400);
      return (await problemOf(response)).detail;
    };
    const create = '/v2/process-instances';
    assert.equal(
      await detail(create, {}),
      'At least one of [processDefinitionId, processDefinitionKey] is required.',
    );
    assert.match(
      await detail(create, { processDefinitionKey: 12 }),
      /^Request property \[processDefinitionKey\] cannot be parsed: expected a key/,
    );
    assert.match(
      await detail(create, { processDefinitionId: 'p', variables: [1] }),
      /\[variables\].*expected a JSON object, but was a list/,
    );
    assert.match(
      await detail(create, { processDefinitionId: 'p', varibles: {} }),
      /\[varibles\] cannot be parsed: it is unknown; known here: .*variables/,
    );
    assert.match(
      await detail(create, { processDefinitionId: 'p', startInstructions: [{ elementId: 1 }] }),
      /\[startInstructions\[0\]\.elementId\]/,
    );
    assert.match(
      await detail('/v2/jobs/activation', { type: 't', timeout: 1, maxJobsToActivate: 0 }),
      /maxJobsToActivate is '0' but must be greater than 0/,
    );
    assert.match(
      await detail('/v2/jobs/activation', { type: 't', maxJobsToActivate: 1 }),
      /No timeout provided/,
    );
    assert.match(await detail('/v2/jobs/1', { changeset: {} }, 'PATCH'), /\[retries, timeout\]/);
    assert.match(
      await detail('/v2/jobs/abc/completion', {}),
      /^Failed to convert 'jobKey' with value: 'abc'$/,
    );
    assert.match(await detail('/v2/messages/publication', { name: ' ' }), /No name provided/);
    assert.match(
      await detail('/v2/process-instances/search', { filter: { nope: 1 } }),
      /\[filter\.nope\] cannot be parsed/,
    );
    assert.match(
      await detail('/v2/process-instances/search', { filter: { state: { $near: 1 } } }),
      /\[filter\.state\.\$near\] cannot be parsed/,
    );
    assert.match(
      await detail('/v2/process-instances/search', { sort: [{ field: 'x' }] }),
      /^Unexpected value 'x' for enum field 'field'\. Use any of the following values: \[processInstanceKey, /,
    );
    assert.match(await detail('/v2/process-instances/search', { page: { limit: 10_001 } }), /at most 10000/);
    assert.match(
      await detail('/v2/process-instances/search', { page: { from: 1, after: 'x' } }),
      /Only one of/,
    );
  });

  it('answers an awaited instance that takes too long with 504', async (t) => {
    const { runtime, call } = await world(t);
    runtime.answer = () => undefined;
    const response = await call('POST', '/v2/process-instances', {
      processDefinitionId: 'p',
      awaitCompletion: true,
      requestTimeout: 5,
    });
    assert.equal(response.status, 504);
    assert.match((await problemOf(response)).detail, /within 5 ms/);
  });

  it('takes files of a deployment and refuses other parts', async (t) => {
    const { runtime, gateway, call } = await world(t);
    runtime.answer = () => ({
      kind: 'accepted',
      key: 9,
      value: {
        processesMetadata: [
          {
            bpmnProcessId: 'p',
            version: 1,
            processDefinitionKey: 8,
            resourceName: 'p.bpmn',
            checksum: '',
            isDuplicate: false,
          },
        ],
      },
    });
    const send = (form: FormData) => fetch(`${gateway.url}/v2/deployments`, { method: 'POST', body: form });
    const form = new FormData();
    form.append('resources', new Blob(['<nonsense/>']), 'p.bpmn');
    const response = await send(form);
    assert.equal(response.status, 200);
    const body = (await response.json()) as { deploymentKey: string; deployments: object[] };
    assert.equal(body.deploymentKey, '9');
    assert.deepEqual(body.deployments[0], {
      processDefinition: {
        processDefinitionId: 'p',
        processDefinitionVersion: 1,
        processDefinitionKey: '8',
        resourceName: 'p.bpmn',
        tenantId: '<default>',
      },
      decisionDefinition: null,
      decisionRequirements: null,
      form: null,
      resource: null,
    });
    const [command] = runtime.asked;
    assert.ok(command?.valueType === 'DEPLOYMENT');
    assert.match(command.value.resources[0]?.problems ?? '', /^'p\.bpmn': /);
    const empty = new FormData();
    empty.append('tenantId', '<default>');
    assert.match((await problemOf(await send(empty))).detail, /^Required part 'resources' is not present\.$/);
    const other = new FormData();
    other.append('file', new Blob(['x']), 'p.bpmn');
    assert.match((await problemOf(await send(other))).detail, /'file' is unknown/);
    const broken = await call('POST', '/v2/deployments', 'x', {
      'content-type': 'multipart/form-data; boundary=b',
    });
    assert.equal(broken.status, 400);
  });

  it('tells its topology, status, health and metrics', async (t) => {
    const { runtime, call } = await world(t);
    const topology = (await (await call('GET', '/v2/topology')).json()) as Record<string, unknown>;
    assert.equal(topology['gatewayVersion'], '8.9.0');
    assert.equal(topology['partitionsCount'], 1);
    assert.equal((await call('GET', '/v2/status')).status, 204);
    assert.equal((await call('GET', '/health/ready')).status, 200);
    runtime.readiness = { ok: false, reason: 'disk full' };
    assert.match((await problemOf(await call('GET', '/v2/status'))).detail, /disk full/);
    assert.equal((await call('GET', '/health/ready')).status, 503);
    assert.equal((await call('GET', '/health/live')).status, 200);
    const metrics = await (await call('GET', '/metrics')).text();
    assert.match(
      metrics,
      /tutti_http_request_seconds_count\{method="GET",route="\/v2\/topology",status="200"\} 1/,
    );
    assert.match(metrics, /tutti_history_lag_records 0/);
  });

  it('says how to build the console when it is not built, and never serves files beside it', async (t) => {
    const { call, gateway } = await world(t);
    const response = await call('GET', '/');
    assert.equal(response.url, `${gateway.url}/console/`);
    assert.match(await response.text(), /npm run build:console/);
    assert.equal(await rawStatus(gateway, '/console/..%2f..%2fetc%2fpasswd.txt', {}), 404);
  });
});

const instanceRecord = (key: number, intent: string) => ({
  key,
  valueType: 'PROCESS_INSTANCE',
  intent,
  value: {
    bpmnElementType: 'PROCESS',
    bpmnEventType: 'UNSPECIFIED',
    elementId: 'p',
    bpmnProcessId: 'p',
    version: 1,
    processDefinitionKey: 5,
    processInstanceKey: key,
    flowScopeKey: -1,
    parentProcessInstanceKey: -1,
    parentElementInstanceKey: -1,
  },
});

describe('Reading over HTTP', () => {
  it('finds instances with keys as strings and dates in ISO 8601', async (t) => {
    const { records, call } = await world(t);
    records.add(instanceRecord(2251799813685249, 'ELEMENT_ACTIVATING'));
    records.add(instanceRecord(2251799813685250, 'ELEMENT_ACTIVATING'));
    records.add(instanceRecord(2251799813685250, 'ELEMENT_COMPLETED'));
    const response = await call('POST', '/v2/process-instances/search', {
      filter: {
        processInstanceKey: { $in: ['2251799813685249'], $notIn: [] },
        processDefinitionId: { $eq: 'p', $in: [], $notIn: [] },
        startDate: { $gte: '2020-01-01T00:00:00Z' },
        $or: [{ state: 'ACTIVE' }, { state: 'COMPLETED' }],
      },
      sort: [{ field: 'startDate', order: 'DESC' }],
    });
    const body = (await response.json()) as {
      items: Record<string, unknown>[];
      page: Record<string, unknown>;
    };
    assert.equal(body.page['totalItems'], 1);
    assert.deepEqual(body.items[0], {
      processInstanceKey: '2251799813685249',
      processDefinitionId: 'p',
      processDefinitionName: null,
      processDefinitionVersion: 1,
      processDefinitionKey: '5',
      state: 'ACTIVE',
      startDate: '2030-03-17T17:46:40.000Z',
      endDate: null,
      hasIncident: false,
      parentProcessInstanceKey: null,
      parentElementInstanceKey: null,
      rootProcessInstanceKey: '2251799813685249',
      processDefinitionVersionTag: null,
      tenantId: '<default>',
      tags: [],
      businessId: null,
    });
    assert.equal((await call('GET', '/v2/process-instances/2251799813685250')).status, 200);
    const missing = await call('GET', '/v2/process-instances/99999999999999999999');
    assert.equal(missing.status, 404);
    assert.match(
      (await problemOf(missing)).detail,
      /Process Instance with key '99999999999999999999' not found/,
    );
    const cursor = await call('POST', '/v2/process-instances/search', { page: { after: 'nonsense' } });
    assert.match((await problemOf(cursor)).detail, /does not belong to this search/);
  });

  it('streams records in Zeebe’s shape, and says 410 for what is no longer kept', async (t) => {
    const { records, call } = await world(t);
    records.add(instanceRecord(1, 'ELEMENT_ACTIVATING'));
    records.add({
      key: 3,
      valueType: 'SIGNAL',
      intent: 'BROADCASTED',
      value: { signalName: 's', variables: new Map([['n', '1.0']]) },
    });
    records.add({ key: 4, valueType: 'PROCESS', intent: 'CREATED', value: { resource: 'é', graph: {} } });
    const text = await (await call('GET', '/api/records?after=1&limit=2')).text();
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.ok(lines[0]?.includes('"variables":{"n":1.0}'));
    const first = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.equal(first['position'], 2);
    assert.equal(first['rejectionType'], 'NULL_VAL');
    assert.equal(first['partitionId'], 1);
    const second = JSON.parse(lines[1] ?? '') as { value: Record<string, unknown> };
    assert.deepEqual(second.value, { resource: 'w6k=', tenantId: '<default>' });
    records.first = 3;
    const gone = await call('GET', '/api/records?after=1');
    assert.equal(gone.status, 410);
    assert.equal(gone.headers.get('x-oldest-position'), '3');
    assert.match((await problemOf(gone)).detail, /after=2/);
    assert.equal((await call('GET', '/api/records?after=-1')).status, 400);
  });

  it('follows the records until the client leaves', async (t) => {
    const { records, history, gateway } = await world(t);
    records.add(instanceRecord(1, 'ELEMENT_ACTIVATING'));
    const gone = new AbortController();
    const response = await fetch(`${gateway.url}/api/records?follow=true`, { signal: gone.signal });
    const reader = response.body?.getReader() ?? assert.fail('no body');
    const text = async () => new TextDecoder().decode((await reader.read()).value);
    assert.match(await text(), /"position":1,/);
    records.add(instanceRecord(2, 'ELEMENT_ACTIVATING'));
    history.catchUp();
    assert.match(await text(), /"position":2,/);
    gone.abort();
    await assert.rejects(reader.read());
  });

  it('tells a page that an instance it follows has changed', async (t) => {
    const { records, history, gateway, call } = await world(t);
    const gone = new AbortController();
    const response = await fetch(`${gateway.url}/api/live?topics=instance:1,instances`, {
      signal: gone.signal,
    });
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const reader = response.body?.getReader() ?? assert.fail('no body');
    const text = async () => new TextDecoder().decode((await reader.read()).value);
    assert.match(await text(), /event: hello/);
    records.add(instanceRecord(1, 'ELEMENT_ACTIVATING'));
    history.catchUp();
    assert.match(
      await text(),
      /event: changed\ndata: \{"position":1,"topics":\["instances","instance:1"\]\}/,
    );
    gone.abort();
    await assert.rejects(reader.read());
    assert.equal((await call('GET', '/api/live?topics=everything')).status, 400);
  });

  it('tells a page that follows the events of each commit, and those that follow instances of none', async (t) => {
    const { records, history, commits, gateway } = await world(t);
    const gone = new AbortController();
    const open = async (topics: string) => {
      const response = await fetch(`${gateway.url}/api/live?topics=${topics}`, { signal: gone.signal });
      const reader = response.body?.getReader() ?? assert.fail('no body');
      const text = async () => new TextDecoder().decode((await reader.read()).value);
      assert.match(await text(), /event: hello/);
      return { reader, text };
    };
    const events = await open('events');
    const instances = await open('instances');
    commits.tell();
    assert.match(await events.text(), /event: changed\ndata: \{"position":0,"topics":\["events"\]\}/);
    records.add(instanceRecord(1, 'ELEMENT_ACTIVATING'));
    history.catchUp();
    assert.match(await instances.text(), /"topics":\["instances"\]/);
    gone.abort();
    await assert.rejects(events.reader.read());
  });

  it('gives the console its list and the page of one instance', async (t) => {
    const { records, call } = await world(t);
    records.add(instanceRecord(10, 'ELEMENT_ACTIVATING'));
    records.add(instanceRecord(11, 'ELEMENT_ACTIVATING'));
    const list = (await (await call('GET', '/api/console/instances?state=ACTIVE&text=10')).json()) as {
      items: Record<string, unknown>[];
    };
    assert.deepEqual(
      list.items.map((item) => [item['processInstanceKey'], item['standsAt'], item['incidents']]),
      [['10', [], 0]],
    );
    const view = (await (await call('GET', '/api/console/instances/10')).json()) as Record<string, unknown>;
    assert.deepEqual(Object.keys(view).sort(), [
      'called',
      'cut',
      'elements',
      'flows',
      'incidents',
      'instance',
      'jobs',
      'subscriptions',
      'timers',
      'variables',
    ]);
    assert.equal((await call('GET', '/api/console/instances/12')).status, 404);
    assert.equal((await call('GET', '/api/console/instances?state=odd')).status, 400);
  });
});

describe('The table of errors', () => {
  it('gives each code a gRPC status of the protocol and an HTTP status of an error', () => {
    for (const { grpc, http } of Object.values(ERRORS)) {
      assert.ok(Object.hasOwn(GRPC_STATUS, grpc));
      assert.ok(http >= 400 && http < 600);
    }
  });
});
