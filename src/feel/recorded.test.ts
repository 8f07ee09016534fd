import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compile, type FeelValue, fromJson, toJson } from './index.ts';

// What a real Zeebe 8.6.0 stored for every script of the scenarios under feel/.
const folder = fileURLToPath(new URL('../../scenarios/feel', import.meta.url));

interface Recording {
  readonly script: string;
  readonly variable: string;
  readonly variables: ReadonlyMap<string, FeelValue>;
  readonly nowMs: number;
  readonly expected: unknown;
}

function recordingsOf(scenario: string): Recording[] {
  const { startAt, steps } = JSON.parse(readFileSync(join(scenario, 'scenario.json'), 'utf8'));
  const expected = JSON.parse(readFileSync(join(scenario, 'expected.json'), 'utf8'));
  const stored = new Map<string, unknown>();
  for (const step of expected.steps) {
    for (const [kind, , name, value] of step.records) if (kind === 'VARIABLE') stored.set(name, value);
  }
  const created = steps.find((step: { create?: unknown }) => step.create !== undefined);
  const variables = fromJson(JSON.stringify(created.create.variables ?? {}));
  assert.ok(variables instanceof Map);
  const [model = ''] = globSync('*.bpmn', { cwd: scenario });
  const xml = readFileSync(join(scenario, model), 'utf8');
  const scripts = xml.matchAll(/<zeebe:script expression="=([^"]*)" resultVariable="([^"]*)"/g);
  // What has no result is a matter of incidents: the scenario itself compares them.
  const evaluated = [...scripts].filter(([, , variable = '']) => stored.has(variable));
  return evaluated.map(([, script = '', variable = '']) => ({
    script: unescapeXml(script),
    variable,
    variables,
    nowMs: Date.parse(startAt ?? '2046-05-06T07:08:09Z'),
    expected: stored.get(variable),
  }));
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&(lt|gt|amp|quot|apos);/g, (_, name) => entities[name] ?? '');
}

const scenarios = globSync('*/scenario.json', { cwd: folder }).map((path) => join(folder, dirname(path)));

test('the recorded FEEL scenarios are there', () => {
  assert.ok(existsSync(folder));
  assert.ok(scenarios.length >= 25);
});

for (const scenario of scenarios) {
  const recordings = recordingsOf(scenario);
  if (['failures', 'warnings'].includes(basename(scenario))) continue;
  test(`the scripts of feel/${basename(scenario)} give what Zeebe recorded`, async (context) => {
    assert.ok(recordings.length > 0);
    for (const { script, variable, variables, nowMs, expected } of recordings) {
      await context.test(`${variable}: ${script}`, () => {
        const result = compile(script).evaluate(variables, { nowMs: () => nowMs, random: Math.random });
        assert.ok(result.ok, result.ok ? '' : result.message);
        assert.deepEqual(JSON.parse(toJson(result.value)), expected, JSON.stringify(result.warnings));
      });
    }
  });
}
