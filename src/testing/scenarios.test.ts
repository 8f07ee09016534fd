import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { apply } from '../engine/state/appliers/apply.ts';
import { MemoryState } from '../engine/state/memory.ts';
import { findScenarios, type ScenarioFolder } from './scenarios/folders.ts';
import { runScenario } from './scenarios/run.ts';

const KNOWN = new URL('./scenarios/known-groups.json', import.meta.url);
const { passing, open } = JSON.parse(readFileSync(KNOWN, 'utf8')) as {
  readonly passing: readonly string[];
  /** Groups or scenarios that do not pass yet, and why. */
  readonly open: Readonly<Record<string, string>>;
};
const all = findScenarios(fileURLToPath(new URL('../../scenarios', import.meta.url)));
const whyOpen = ({ name, group }: ScenarioFolder): string | undefined => open[name] ?? open[group];
const expectedToPass = all.filter((scenario) => whyOpen(scenario) === undefined);

test('every scenario belongs to a group that is known to pass or known to be open', () => {
  const unknown = all.filter((one) => !passing.includes(one.group) && whyOpen(one) === undefined);
  assert.deepEqual(
    unknown.map(({ name }) => name),
    [],
  );
});

for (const scenario of all) {
  const reason = whyOpen(scenario);
  if (reason === undefined) {
    test(`${scenario.name}: ${scenario.scenario.title}`, async () => {
      const { difference } = await runScenario(scenario);
      assert.equal(difference, undefined);
    });
  } else {
    test(`${scenario.name} is still open: ${reason}`, async () => {
      const { difference } = await runScenario(scenario);
      assert.notEqual(difference, undefined, 'it passes now: take it from the list of open ones');
    });
  }
}

test('turns of one record each give the same records as long turns', async () => {
  for (const scenario of expectedToPass) {
    const { name, difference, session } = await runScenario(scenario, { maxRecords: 1 });
    assert.equal(difference, undefined, name);
    assert.equal(session.state.dump().has('pending'), false, name);
  }
});

test('applying the events of a log to an empty state gives the state that processing left', async () => {
  for (const scenario of expectedToPass) {
    const { name, session } = await runScenario(scenario);
    const replayed = new MemoryState();
    for (const record of session.log) apply(replayed, record);
    const [processed, again] = [session.state.dump(), replayed.dump()];
    // The counter of keys is no event.
    processed.delete('counters');
    assert.deepEqual(again, processed, name);
  }
});
