import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBpmn } from '../bpmn/index.ts';
import { createEngine } from '../engine/create-engine.ts';
import type { Turn } from '../engine/engine.ts';
import type { Answer, ClientCommand } from '../engine/records/command.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { apply } from '../engine/state/appliers/apply.ts';
import { MemoryState } from '../engine/state/memory.ts';
import { Overlay } from '../engine/state/overlay.ts';
import {
  ELEMENTS,
  type ElementRow,
  INCIDENTS,
  JOBS,
  MESSAGE_SUBSCRIPTIONS,
  MESSAGES,
  TAKEN_FLOWS,
  TIMERS,
  USER_TASKS,
  VARIABLES,
} from '../engine/state/tables.ts';
import { anyBlock, modelOf } from './random-model.test-helper.ts';

// The invariants I1 to I5 of docs/design.md, section 3, on random models that random drivers work on.

const DEFINITIONS = ['counters', 'graphs', 'latest_processes', 'processes'];
const HOUR = 3_600_000;
/** Steps of a driver that does what is asked for; a model of this size needs far fewer. */
const ENOUGH = 2000;

class World {
  readonly state = new MemoryState();
  readonly log: LogRecord[] = [];
  readonly #engine;
  now = Date.parse('2040-01-01T00:00:00Z');
  root = -1;

  constructor(maxRecords: number) {
    this.#engine = createEngine({ maxRecords });
  }

  async start(model: string, n: number): Promise<void> {
    const parsed = await parseBpmn('random.bpmn', model);
    assert.ok(parsed.ok, parsed.ok ? '' : `${parsed.problems}\n${model}`);
    const resource = {
      resourceName: 'random.bpmn',
      resource: model,
      checksum: 'c',
      processes: parsed.processes,
    };
    this.accepted({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } });
    const answer = this.accepted({
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId: 'random',
        processDefinitionKey: -1,
        version: -1,
        variables: new Map([
          ['n', String(n)],
          ['key', '"k"'],
        ]),
        startInstructions: [],
        fetchVariables: [],
      },
    });
    this.root = answer.key;
  }

  execute(command: ClientCommand): Answer {
    const { answer } = this.#turn((state) => this.#engine.process(command, state, this.now)) ?? {};
    while (this.#turn((state) => this.#engine.resume(state, this.now)) !== undefined);
    assert.ok(answer);
    return answer;
  }

  accepted(command: ClientCommand): Answer & { kind: 'accepted' } {
    const answer = this.execute(command);
    if (answer.kind !== 'accepted') assert.fail(JSON.stringify(answer));
    return answer;
  }

  #turn(work: (state: Overlay) => Turn | undefined): Turn | undefined {
    const overlay = new Overlay(this.state);
    const turn = work(overlay);
    overlay.mergeInto(this.state);
    this.log.push(...(turn?.records ?? []));
    return turn;
  }

  rows<Row>(name: string): Row[] {
    return [...(this.state.dump().get(name)?.values() ?? [])] as Row[];
  }

  get alive(): boolean {
    return this.state.get(ELEMENTS, this.root) !== undefined;
  }

  advance(ms: number): void {
    this.now += ms;
    for (const command of this.#engine.due(this.state, this.now, 1000)) this.execute(command);
  }

  /** One of the things that the outside may do now; what finds nothing to do does nothing. */
  random(choice: number): void {
    const pick = <Row>(rows: readonly Row[]): Row | undefined =>
      rows[(choice >> 4) % Math.max(1, rows.length)];
    const job = pick(this.rows<{ key: number; state: string }>(JOBS.name));
    const variables = new Map<string, string>();
    switch (choice % 8) {
      case 0:
      case 1:
        if (job) this.execute({ valueType: 'JOB', intent: 'COMPLETE', key: job.key, value: { variables } });
        return;
      case 2:
        if (job) {
          const value = { retries: (choice >> 8) % 2, retryBackOff: 0, errorMessage: 'failed', variables };
          this.execute({ valueType: 'JOB', intent: 'FAIL', key: job.key, value });
        }
        return;
      case 3:
        if (job) {
          const value = { errorCode: 'oops', errorMessage: '', variables };
          this.execute({ valueType: 'JOB', intent: 'THROW_ERROR', key: job.key, value });
        }
        return;
      case 4:
        this.publish((choice >> 4) % 2 === 0 ? 'go' : 'also', choice % 3 === 0 ? HOUR : 0);
        return;
      case 5:
        this.advance(choice % 3 === 0 ? HOUR : HOUR / 2);
        return;
      case 6: {
        const task = pick(this.rows<{ userTaskKey: number }>(USER_TASKS.name));
        if (task)
          this.execute({
            valueType: 'USER_TASK',
            intent: 'COMPLETE',
            key: task.userTaskKey,
            value: { action: '', variables },
          });
        return;
      }
      default: {
        const incident = pick(this.rows<{ key: number; jobKey: number }>(INCIDENTS.name));
        if (incident) this.mend(incident);
      }
    }
  }

  mend({ key, jobKey }: { readonly key: number; readonly jobKey: number }): void {
    if (jobKey >= 0)
      this.execute({ valueType: 'JOB', intent: 'UPDATE_RETRIES', key: jobKey, value: { retries: 1 } });
    this.execute({ valueType: 'INCIDENT', intent: 'RESOLVE', key });
  }

  publish(name: string, timeToLive: number): void {
    this.execute({
      valueType: 'MESSAGE',
      intent: 'PUBLISH',
      value: { name, correlationKey: 'k', timeToLive, messageId: '', variables: new Map() },
    });
  }

  /** Does all that is asked for until the instance has ended. */
  drive(): void {
    for (let step = 0; this.alive; step++) {
      assert.ok(step < ENOUGH, `it does not end: ${JSON.stringify(this.rows(ELEMENTS.name))}`);
      const variables = new Map<string, string>();
      const [incident] = this.rows<{ key: number; jobKey: number }>(INCIDENTS.name);
      const [job] = this.rows<{ key: number }>(JOBS.name);
      const [task] = this.rows<{ userTaskKey: number }>(USER_TASKS.name);
      if (incident) this.mend(incident);
      else if (job)
        this.execute({ valueType: 'JOB', intent: 'COMPLETE', key: job.key, value: { variables } });
      else if (task)
        this.execute({
          valueType: 'USER_TASK',
          intent: 'COMPLETE',
          key: task.userTaskKey,
          value: { action: '', variables },
        });
      else if (this.rows(TIMERS.name).length > 0) this.advance(HOUR);
      else if (this.rows(MESSAGE_SUBSCRIPTIONS.name).length > 0) this.publish('go', 0);
      else assert.fail(`nothing is asked for: ${JSON.stringify(this.rows(ELEMENTS.name))}`);
    }
  }

  /** I1: the events alone make the state. */
  checkReplay(): void {
    const replayed = new MemoryState();
    for (const record of this.log) apply(replayed, record);
    const processed = this.state.dump();
    processed.delete('counters');
    assert.deepEqual(replayed.dump(), processed);
  }

  /** I2 and I3, at rest: no token is lost or made from nothing, and nothing waits for what is gone. */
  checkTokens(): void {
    const elements = new Map(this.rows<ElementRow>(ELEMENTS.name).map((row) => [row.key, row]));
    const children = new Map<number, number>();
    for (const { flowScopeKey } of elements.values())
      children.set(flowScopeKey, (children.get(flowScopeKey) ?? 0) + 1);
    const waiting = new Map<number, number>();
    for (const { scopeKey, count } of this.rows<{ scopeKey: number; count: number }>(TAKEN_FLOWS.name)) {
      assert.ok(count > 0);
      waiting.set(scopeKey, (waiting.get(scopeKey) ?? 0) + count);
    }
    for (const row of elements.values()) {
      assert.equal(row.childCount, children.get(row.key) ?? 0, `children of ${row.elementId}`);
      // The tokens of an interrupted scope are void; their rows go with the scope.
      const tokens = row.interruptedBy === null ? (waiting.get(row.key) ?? 0) : 0;
      assert.equal(row.activeFlows, tokens, `tokens on flows in ${row.elementId}`);
      assert.ok(row.flowScopeKey < 0 || elements.has(row.flowScopeKey), `scope of ${row.elementId}`);
    }
    const begun = this.#count('ELEMENT_ACTIVATING');
    const ended = this.#count('ELEMENT_COMPLETED') + this.#count('ELEMENT_TERMINATED');
    assert.equal(begun - ended, elements.size, 'each element that began has ended once or is there');
    const owned: [string, number][] = [
      ...this.rows<{ value: { elementInstanceKey: number } }>(JOBS.name).map(
        ({ value }): [string, number] => ['job', value.elementInstanceKey],
      ),
      ...[TIMERS, MESSAGE_SUBSCRIPTIONS, INCIDENTS, USER_TASKS].flatMap(({ name }) =>
        this.rows<{ elementInstanceKey: number }>(name).map(({ elementInstanceKey }): [string, number] => [
          name,
          elementInstanceKey,
        ]),
      ),
      ...this.rows<{ scopeKey: number }>(VARIABLES.name).map(({ scopeKey }): [string, number] => [
        'variables',
        scopeKey,
      ]),
    ];
    for (const [what, key] of owned) assert.ok(elements.has(key), `${what} of element ${key}, which is gone`);
  }

  #count(intent: string): number {
    return this.log.filter((record) => record.valueType === 'PROCESS_INSTANCE' && record.intent === intent)
      .length;
  }

  /** I5: of what ended, only definitions stay, and messages until their time is over. */
  checkEmpty(): void {
    this.advance(2 * HOUR);
    assert.deepEqual(this.rows(MESSAGES.name), []);
    assert.deepEqual([...this.state.dump().keys()].sort(), DEFINITIONS);
  }
}

const anyRun = fc.record({
  block: anyBlock,
  n: fc.integer({ min: 0, max: 3 }),
  steps: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 25 }),
  maxRecords: fc.constantFrom(1, 7, 500),
  ending: fc.constantFrom('drive', 'cancel'),
});
const runs = { seed: 20_261_125, numRuns: 1000 };

test('I1 to I5 hold on random models under random drivers', async () => {
  await fc.assert(
    fc.asyncProperty(anyRun, async ({ block, n, steps, maxRecords, ending }) => {
      const world = new World(maxRecords);
      await world.start(modelOf(block), n);
      world.checkTokens();
      for (const step of steps) {
        world.random(step);
        world.checkTokens();
      }
      if (ending === 'cancel' && world.alive)
        world.accepted({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: world.root });
      else world.drive();
      world.checkTokens();
      world.checkReplay();
      world.checkEmpty();
    }),
    runs,
  );
});
