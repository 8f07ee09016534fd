import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findScenarios } from '../../src/testing/scenarios/folders.ts';
import { holdsOver } from './holds.ts';
import { LAWFUL } from './lawful.ts';
import { openWorld, SURFACES } from './world.ts';

/** At least one case of each kind of command, taken and refused. `surfaces.long.ts` plays all scenarios. */
const CASES = [
  'ad-hoc-subprocess/activation-by-command',
  'ad-hoc-subprocess/activation-refused',
  'ad-hoc-subprocess/worker-cancels-and-activates',
  'ad-hoc-subprocess/worker-result-refused',
  'business-id/on-the-instance',
  'cluster-variable/job-type',
  'conditional-start/each-match-starts-an-instance',
  'conditional-start/unknown-definition',
  'decision/failures',
  'decision/which-decision',
  'deployment/several-problems',
  'deployment/versions-and-duplicates',
  'error/without-a-code',
  'incident/resolved-in-each-state',
  'instance-tags/on-instance-and-jobs',
  'job/activation-with-bad-arguments',
  'job/commands-in-wrong-states',
  'job/error-caught-with-variables',
  'job/fetched-variables-and-headers',
  'message-catch/correlate-with-an-answer',
  'message-publish/same-message-id-is-refused',
  'message-start/starts-an-instance',
  'migration/new-version',
  'migration/no-mapping',
  'modification-move/by-key',
  'modification/ambiguous-and-chosen-ancestors',
  'modification/refused-in-each-way',
  'process-cancellation/wrong-instances',
  'process-creation/refused-start-elements',
  'process-creation/results-and-variables',
  'process-creation/with-start-instructions-and-boundary',
  'resource-deletion/form-versions',
  'resource-deletion/refused',
  'runtime-instruction/after-completion',
  'signal/several-start-events',
  'task-listener/changed-attributes',
  'task-listener/denied',
  'task-listener/refused-results',
  'timer-catch/duration-passes-at-its-due-time',
  'user-task/commands-in-wrong-states',
  'user-task/job-based-attributes',
  'variables/set-in-scopes',
];

const all = findScenarios(fileURLToPath(new URL('../../scenarios', import.meta.url)));
const named = new Map(all.map((scenario) => [scenario.name, scenario]));

for (const surface of SURFACES)
  describe(`asked ${surface === 'in process' ? surface : `over ${surface}`}, the engine answers as recorded`, () => {
    for (const name of CASES)
      it(name, { timeout: 20_000 }, async () => {
        const scenario = named.get(name);
        assert.ok(scenario, 'there is no such scenario');
        await holdsOver(surface, scenario);
      });
  });

it('what this release does not have is answered as a path that is not there', async (t) => {
  const world = await openWorld('REST', Date.parse('2040-01-01T00:00:00Z'));
  t.after(() => world.close());
  for (const [method, path] of [
    ['POST', '/v2/global-task-listeners'],
    ['POST', '/v2/global-task-listeners/search'],
    ['GET', '/v2/global-task-listeners/audit'],
    ['POST', '/v2/cluster-variables/tenants/t1'],
    ['GET', '/v2/cluster-variables/tenants/t1/name'],
  ] as const) {
    const response = await fetch(`${world.addresses.http}${path}`, { method });
    const { title, detail } = (await response.json()) as Record<string, string>;
    assert.deepEqual([response.status, title], [404, 'Not Found'], path);
    assert.equal(detail, `There is nothing at ${method} ${path}.`);
  }
});

it('names no lawful difference of a scenario that is not there', () => {
  assert.deepEqual(
    Object.keys(LAWFUL).filter((name) => !named.has(name)),
    [],
  );
});
