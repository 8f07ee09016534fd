import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { createEngine } from './create-engine.ts';
import type { ClientCommand } from './records/command.ts';
import type { LogRecord } from './records/log.ts';
import { MemoryState } from './state/memory.ts';
import { Overlay } from './state/overlay.ts';

const NOW = Date.parse('2040-01-01T00:00:00Z');
const DEFINITIONS = ['counters', 'graphs', 'latest_processes', 'processes'];

function xml(id: string, body: string, more = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <bpmn:process id="${id}" isExecutable="true">${body}</bpmn:process>${more}
</bpmn:definitions>`;
}

const task = (id: string, type: string, loop = '') =>
  `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${type}" /></bpmn:extensionElements>${loop}</bpmn:serviceTask>`;
const flow = (from: string, to: string) =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;

class Bench {
  readonly state = new MemoryState();
  readonly records: LogRecord[] = [];
  now = NOW;
  readonly engine;

  constructor(maxRecords = 500) {
    this.engine = createEngine({ maxRecords });
  }

  async deploy(text: string): Promise<void> {
    const parsed = await parseBpmn('p.bpmn', text);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
    const resource = { resourceName: 'p.bpmn', resource: text, checksum: text, processes: parsed.processes };
    this.send({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } });
  }

  send(command: ClientCommand) {
    const overlay = new Overlay(this.state);
    const { engine } = this;
    const turn = engine.process(command, overlay, this.now);
    // Whoever knows when something was due, and what is changed, need not ask when something is due now.
    const told = overlay.changes().map((change) => engine.dueBy(change) ?? Number.POSITIVE_INFINITY);
    const noticed = Math.min(engine.nextDue(this.state) ?? Number.POSITIVE_INFINITY, ...told);
    overlay.mergeInto(this.state);
    const due = engine.nextDue(this.state) ?? Number.POSITIVE_INFINITY;
    assert.ok(noticed <= due, `${due} came unnoticed: ${noticed}`);
    this.records.push(...turn.records);
    return turn;
  }

  create(bpmnProcessId: string, variables: Readonly<Record<string, string>> = {}) {
    return this.send({
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId,
        processDefinitionKey: -1,
        version: -1,
        variables: new Map(Object.entries(variables)),
        startInstructions: [],
        fetchVariables: [],
      },
    });
  }

  resume() {
    const turn = this.engine.resume(this.state, this.now);
    this.records.push(...(turn?.records ?? []));
    return turn;
  }

  settle(): number {
    let turns = 0;
    while (this.resume() !== undefined) turns += 1;
    return turns;
  }

  count(valueType: string, intent: string): number {
    return this.records.filter((record) => record.valueType === valueType && record.intent === intent).length;
  }
}

const WAITING = xml(
  'waiting',
  `<bpmn:startEvent id="s" /><bpmn:parallelGateway id="g" />${flow('s', 'g')}
   ${task('work', 'work')}${flow('g', 'work')}
   <bpmn:boundaryEvent id="late" attachedToRef="work"><bpmn:outgoing>late-e</bpmn:outgoing><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="e" />${flow('late', 'e')}
   <bpmn:receiveTask id="wait" messageRef="m" />${flow('g', 'wait')}
   <bpmn:intermediateCatchEvent id="sig"><bpmn:signalEventDefinition id="sd" signalRef="sg" /></bpmn:intermediateCatchEvent>${flow('g', 'sig')}
   <bpmn:exclusiveGateway id="x" /><bpmn:endEvent id="e2" />${flow('g', 'x')}<bpmn:sequenceFlow id="x-e2" sourceRef="x" targetRef="e2"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=nothing</bpmn:conditionExpression></bpmn:sequenceFlow>
   ${task(
     'each',
     'each',
     '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2,3]" inputElement="i" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>',
   )}${flow('g', 'each')}`,
  `<bpmn:message id="m" name="m"><bpmn:extensionElements><zeebe:subscription correlationKey="=key" /></bpmn:extensionElements></bpmn:message><bpmn:signal id="sg" name="sg" />`,
);

test('cancelling an instance leaves no row of it behind', async () => {
  const bench = new Bench();
  await bench.deploy(WAITING);
  const { answer } = bench.create('waiting', { key: '"k"', big: '[1,2,3]' });
  assert.equal(answer?.kind, 'accepted');
  assert.ok(bench.count('INCIDENT', 'CREATED') > 0 && bench.count('JOB', 'CREATED') === 4);
  bench.send({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: answer.key });
  assert.deepEqual([...bench.state.dump().keys()].sort(), DEFINITIONS);
});

const LOOP =
  '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="i" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>';
const MANY = xml('many', `<bpmn:startEvent id="s" />${task('each', 'each', LOOP)}${flow('s', 'each')}`);
const items = (count: number) => `[${Array.from({ length: count }, (_, index) => index).join(',')}]`;

test('a turn keeps to its bound and the rest is resumed until all is done', async () => {
  const bench = new Bench(100);
  await bench.deploy(MANY);
  const first = bench.create('many', { items: items(1000) });
  assert.equal(first.pending, true);
  assert.ok(first.records.length <= 120, `${first.records.length} records in one turn`);
  const before = bench.records.length;
  assert.ok(bench.settle() > 20);
  assert.equal(bench.count('JOB', 'CREATED'), 1000);
  assert.ok(bench.records.length > before);
  assert.equal(bench.state.dump().has('pending'), false);
});

test('left-over work of several instances goes on in turns, so that none waits for another to finish', async () => {
  const bench = new Bench(50);
  await bench.deploy(MANY);
  const one = bench.create('many', { items: items(300) }).answer;
  const two = bench.create('many', { items: items(300) }).answer;
  assert.ok(one?.kind === 'accepted' && two?.kind === 'accepted');
  const served: number[] = [];
  for (let turn = bench.resume(); turn !== undefined && served.length < 8; turn = bench.resume()) {
    for (const record of turn.records) {
      if (record.valueType === 'JOB' && served.at(-1) !== record.value.processInstanceKey)
        served.push(record.value.processInstanceKey);
    }
  }
  const switches = served.filter((key, index) => index > 0 && key !== served[index - 1]).length;
  assert.ok(switches >= 4, `${switches} switches between the instances`);
  bench.settle();
  assert.equal(bench.count('JOB', 'CREATED'), 600);
});

test('cancelling a multi-instance with many children in bounded turns leaves nothing behind', async () => {
  const bench = new Bench(50);
  await bench.deploy(MANY);
  const { answer } = bench.create('many', { items: items(350) });
  bench.settle();
  assert.ok(answer?.kind === 'accepted');
  bench.send({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: answer.key });
  bench.settle();
  assert.equal(bench.count('JOB', 'CANCELED'), 350);
  assert.deepEqual([...bench.state.dump().keys()].sort(), DEFINITIONS);
});

test('a refused command changes nothing', async () => {
  const bench = new Bench();
  await bench.deploy(MANY);
  const before = bench.state.dump();
  const { answer, records } = bench.create('unknown');
  assert.deepEqual(answer, {
    kind: 'rejected',
    valueType: 'PROCESS_INSTANCE_CREATION',
    intent: 'CREATE',
    type: 'NOT_FOUND',
    reason: "Expected to find process definition with process ID 'unknown', but none found",
  });
  assert.deepEqual(records, []);
  assert.deepEqual(bench.state.dump(), before);
});

const ONE = xml('one', `<bpmn:startEvent id="s" />${task('work', 'work')}${flow('s', 'work')}`);

function activate(bench: Bench, timeout = 1000) {
  return bench.send({
    valueType: 'JOB_BATCH',
    intent: 'ACTIVATE',
    value: { type: 'work', worker: 'w', timeout, maxJobsToActivate: 10, fetchVariables: [] },
  });
}

test('a job that was failed with a back-off comes back when that is over', async () => {
  const bench = new Bench();
  await bench.deploy(ONE);
  bench.create('one');
  activate(bench);
  const job = bench.records.find((record) => record.valueType === 'JOB');
  assert.ok(job);
  const value = { retries: 2, retryBackOff: 5000, errorMessage: '', variables: new Map() };
  bench.send({ valueType: 'JOB', intent: 'FAIL', key: job.key, value });
  assert.equal(bench.engine.nextDue(bench.state), NOW + 5000);
  assert.deepEqual(bench.engine.due(bench.state, NOW + 4999, 10), []);
  bench.now = NOW + 5000;
  const due = bench.engine.due(bench.state, bench.now, 10);
  assert.deepEqual(due, [{ valueType: 'JOB', intent: 'RECUR_AFTER_BACKOFF', key: job.key }]);
  for (const command of due) bench.send(command);
  assert.equal(bench.count('JOB', 'RECURRED_AFTER_BACKOFF'), 1);
  assert.equal(bench.engine.nextDue(bench.state), undefined);
});

test('a job times out only after its deadline', async () => {
  const bench = new Bench();
  await bench.deploy(ONE);
  bench.create('one');
  activate(bench, 1000);
  assert.deepEqual(bench.engine.due(bench.state, NOW + 1000, 10), []);
  assert.equal(bench.engine.due(bench.state, NOW + 1001, 10).length, 1);
});

test('what is due comes in order of its time and no more than asked for', async () => {
  const bench = new Bench();
  await bench.deploy(WAITING);
  for (let count = 0; count < 3; count++) {
    bench.now = NOW + (3 - count) * 1000;
    bench.create('waiting', { key: '"k"' });
  }
  const hour = 3_600_000;
  const times = bench.engine
    .due(bench.state, NOW + hour + 10_000, 2)
    .map((command) => bench.records.find((record) => 'key' in command && record.key === command.key));
  const dueDates = times.map((record) =>
    record?.valueType === 'TIMER' ? record.value.dueDate - NOW - hour : -1,
  );
  assert.deepEqual(dueDates, [1000, 2000]);
});

test('the same commands at the same times give the same records', async () => {
  const runs = [];
  for (let run = 0; run < 2; run++) {
    const bench = new Bench();
    await bench.deploy(WAITING);
    bench.create('waiting', { key: '"k"' });
    runs.push(bench.records);
  }
  assert.deepEqual(runs[0], runs[1]);
});

test('an inclusive join goes on when the last other branch ends elsewhere', async () => {
  const bench = new Bench();
  const branch =
    '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=again</bpmn:conditionExpression>';
  await bench.deploy(
    xml(
      'join',
      `<bpmn:startEvent id="s" /><bpmn:parallelGateway id="g" />${flow('s', 'g')}${task('a', 'work')}${task('b', 'work')}
       ${flow('g', 'a')}${flow('g', 'b')}<bpmn:exclusiveGateway id="x" default="x-e" />${flow('b', 'x')}
       <bpmn:endEvent id="e" />${flow('x', 'e')}<bpmn:inclusiveGateway id="j" />${flow('a', 'j')}
       <bpmn:sequenceFlow id="x-j" sourceRef="x" targetRef="j">${branch}</bpmn:sequenceFlow>
       <bpmn:endEvent id="e2" />${flow('j', 'e2')}`,
    ),
  );
  bench.create('join', { again: 'false' });
  const jobs = bench.records.filter((record) => record.valueType === 'JOB' && record.intent === 'CREATED');
  const [b, a] = jobs.map(({ key }) => key);
  const joined = () =>
    bench.records.filter(
      (record) =>
        record.valueType === 'PROCESS_INSTANCE' &&
        record.intent === 'ELEMENT_COMPLETED' &&
        record.value.elementId === 'j',
    ).length;
  bench.send({ valueType: 'JOB', intent: 'COMPLETE', key: a ?? -1, value: { variables: new Map() } });
  assert.equal(joined(), 0);
  bench.send({ valueType: 'JOB', intent: 'COMPLETE', key: b ?? -1, value: { variables: new Map() } });
  assert.equal(joined(), 1);
  assert.deepEqual([...bench.state.dump().keys()].sort(), DEFINITIONS);
});

test('a completion condition stops a parallel multi-instance that is still making instances', async () => {
  const bench = new Bench(50);
  const loop = `<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="i" outputCollection="out" outputElement="=r" /></bpmn:extensionElements><bpmn:completionCondition xsi:type="bpmn:tFormalExpression">=numberOfCompletedInstances = 2</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>`;
  const script = `<bpmn:scriptTask id="double"><bpmn:extensionElements><zeebe:script expression="=i * 2" resultVariable="r" /></bpmn:extensionElements>${loop}</bpmn:scriptTask>`;
  await bench.deploy(xml('stop', `<bpmn:startEvent id="s" />${script}${flow('s', 'double')}`));
  bench.create('stop', { items: items(350) });
  bench.settle();
  assert.deepEqual([...bench.state.dump().keys()].sort(), DEFINITIONS);
  const made = bench.records.filter(
    (record) =>
      record.valueType === 'PROCESS_INSTANCE' &&
      record.intent === 'ELEMENT_ACTIVATING' &&
      record.value.bpmnElementType === 'SCRIPT_TASK',
  ).length;
  assert.ok(made < 350, `${made} instances were made`);
});

test('a second token on one flow does not make a parallel join go on twice', async () => {
  const bench = new Bench();
  await bench.deploy(
    xml(
      'twice',
      `<bpmn:startEvent id="s" /><bpmn:parallelGateway id="g" />${flow('s', 'g')}
       <bpmn:exclusiveGateway id="m" /><bpmn:sequenceFlow id="g-m1" sourceRef="g" targetRef="m" />
       <bpmn:sequenceFlow id="g-m2" sourceRef="g" targetRef="m" /><bpmn:parallelGateway id="j" />${flow('m', 'j')}
       <bpmn:manualTask id="n" />${flow('g', 'n')}${flow('n', 'j')}${task('work', 'work')}${flow('j', 'work')}`,
    ),
  );
  bench.create('twice');
  assert.equal(bench.count('JOB', 'CREATED'), 1);
});
