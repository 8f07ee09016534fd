import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { createEngine } from './create-engine.ts';
import type { Turn } from './engine.ts';
import type { ClientCommand } from './records/command.ts';
import { MemoryState } from './state/memory.ts';
import { Overlay } from './state/overlay.ts';
import { ELEMENTS } from './state/tables.ts';

// Bounded work per turn, counted in turns: time says nothing on a busy machine.

const NOW = Date.parse('2040-01-01T00:00:00Z');
const BOUND = 500;
/** Records that one step may write beyond the bound: the children that a multi-instance asks for at once. */
const STEP = 150;

const flow = (from: string, to: string, more = '') =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${more}</bpmn:sequenceFlow>`;
const xml = (id: string, body: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <bpmn:process id="${id}" isExecutable="true"><bpmn:startEvent id="start" />${body}<bpmn:endEvent id="end" /></bpmn:process>
</bpmn:definitions>`;
const INNER =
  '<bpmn:startEvent id="in" /><bpmn:endEvent id="out" /><bpmn:sequenceFlow id="in-out" sourceRef="in" targetRef="out" />';

/** Goes round without ever waiting; an embedded subprocess passes the check at deployment. */
const LOOP = xml(
  'loop',
  `<bpmn:exclusiveGateway id="again" default="again-turn" /><bpmn:subProcess id="turn">${INNER}</bpmn:subProcess>` +
    flow('start', 'again') +
    flow('again', 'turn') +
    flow('turn', 'again') +
    flow(
      'again',
      'end',
      '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=false</bpmn:conditionExpression>',
    ),
);
const MANY = xml(
  'many',
  `<bpmn:task id="it"><bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=for i in 1..10000 return i" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:task>${flow('start', 'it')}${flow('it', 'end')}`,
);
const CHAIN = Array.from({ length: 150 }, (_, at) => `t${at}`);
/** Needs some 900 records, so more than one turn. */
const SMALL = xml(
  'small',
  CHAIN.map((id, at) => `<bpmn:task id="${id}" />${flow(CHAIN[at - 1] ?? 'start', id)}`).join('') +
    flow(CHAIN.at(-1) ?? '', 'end'),
);

class Bench {
  readonly state = new MemoryState();
  readonly #engine = createEngine({ maxRecords: BOUND });
  longest = 0;

  async deploy(...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      const parsed = await parseBpmn('p.bpmn', text);
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
      const resource = {
        resourceName: 'p.bpmn',
        resource: text,
        checksum: text,
        processes: parsed.processes,
      };
      this.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } });
    }
  }

  create(bpmnProcessId: string): number {
    return this.execute({
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
  }

  execute(command: ClientCommand): number {
    const answer = this.#turn((state) => this.#engine.process(command, state, NOW))?.answer;
    if (answer?.kind !== 'accepted') assert.fail(JSON.stringify(answer));
    return answer.key;
  }

  /** Turns of left-over work until this holds. */
  turnsUntil(holds: () => boolean, most: number): number {
    for (let turns = 0; turns <= most; turns++) {
      if (holds()) return turns;
      assert.ok(
        this.#turn((state) => this.#engine.resume(state, NOW)),
        'something is left over',
      );
    }
    assert.fail(`not within ${most} turns`);
  }

  alive(key: number): boolean {
    return this.state.get(ELEMENTS, key) !== undefined;
  }

  #turn(work: (state: Overlay) => Turn | undefined): Turn | undefined {
    const overlay = new Overlay(this.state);
    const turn = work(overlay);
    overlay.mergeInto(this.state);
    this.longest = Math.max(this.longest, turn?.records.length ?? 0);
    return turn;
  }
}

test('loops and large multi-instances starve no other instance, and no turn is longer than the bound', async () => {
  const bench = new Bench();
  await bench.deploy(LOOP, MANY, SMALL);
  const greedy = ['loop', 'loop', 'many', 'loop'];
  for (const id of greedy) bench.create(id);
  const small = bench.create('small');
  // It needs two turns after its first; each time all others may have one before it.
  const turns = bench.turnsUntil(() => !bench.alive(small), 2 * (greedy.length + 1));
  assert.ok(turns > 0, 'it did not fit into the turn that created it');
  assert.ok(bench.longest <= BOUND + STEP, `${bench.longest} records in one turn`);
});

test('a multi-instance of 10,000 ends after turns in proportion to its size, beside a loop', async () => {
  const bench = new Bench();
  await bench.deploy(LOOP, MANY);
  const loop = bench.create('loop');
  const many = bench.create('many');
  const records = 10_000 * 6;
  bench.turnsUntil(() => !bench.alive(many), (2 * records) / BOUND);
  assert.ok(bench.alive(loop));
});

test('an instance that loops is cancelled within a round of turns', async () => {
  const bench = new Bench();
  await bench.deploy(LOOP);
  const [first, second] = [bench.create('loop'), bench.create('loop')];
  bench.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: first });
  bench.turnsUntil(() => !bench.alive(first), 8);
  assert.ok(bench.alive(second));
});
