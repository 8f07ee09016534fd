import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { createEngine, TABLES } from '../engine/index.ts';
import type { ClientCommand } from '../engine/records/command.ts';
import { ELEMENTS, INCIDENTS, JOBS, PENDING } from '../engine/state/tables.ts';
import type { DurableRuntime } from './client.ts';
import { InternalError } from './errors.ts';
import { Harness, keyOf, until } from './harness.test-helper.ts';

type Step = Parameters<NonNullable<NonNullable<Parameters<typeof createEngine>[0]>['faults']>>[0];

/** A chain of two script-like steps and a job, so that small turns leave follow-ups over. */
const model = (id: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:process id="${id}" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="first" />
    <bpmn:task id="first"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:task>
    <bpmn:sequenceFlow id="b" sourceRef="first" targetRef="work" />
    <bpmn:serviceTask id="work">
      <bpmn:extensionElements><zeebe:taskDefinition type="work" /></bpmn:extensionElements>
      <bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="c" sourceRef="work" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;

let harness: Harness;
/** Set by a test: throws in the steps that are to break. */
let fault: (step: Step) => void;
beforeEach(() => {
  harness = new Harness();
  fault = () => undefined;
});
afterEach(() => harness.clean());

function start(): Promise<DurableRuntime> {
  const engine = createEngine({ maxRecords: 4, faults: (step) => fault(step) });
  return harness.inline({ writer: { engine, tables: TABLES, modules: [] } });
}

async function deploy(runtime: DurableRuntime, id: string): Promise<void> {
  const parsed = await parseBpmn(`${id}.bpmn`, model(id));
  assert.ok(parsed.ok);
  const resource = {
    resourceName: `${id}.bpmn`,
    resource: model(id),
    checksum: id,
    processes: parsed.processes,
  };
  keyOf(
    await runtime.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } }),
  );
}

const create = (bpmnProcessId: string): ClientCommand => ({
  valueType: 'PROCESS_INSTANCE_CREATION',
  intent: 'CREATE',
  value: {
    bpmnProcessId,
    processDefinitionKey: -1,
    version: -1,
    variables: new Map(),
    startInstructions: [],
    fetchVariables: [],
  },
});
const ask = { type: 'work', worker: 'w', timeout: 60_000, maxJobsToActivate: 10, fetchVariables: [] };
const complete = (key: number): ClientCommand => ({
  valueType: 'JOB',
  intent: 'COMPLETE',
  key,
  value: { variables: new Map() },
});
const resolve = (key: number): ClientCommand => ({ valueType: 'INCIDENT', intent: 'RESOLVE', key });

async function rowsOf(runtime: DurableRuntime) {
  await harness.stop(runtime);
  return harness.inFolder(({ state }) => ({
    elements: [...state.scan(ELEMENTS, 'byScope', [])].length,
    jobs: [...state.scan(JOBS, 'activatable', ['work'])].map(({ key, value }) => ({ key, of: value })),
    incidents: [...state.scan(INCIDENTS, 'byElement', [])],
    pending: [...state.scan(PENDING, 'byLane', [])].length,
  }));
}

/** Breaks what an element of this process is asked for. */
function breakStep(processId: string, elementId: string, intent: string): void {
  fault = (step) => {
    if (!('kind' in step) || step.kind !== 'element' || step.intent !== intent) return;
    const { value } = step;
    if (value.bpmnProcessId === processId && value.elementId === elementId) throw new Error('a mistake');
  };
}

for (const [elementId, intent, at] of [
  ['first', 'ACTIVATE', 'broken'],
  ['first', 'COMPLETE', 'first'],
] as const) {
  test(`a left-over ${intent} that throws becomes an incident, holds up no other instance, and is done again`, async () => {
    let runtime = await start();
    await deploy(runtime, 'broken');
    await deploy(runtime, 'sound');
    breakStep('broken', elementId, intent);
    keyOf(await runtime.execute(create('broken')));
    for (let count = 0; count < 3; count++) keyOf(await runtime.execute(create('sound')));
    // The sound ones reach their jobs although the broken one is in the way.
    let jobs = 0;
    while (jobs < 3) jobs += jobsOf(await runtime.activateJobs(ask, 5000)).length;
    await until(() => harness.log.some(({ error }) => error?.message === 'a mistake'));
    const stopped = await rowsOf(runtime);
    assert.equal(stopped.pending, 0, 'nothing is tried for ever');
    assert.deepEqual(
      stopped.incidents.map(({ elementId: id, errorType }) => [id, errorType]),
      [[at, 'UNKNOWN']],
    );
    assert.match(
      stopped.incidents[0]?.errorMessage ?? '',
      new RegExp(`${intent} of element 'first': a mistake`),
    );

    runtime = await start();
    const incident = stopped.incidents[0]?.key ?? -1;
    await assert.rejects(runtime.execute(resolve(incident)), InternalError);
    fault = () => undefined;
    keyOf(await runtime.execute(resolve(incident)));
    const [job] = jobsOf(await runtime.activateJobs(ask, 5000));
    assert.equal(job?.value.bpmnProcessId, 'broken');
    keyOf(await runtime.execute(complete(job?.key ?? -1)));
    const ended = await rowsOf(runtime);
    assert.deepEqual([ended.incidents, ended.pending], [[], 0]);
  });
}

test('a command that throws answers INTERNAL, shows one incident at its element, and may be repeated', async () => {
  let runtime = await start();
  await deploy(runtime, 'broken');
  keyOf(await runtime.execute(create('broken')));
  const [job] = jobsOf(await runtime.activateJobs(ask, 5000));
  fault = (step) => {
    if ('valueType' in step && step.valueType === 'JOB') throw new Error('a mistake');
  };
  const key = job?.key ?? -1;
  await assert.rejects(runtime.execute(complete(key)), InternalError);
  await assert.rejects(runtime.execute(complete(key)), InternalError);
  const { incidents } = await rowsOf(runtime);
  assert.deepEqual(
    incidents.map(({ elementId, errorMessage }) => [elementId, errorMessage]),
    [['work', 'Unexpected error in JOB COMPLETE: a mistake']],
  );
  fault = () => undefined;
  runtime = await start();
  keyOf(await runtime.execute(complete(key)));
  const { elements, incidents: left } = await rowsOf(runtime);
  assert.deepEqual([elements, left], [0, []], 'the instance ends and takes the incident with it');
});

test('cancelling an instance with a broken step leaves nothing behind', async () => {
  const runtime = await start();
  await deploy(runtime, 'broken');
  breakStep('broken', 'first', 'ACTIVATE');
  const key = keyOf(await runtime.execute(create('broken')));
  await until(() => harness.log.some(({ error }) => error?.message === 'a mistake'));
  keyOf(await runtime.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key }));
  const { elements, incidents, pending } = await rowsOf(runtime);
  assert.deepEqual([elements, incidents, pending], [0, [], 0]);
});

test('a follow-up whose incident cannot be raised either rests, and the others go on', async () => {
  const runtime = await start();
  await deploy(runtime, 'broken');
  await deploy(runtime, 'sound');
  let setAside = 0;
  breakStep('broken', 'first', 'ACTIVATE');
  const throwing = fault;
  fault = (step) => {
    if ('kind' in step) throwing(step);
  };
  const engine = createEngine({ maxRecords: 4, faults: (step) => fault(step) });
  await harness.stop(runtime);
  const broken = {
    ...engine,
    setAside: () => {
      setAside += 1;
      throw new Error('no incident either');
    },
  };
  const again = await harness.inline({ writer: { engine: broken, tables: TABLES, modules: [] } });
  keyOf(await again.execute(create('broken')));
  keyOf(await again.execute(create('sound')));
  assert.equal(jobsOf(await again.activateJobs(ask, 5000)).length, 1);
  await until(() => setAside > 0);
  assert.equal((await rowsOf(again)).pending, 1, 'it is kept for later');
});

function jobsOf(answer: Awaited<ReturnType<DurableRuntime['activateJobs']>>) {
  assert.equal(answer.kind, 'accepted');
  return (answer as { value: { jobs: { key: number; value: { bpmnProcessId: string } }[] } }).value.jobs;
}
