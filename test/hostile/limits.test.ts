import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startTutti, type Tutti } from '../../src/tutti.ts';
import { until } from '../support/until.ts';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">`;
const flow = (from: string, to: string) =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;
const model = (id: string, body: string) =>
  `${HEAD}<bpmn:process id="${id}" isExecutable="true"><bpmn:startEvent id="start" />${body}<bpmn:endEvent id="end" /></bpmn:process></bpmn:definitions>`;
const one = (id: string, element: string) =>
  model(id, `${element}${flow('start', 'it')}${flow('it', 'end')}`);
const MANY = `<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=for i in 1..count return i" inputElement="item" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>`;
const call = (what: string) =>
  `<bpmn:callActivity id="it"><bpmn:extensionElements><zeebe:calledElement processId="${what}" /></bpmn:extensionElements></bpmn:callActivity>`;

describe('large and hostile models over HTTP work, or are refused clearly, and the server goes on', () => {
  let data: string;
  let tutti: Tutti;
  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'tutti-limits-'));
    tutti = await startTutti({ data, http: 0, grpc: 0 });
    await deploy('plain', one('plain', '<bpmn:task id="it" />'));
  });
  after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });

  const send = (method: string, path: string, body: string | FormData): Promise<Response> =>
    fetch(`${tutti.addresses.http}${path}`, {
      method,
      body,
      ...(typeof body === 'string' && { headers: { 'content-type': 'application/json' } }),
    });

  async function deploy(id: string, text: string): Promise<void> {
    const form = new FormData();
    form.append('resources', new Blob([text]), `${id}.bpmn`);
    const response = await send('POST', '/v2/deployments', form);
    assert.equal(response.status, 200, (await response.text()).slice(0, 500));
  }

  async function create(id: string, variables = '{}'): Promise<Response> {
    return send('POST', '/v2/process-instances', `{"processDefinitionId":"${id}","variables":${variables}}`);
  }

  async function created(id: string, variables = '{}'): Promise<string> {
    const response = await create(id, variables);
    const text = await response.text();
    assert.equal(response.status, 200, text.slice(0, 500));
    return (JSON.parse(text) as { processInstanceKey: string }).processInstanceKey;
  }

  async function found(
    what: string,
    filter: object,
  ): Promise<{ items: Record<string, unknown>[]; total: number }> {
    const response = await send('POST', `/v2/${what}/search`, JSON.stringify({ filter }));
    const { items, page } = (await response.json()) as {
      items: Record<string, unknown>[];
      page: { totalItems: number };
    };
    return { items, total: page.totalItems };
  }

  const ended = (key: string, state = 'COMPLETED') =>
    until(
      `${key} is ${state}`,
      async () =>
        (await found('process-instances', { processInstanceKey: key, state })).total === 1 ? true : undefined,
      60_000,
    );

  /** A small instance is served although something large is going on. */
  async function others(): Promise<void> {
    await ended(await created('plain'));
  }

  test('a multi-instance of 10,000', async () => {
    await deploy('many', one('many', `<bpmn:task id="it">${MANY}</bpmn:task>`));
    const key = await created('many', '{"count":10000}');
    await others();
    await ended(key);
    assert.equal(
      (await found('element-instances', { processInstanceKey: key, elementId: 'it' })).total,
      10_000,
    );
  });

  test('a loop that never waits runs until it is cancelled', async () => {
    const body =
      `<bpmn:exclusiveGateway id="it" default="it-turn" /><bpmn:subProcess id="turn"><bpmn:startEvent id="in" /><bpmn:endEvent id="out-of" /><bpmn:sequenceFlow id="in-out" sourceRef="in" targetRef="out-of" /></bpmn:subProcess>${flow('start', 'it')}${flow('it', 'turn')}${flow('turn', 'it')}` +
      `<bpmn:sequenceFlow id="out" sourceRef="it" targetRef="end"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=false</bpmn:conditionExpression></bpmn:sequenceFlow>`;
    await deploy('loop', model('loop', body));
    const key = await created('loop');
    for (let count = 0; count < 3; count++) assert.ok(await created('plain'));
    const cancelled = await send('POST', `/v2/process-instances/${key}/cancellation`, '{}');
    assert.equal(cancelled.status, 204, await cancelled.text());
    await ended(key, 'TERMINATED');
    await others();
  });

  test('a call activity that calls itself for ever is stopped by an incident', async () => {
    // One that calls itself is refused when it is deployed; two that call one another are not.
    await deploy('again', one('again', call('other')));
    await deploy('other', one('other', call('again')));
    const key = await created('again');
    await others();
    const incident = await until(
      'the incident',
      async () => (await found('incidents', { state: 'ACTIVE', errorType: 'CALLED_ELEMENT_ERROR' })).items[0],
      60_000,
    );
    assert.match(String(incident['errorMessage']), /depth of 1000|maximum depth/);
    const cancelled = await send('POST', `/v2/process-instances/${key}/cancellation`, '{}');
    assert.equal(cancelled.status, 204, await cancelled.text());
    await ended(key, 'TERMINATED');
    await until(
      'all called ones ended',
      async () =>
        (await found('process-instances', { processDefinitionId: 'again', state: 'ACTIVE' })).total === 0
          ? true
          : undefined,
      60_000,
    );
  });

  test('call activities thirty deep', async () => {
    for (let depth = 0; depth < 30; depth++)
      await deploy(
        `d${depth}`,
        one(`d${depth}`, depth === 29 ? '<bpmn:task id="it" />' : call(`d${depth + 1}`)),
      );
    await ended(await created('d0'));
  });

  test('a model of 1,000 elements', async () => {
    let body = flow('start', 't0');
    for (let count = 0; count < 1000; count++)
      body += `<bpmn:task id="t${count}" />${flow(`t${count}`, count === 999 ? 'end' : `t${count + 1}`)}`;
    await deploy('long', model('long', body));
    await ended(await created('long'));
  });

  test('subprocesses 200 deep', async () => {
    let inner = '<bpmn:task id="it" />';
    for (let depth = 0; depth < 200; depth++) {
      const id = depth === 0 ? 'it' : `s${depth - 1}`;
      inner = `<bpmn:subProcess id="s${depth}"><bpmn:startEvent id="b${depth}" />${inner}<bpmn:endEvent id="e${depth}" />${flow(`b${depth}`, id)}${flow(id, `e${depth}`)}</bpmn:subProcess>`;
    }
    const form = new FormData();
    form.append(
      'resources',
      new Blob([model('deep', `${inner}${flow('start', 's199')}${flow('s199', 'end')}`)]),
      'deep.bpmn',
    );
    const response = await send('POST', '/v2/deployments', form);
    if (response.status === 200) await ended(await created('deep'));
    else assert.equal(response.status, 400, await response.text());
    await others();
  });

  test('data nested 1,000 deep, and a variable of 1 MB', async () => {
    const deep = `${'['.repeat(1000)}${']'.repeat(1000)}`;
    const response = await create('plain', `{"deep":${deep}}`);
    assert.ok([200, 400].includes(response.status), await response.text());
    const key = await created('plain', `{"large":"${'x'.repeat(1024 * 1024)}"}`);
    await ended(key);
    const { items } = await found('variables', { processInstanceKey: key, name: 'large' });
    assert.equal(items[0]?.['isTruncated'], true);
  });

  test('data nested a million deep is refused', async () => {
    const response = await create('plain', `{"deep":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`);
    assert.equal(response.status, 400, (await response.text()).slice(0, 300));
    await others();
  });
});
