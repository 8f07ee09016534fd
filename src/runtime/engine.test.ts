import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { apply, createEngine, MemoryState, TABLES } from '../engine/index.ts';
import type { ClientCommand } from '../engine/records/command.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { DataFolder } from '../store/folder.ts';
import type { DurableRuntime } from './client.ts';
import { startInlineRuntime } from './inline.ts';
import { activatedJobs } from './kinds/activate.ts';

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">
  <bpmn:process id="seat" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="hold" />
    <bpmn:serviceTask id="hold">
      <bpmn:extensionElements><zeebe:taskDefinition type="hold-seat" /></bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="b" sourceRef="hold" targetRef="wait" />
    <bpmn:intermediateCatchEvent id="wait">
      <bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing>
      <bpmn:timerEventDefinition id="t">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="c" sourceRef="wait" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;
const HOUR = 3_600_000;
const START = 1_800_000_000_000;

let data: string;
let runtime: DurableRuntime | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tutti-engine-'));
});
afterEach(async () => {
  await runtime?.close();
  rmSync(data, { recursive: true });
});

async function start(): Promise<DurableRuntime> {
  await runtime?.close();
  const started = await startInlineRuntime({
    data,
    clock: 'controllable',
    systemTime: () => START,
    writer: { engine: createEngine({ maxRecords: 5 }), tables: TABLES, modules: [] },
  });
  runtime = started;
  return started;
}

async function deployment(): Promise<ClientCommand> {
  const parsed = await parseBpmn('seat.bpmn', XML);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
  const resource = { resourceName: 'seat.bpmn', resource: XML, checksum: 'c', processes: parsed.processes };
  return { valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } };
}

const CREATION = {
  bpmnProcessId: 'seat',
  processDefinitionKey: -1,
  version: -1,
  variables: new Map([['price', '12345678901234567890.10']]),
  startInstructions: [],
  fetchVariables: [],
};
const ASK = { type: 'hold-seat', worker: 'w', timeout: 60_000, maxJobsToActivate: 5, fetchVariables: [] };

describe('the engine on the folder', () => {
  test('carries an instance through job and timer over restarts, and its awaited result to the client', async () => {
    let on = await start();
    assert.equal((await on.execute(await deployment())).kind, 'accepted');
    await on.execute({ valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE', value: CREATION });
    on = await start();
    const [job] = activatedJobs(await on.activateJobs(ASK, 60_000));
    assert.equal(job?.value.variables.get('price'), '12345678901234567890.10');
    const variables = new Map([['seat', '"12A"']]);
    await on.execute({ valueType: 'JOB', intent: 'COMPLETE', key: job?.key ?? -1, value: { variables } });
    on = await start();
    await on.setClock(START + HOUR);
    await on.close();
    const folder = DataFolder.open(data);
    const ended = folder.journal
      .read<LogRecord>(0)
      .filter(
        ({ record }) => record.valueType === 'PROCESS_INSTANCE' && record.intent === 'ELEMENT_COMPLETED',
      )
      .map(({ record }) => (record.value as { elementId: string }).elementId);
    folder.close();
    assert.deepEqual(ended, ['start', 'hold', 'wait', 'end', 'seat']);
  });

  test('answers who awaits a result when the timer has fired', async () => {
    const on = await start();
    await on.execute(await deployment());
    const awaited = on.createWithResult(
      { valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE_WITH_AWAITING_RESULT', value: CREATION },
      60_000,
    );
    const [job] = activatedJobs(await on.activateJobs(ASK, 60_000));
    await on.execute({
      valueType: 'JOB',
      intent: 'COMPLETE',
      key: job?.key ?? -1,
      value: { variables: new Map() },
    });
    await on.setClock(START + HOUR);
    const answer = await awaited;
    assert.equal(answer?.kind, 'accepted');
  });

  test('gives a returned job to the next worker with its retries', async () => {
    const on = await start();
    await on.execute(await deployment());
    await on.execute({ valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE', value: CREATION });
    const lost = await on.activateJobs(ASK, 60_000);
    assert.equal(activatedJobs(await on.activateJobs(ASK, 0)).length, 0);
    const next = on.activateJobs(ASK, 60_000);
    await on.returnJobs(lost);
    const [job] = activatedJobs(await next);
    assert.equal(job?.key, activatedJobs(lost)[0]?.key);
    assert.equal(job?.value.retries, activatedJobs(lost)[0]?.value.retries);
  });

  test('leaves a journal that, applied to an empty state, gives the state of the folder', async () => {
    const on = await start();
    await on.execute(await deployment());
    const create: ClientCommand = {
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: CREATION,
    };
    await Promise.all(Array.from({ length: 10 }, () => on.execute(create)));
    for (const { key } of activatedJobs(await on.activateJobs(ASK, 60_000)))
      await on.execute({ valueType: 'JOB', intent: 'COMPLETE', key, value: { variables: new Map() } });
    await on.setClock(START + HOUR);
    await on.close();
    const folder = DataFolder.open(data, { tables: TABLES });
    const replayed = new MemoryState();
    for (const { record } of folder.journal.read<LogRecord>(0, 100_000)) apply(replayed, record);
    const dump = replayed.dump();
    for (const table of TABLES) {
      // Keys are counted by the engine's turns and not by records.
      if (table.name === 'counters') continue;
      const name = `state_${table.name}`;
      const exists = folder.db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', name) !== undefined;
      const keys = exists ? folder.db.all<{ k: number | string }>(`SELECT k FROM ${name} ORDER BY k`) : [];
      assert.deepEqual(
        keys.map(({ k }) => folder.state.get(table, k)),
        [...(dump.get(table.name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
        table.name,
      );
    }
    folder.close();
  });
});
