import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { createEngine } from './create-engine.ts';
import type { Turn } from './engine.ts';
import type { ClientCommand } from './records/command.ts';
import type { LogRecord } from './records/log.ts';
import { MemoryState } from './state/memory.ts';
import { Overlay } from './state/overlay.ts';
import type { KeyPart, ScanOptions, StatePort, TableSpec } from './state/port.ts';

const NOW = Date.parse('2040-01-01T00:00:00Z');
const MANY = 10_000;

/** Counts what the engine asks of its state: each read, write and scanned row is one operation. */
class CountedState implements StatePort {
  operations = 0;
  readonly #port: StatePort;

  constructor(port: StatePort) {
    this.#port = port;
  }

  get<Row extends object>(table: TableSpec<Row>, key: KeyPart): Row | undefined {
    this.operations += 1;
    return this.#port.get(table, key);
  }

  put<Row extends object>(table: TableSpec<Row>, row: Row): void {
    this.operations += 1;
    this.#port.put(table, row);
  }

  delete<Row extends object>(table: TableSpec<Row>, key: KeyPart): void {
    this.operations += 1;
    this.#port.delete(table, key);
  }

  *scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options?: ScanOptions,
  ): Iterable<Row> {
    this.operations += 1;
    for (const row of this.#port.scan(table, index, prefix, options)) {
      this.operations += 1;
      yield row;
    }
  }
}

/** An engine of which only counts and the last value of each variable are kept. */
class Bench {
  readonly state = new MemoryState();
  readonly variables = new Map<string, string>();
  readonly counts = new Map<string, number>();
  readonly jobs: number[] = [];
  operations = 0;
  /** Operations up to each end of an inner instance. */
  readonly atEnd: number[] = [];
  readonly #engine = createEngine({});

  async deploy(loop: string, task: string): Promise<void> {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <bpmn:process id="many" isExecutable="true">
    <bpmn:startEvent id="start" />
    ${task.replace('LOOP', loop)}
    <bpmn:sequenceFlow id="f" sourceRef="start" targetRef="work" />
  </bpmn:process>
</bpmn:definitions>`;
    const parsed = await parseBpmn('many.bpmn', text);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
    const resource = {
      resourceName: 'many.bpmn',
      resource: text,
      checksum: 'c',
      processes: parsed.processes,
    };
    this.send({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } });
  }

  /** Starts an instance over the numbers from 1. */
  start(size: number): void {
    const items = `[${Array.from({ length: size }, (_, index) => index + 1).join(',')}]`;
    this.send({
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId: 'many',
        processDefinitionKey: -1,
        version: -1,
        variables: new Map([['items', items]]),
        startInstructions: [],
        fetchVariables: [],
      },
    });
  }

  /** Completes a job; answers how many operations that took with all that followed. */
  complete(key: number): number {
    const before = this.operations;
    this.send({ valueType: 'JOB', intent: 'COMPLETE', key, value: { variables: new Map() } });
    return this.operations - before;
  }

  send(command: ClientCommand): void {
    this.#turn((state) => this.#engine.process(command, state, NOW));
    while (this.#turn((state) => this.#engine.resume(state, NOW)) !== undefined) {
      // Until nothing is left over.
    }
  }

  #turn(work: (state: StatePort) => Turn | undefined): Turn | undefined {
    const overlay = new Overlay(this.state);
    const counted = new CountedState(overlay);
    const turn = work(counted);
    overlay.mergeInto(this.state);
    const records = turn?.records ?? [];
    // A turn's operations are spread evenly over its records: turns are short.
    for (const [index, record] of records.entries())
      this.#note(record, this.operations + (counted.operations * (index + 1)) / records.length);
    this.operations += counted.operations;
    return turn;
  }

  #note(record: LogRecord, operations: number): void {
    if (record.valueType === 'VARIABLE') this.variables.set(record.value.name, record.value.value);
    if (record.valueType === 'JOB' && record.intent === 'CREATED') this.jobs.push(record.key);
    if (record.valueType !== 'PROCESS_INSTANCE') return;
    const what = `${record.value.bpmnElementType} ${record.intent}`;
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    if (what === 'SCRIPT_TASK ELEMENT_COMPLETED') this.atEnd.push(operations);
  }

  /** Operations for one child, on average over the 200 children up to this one. */
  costAt(child: number): number {
    return ((this.atEnd[child - 1] ?? Number.NaN) - (this.atEnd[child - 201] ?? Number.NaN)) / 200;
  }
}

const script = (id: string, expression: string, loop = 'LOOP') =>
  `<bpmn:scriptTask id="${id}"><bpmn:extensionElements><zeebe:script expression="${expression}" resultVariable="result" /></bpmn:extensionElements>${loop}</bpmn:scriptTask>`;
const SERVICE = `<bpmn:serviceTask id="work"><bpmn:extensionElements><zeebe:taskDefinition type="work" /></bpmn:extensionElements>LOOP</bpmn:serviceTask>`;

function loop(
  kind: 'parallel' | 'sequential',
  more: { output?: string; input?: string; until?: string },
): string {
  const { output, input = '=items', until } = more;
  const collects = output === undefined ? '' : ` outputCollection="${output}" outputElement="=result"`;
  const condition =
    until === undefined
      ? ''
      : `<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${until}</bpmn:completionCondition>`;
  return `<bpmn:multiInstanceLoopCharacteristics isSequential="${kind === 'sequential'}"><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="${input}" inputElement="item"${collects} /></bpmn:extensionElements>${condition}</bpmn:multiInstanceLoopCharacteristics>`;
}

for (const kind of ['parallel', 'sequential'] as const) {
  test(`${MANY} instances in ${kind}: results stand in order, and the last costs no more than the first`, async () => {
    const bench = new Bench();
    await bench.deploy(loop(kind, { output: 'results' }), script('work', '=item * 2'));
    bench.start(MANY);
    const expected = Array.from({ length: MANY }, (_, index) => 2 * (index + 1));
    assert.deepEqual(JSON.parse(bench.variables.get('results') ?? ''), expected);
    assert.equal(bench.counts.get('MULTI_INSTANCE_BODY ELEMENT_COMPLETED'), 1);
    assert.equal(bench.counts.get('PROCESS ELEMENT_COMPLETED'), 1);
    const [early, late] = [bench.costAt(210), bench.costAt(MANY)];
    assert.ok(early > 5 && late < early * 2, `${early} operations for an early child, ${late} for the last`);
  });
}

test(`completing one of ${MANY} waiting instances costs the same for the 10th and for the last`, async () => {
  const bench = new Bench();
  await bench.deploy(loop('parallel', {}), SERVICE);
  bench.start(MANY);
  assert.equal(bench.jobs.length, MANY);
  const costs = bench.jobs.map((job) => bench.complete(job));
  assert.equal(bench.counts.get('PROCESS ELEMENT_COMPLETED'), 1);
  // The last one also completes the body and the process.
  const [tenth = 0, last = Number.NaN] = [costs[9], costs[MANY - 2]];
  assert.ok(tenth > 5 && last < tenth * 2, `${tenth} operations for the 10th, ${last} for the last but one`);
});

test(`a completion condition terminates the rest of ${MANY} instances`, async () => {
  const bench = new Bench();
  await bench.deploy(loop('parallel', { until: '=numberOfCompletedInstances = 3' }), SERVICE);
  bench.start(MANY);
  for (const job of bench.jobs.slice(0, 3)) bench.complete(job);
  assert.equal(bench.counts.get('SERVICE_TASK ELEMENT_TERMINATED'), MANY - 3);
  assert.equal(bench.counts.get('MULTI_INSTANCE_BODY ELEMENT_COMPLETED'), 1);
  assert.equal(bench.counts.get('PROCESS ELEMENT_COMPLETED'), 1);
});

test('a multi-instance in a multi-instance collects lists of lists, and the last costs no more than the first', async () => {
  const bench = new Bench();
  const inner = script(
    'inner',
    '=10 * outer + item',
    loop('sequential', { output: 'result', input: '=1..3' }),
  );
  const sub = `<bpmn:subProcess id="work"><bpmn:extensionElements><zeebe:ioMapping><zeebe:input source="=item" target="outer" /></zeebe:ioMapping></bpmn:extensionElements><bpmn:startEvent id="s" />${inner}<bpmn:sequenceFlow id="g" sourceRef="s" targetRef="inner" />LOOP</bpmn:subProcess>`;
  await bench.deploy(loop('parallel', { output: 'all' }), sub.replaceAll('=1..3', '=for i in 1..3 return i'));
  bench.start(1000);
  const expected = Array.from({ length: 1000 }, (_, at) => [1, 2, 3].map((item) => 10 * (at + 1) + item));
  assert.deepEqual(JSON.parse(bench.variables.get('all') ?? ''), expected);
  const [early, late] = [bench.costAt(310), bench.costAt(3000)];
  assert.ok(early > 5 && late < early * 2, `${early} operations for an early child, ${late} for the last`);
});
