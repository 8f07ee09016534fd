import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parseBpmn } from '../../bpmn/index.ts';
import type { BatchEntry, BatchItem } from '../../engine/records/batch.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import { DataFolder } from '../../store/folder.ts';
import { openLiveState } from '../../store/live-state.ts';
import type { DurableRuntime } from '../client.ts';
import { startInlineRuntime } from '../inline.ts';
import { createParts } from '../parts.ts';
import { batchesOver } from './index.ts';

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/>
    <bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t"/><bpmn:serviceTask id="t">
    <bpmn:extensionElements><zeebe:taskDefinition type="work"/></bpmn:extensionElements></bpmn:serviceTask>
  </bpmn:process></bpmn:definitions>`;
const CANCEL = { type: 'CANCEL_PROCESS_INSTANCE' } as const;

let data: string;
let runtime: DurableRuntime | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tutti-batches-'));
});
afterEach(async () => {
  await runtime?.close();
  rmSync(data, { recursive: true });
});

async function start(): Promise<DurableRuntime> {
  await runtime?.close();
  const started = await startInlineRuntime({ data, writer: createParts({}) });
  runtime = started;
  return started;
}

async function instances(on: DurableRuntime, count: number): Promise<BatchItem[]> {
  const parsed = await parseBpmn('p.bpmn', XML);
  assert.ok(parsed.ok);
  const resource = { resourceName: 'p.bpmn', resource: XML, checksum: 'c', processes: parsed.processes };
  await on.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } });
  const answers = await Promise.all(
    Array.from({ length: count }, () =>
      on.execute({
        valueType: 'PROCESS_INSTANCE_CREATION',
        intent: 'CREATE',
        value: {
          bpmnProcessId: 'p',
          processDefinitionKey: -1,
          version: -1,
          variables: new Map(),
          startInstructions: [],
          fetchVariables: [],
        },
      }),
    ),
  );
  return answers.map((answer) => {
    assert.equal(answer.kind, 'accepted');
    const { processInstanceKey } = (answer as { value: { processInstanceKey: number } }).value;
    return { itemKey: processInstanceKey, processInstanceKey };
  });
}

async function* pages(...all: readonly (readonly BatchItem[])[]): AsyncGenerator<readonly BatchItem[]> {
  yield* all;
}

/** Waits until the batch operation is over; its state then. */
async function over(on: DurableRuntime, key: number): Promise<string> {
  for (;;) {
    const answer = await batchesOver(on).change(key, 'RESUME');
    const state = answer.kind === 'rejected' ? /state '(\w+)'/.exec(answer.reason)?.[1] : undefined;
    if (state !== undefined && state !== 'ACTIVE') return state;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What the journal tells of items; closes the runtime. */
async function told(): Promise<{ results: number[]; errors: string[]; terminated: number }> {
  await runtime?.close();
  runtime = undefined;
  const journal = DataFolder.readJournal(data);
  const records = journal.read<LogRecord>(0, 100_000).map(({ record }) => record);
  journal.db.close();
  const results = records.flatMap((record) =>
    record.valueType === 'BATCH_OPERATION_EXECUTION' ? record.value.results : [],
  );
  return {
    results: results.map(({ number }) => number),
    errors: results.flatMap(({ errorMessage }) => errorMessage ?? []),
    terminated: records.filter(
      ({ valueType, intent, value }) =>
        valueType === 'PROCESS_INSTANCE' &&
        intent === 'ELEMENT_TERMINATED' &&
        (value as { bpmnElementType?: string }).bpmnElementType === 'PROCESS',
    ).length,
  };
}

describe('a batch operation', () => {
  test('that rests is told with what it has still to do, to those who cannot read its beginning', async () => {
    const on = await start();
    const items = await instances(on, 200);
    const key = await batchesOver(on).start(CANCEL, pages(items));
    assert.equal((await batchesOver(on).change(key, 'SUSPEND')).kind, 'accepted');
    const done = await batchesOver(on).start(CANCEL, pages([]));
    assert.equal(await over(on, done), 'COMPLETED');
    const live = openLiveState(data);
    const records = [...live.records()].filter(({ valueType }) => valueType.startsWith('BATCH_OPERATION'));
    live.close();
    assert.deepEqual(
      new Set(records.map((record) => record.key)),
      new Set([key]),
      'what is over is not told',
    );
    const find = <Type extends BatchEntry['valueType']>(type: Type) => {
      const found = records.find(({ valueType }) => valueType === type) ?? assert.fail(`no ${type}`);
      return found.value as Extract<BatchEntry, { valueType: Type }>['value'];
    };
    assert.equal(find('BATCH_OPERATION_CREATION').batchOperationType, 'CANCEL_PROCESS_INSTANCE');
    const { state, total } = find('BATCH_OPERATION_LIFECYCLE_MANAGEMENT');
    assert.deepEqual([state, total], ['SUSPENDED', 200]);
    const left = find('BATCH_OPERATION_CHUNK').items.map(({ itemKey }) => itemKey);
    const { completed } = find('BATCH_OPERATION_EXECUTION');
    assert.ok(left.length > 0);
    assert.deepEqual(
      left,
      items.slice(completed).map(({ itemKey }) => itemKey),
    );
  });

  test('that rests goes on after a restart where it was, and does each item once', async () => {
    let on = await start();
    const items = await instances(on, 300);
    const key = await batchesOver(on).start(CANCEL, pages(items.slice(0, 100), items.slice(100)));
    assert.equal((await batchesOver(on).change(key, 'SUSPEND')).kind, 'accepted');
    const before = await told();
    assert.ok(before.results.length < 300, `${before.results.length} items were done at once`);
    on = await start();
    assert.equal((await batchesOver(on).change(key, 'SUSPEND')).kind, 'rejected');
    assert.equal((await batchesOver(on).change(key, 'RESUME')).kind, 'accepted');
    assert.equal(await over(on, key), 'COMPLETED');
    const { results, terminated } = await told();
    assert.deepEqual([results.length, new Set(results).size, terminated], [300, 300, 300]);
  });

  test('that runs when the process ends goes on by itself', async () => {
    const on = await start();
    const items = await instances(on, 300);
    const key = await batchesOver(on).start(CANCEL, pages(items));
    assert.equal(await over(await start(), key), 'COMPLETED');
    assert.equal((await told()).terminated, 300);
  });

  test('does nothing of what was only half asked for when the process ended', async () => {
    const on = await start();
    const items = await instances(on, 3);
    const key = (await on.request('batch-create', { plan: CANCEL, items, whole: false })) as number;
    assert.equal(await over(await start(), key), 'FAILED');
    assert.equal((await told()).terminated, 0);
  });

  test('whose items cannot be found any more is called off', async () => {
    const on = await start();
    const items = await instances(on, 3);
    const failing = async function* () {
      yield items;
      throw new Error('no more');
    };
    await assert.rejects(batchesOver(on).start(CANCEL, failing()), /no more/);
    assert.equal((await told()).terminated, 0);
  });

  test('says why an item failed, and goes on with the next', async () => {
    const on = await start();
    const items = await instances(on, 2);
    const [first = assert.fail(), second = assert.fail()] = items;
    const missing = { itemKey: 17, processInstanceKey: 17 };
    const key = await batchesOver(on).start(CANCEL, pages([first, missing, second]));
    assert.equal(await over(on, key), 'PARTIALLY_COMPLETED');
    const { errors, terminated } = await told();
    assert.deepEqual(errors, [
      "NOT_FOUND: Expected to cancel a process instance with key '17', but no such process was found",
    ]);
    assert.equal(terminated, 2);
  });
});
