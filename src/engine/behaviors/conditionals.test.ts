import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Session } from '../../testing/scenarios/session.ts';
import type { ClientCommand } from '../records/command.ts';
import type { StatePort } from '../state/port.ts';

/** Counts the rows that a session reads. */
class Counting {
  rows = 0;
  readonly session: Session;

  constructor(scenario: string) {
    const folder = fileURLToPath(new URL(`../../../scenarios/${scenario}`, import.meta.url));
    this.session = new Session(folder, undefined);
    const state = this.session.state as { scan: StatePort['scan']; get: StatePort['get'] };
    const scan = state.scan.bind(state);
    const get = state.get.bind(state);
    const count = () => {
      this.rows += 1;
    };
    state.scan = function* counted(table, index, prefix, options) {
      for (const row of scan(table, index, prefix, options)) {
        count();
        yield row;
      }
    };
    state.get = (table, key) => {
      count();
      return get(table, key);
    };
  }

  do(command: ClientCommand): number {
    const answer = this.session.execute(command);
    if (answer.kind === 'rejected') throw new Error(answer.reason);
    return answer.key;
  }

  async deploy(name: string): Promise<void> {
    const resources = [await this.session.resource(name)];
    this.do({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources } });
  }

  create(bpmnProcessId: string, variables: Record<string, string> = {}): number {
    return this.do({
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

  /** Rows read by one update of a variable. */
  costOfUpdate(scopeKey: number, name: string, value: string): number {
    const before = this.rows;
    const variables = new Map([[name, value]]);
    this.do({
      valueType: 'VARIABLE_DOCUMENT',
      intent: 'UPDATE',
      value: { scopeKey, updateSemantics: 'LOCAL', variables },
    });
    return this.rows - before;
  }
}

test('what an update of a variable costs does not grow with other instances that wait for conditions', async () => {
  const on = new Counting('conditional-catch/variable-change');
  await on.deploy('p.bpmn');
  const one = on.create('cc-change', { x: '0' });
  const alone = on.costOfUpdate(one, 'x', '1');
  for (let count = 0; count < 200; count += 1) on.create('cc-change', { x: '0' });
  assert.equal(on.costOfUpdate(one, 'x', '0'), alone);
});

test('a variable local to one of many children of a multi-instance is looked at in that child only', async () => {
  const on = new Counting('conditional-boundary/multi-instance-local-variable');
  await on.deploy('p.bpmn');
  const costs = [2, 300].map((size) => {
    const items = JSON.stringify(Array.from({ length: size }, (_, at) => at));
    const instance = on.create('cb-multi-local', { items });
    const child = on.session.tracker.activeElement('work', instance);
    assert.notEqual(child, undefined);
    return on.costOfUpdate(child ?? -1, 'y', '1');
  });
  assert.equal(costs[1], costs[0]);
});

test('processes without conditions look for none', async () => {
  const on = new Counting('signal/catch-event');
  await on.deploy('signal-catch-event.bpmn');
  const instance = on.create('signal-catch-event');
  const seen: string[] = [];
  const { state } = on.session;
  const scan = state.scan.bind(state);
  state.scan = (table, ...rest) => {
    seen.push(table.name);
    return scan(table, ...rest);
  };
  on.costOfUpdate(instance, 'x', '1');
  assert.deepEqual(
    seen.filter((name) => name === 'conditional_subscriptions'),
    [],
  );
});
