import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Expected, JsonObject, Scenario } from '../testing/scenarios/format.ts';
import { runScenario, type ScenarioResult } from '../testing/scenarios/run.ts';
import { readVersion } from '../version.ts';

/** Scenarios of users, played on an engine in memory. */

export interface ScenarioPlace {
  /** `<group>/<case>` */
  readonly name: string;
  readonly folder: string;
}

export interface Outcome {
  readonly state: 'passed' | 'failed' | 'written';
  readonly title?: string;
  /** Why it failed, or what could not be checked. */
  readonly problem?: string;
}

/** Folders at or below this one that hold a scenario, in order of their names. */
export function scenariosOf(folder: string): readonly ScenarioPlace[] {
  if (existsSync(join(folder, 'scenario.json'))) {
    return [{ name: `${basename(dirname(folder))}/${basename(folder)}`, folder }];
  }
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => scenariosOf(join(folder, name)));
}

/** Plays one; with `update` what happens is written down if it is not what was expected. */
export async function play({ name, folder }: ScenarioPlace, update: boolean): Promise<Outcome> {
  const scenario = readScenario(join(folder, 'scenario.json'));
  if (typeof scenario === 'string') return { state: 'failed', problem: scenario };
  const { title } = scenario;
  const file = join(folder, 'expected.json');
  const recorded = readExpected(file);
  if (typeof recorded === 'string') return { state: 'failed', title, problem: recorded };
  if (recorded === undefined && !update) {
    return { state: 'failed', title, problem: 'It has no expected.json; --update writes what happens now.' };
  }
  const expected = recorded ?? { engine: '', steps: [] };
  const result = await runScenario({ name, group: '', folder, scenario, expected });
  if (result.outcomes.length < scenario.steps.length) {
    return { state: 'failed', title, problem: result.difference ?? 'It could not be played to its end.' };
  }
  if (recorded !== undefined && recorded.steps.length !== scenario.steps.length && !update) {
    const problem = `It has ${scenario.steps.length} steps, but expected.json has ${recorded.steps.length}; --update writes it again.`;
    return { state: 'failed', title, problem };
  }
  const same = recorded?.steps.length === scenario.steps.length && result.difference === undefined;
  if (same) return { state: 'passed', title };
  if (!update) return { state: 'failed', title, problem: result.difference ?? 'It went another way.' };
  writeFileSync(file, textOf(result));
  return { state: 'written', title };
}

function readScenario(file: string): Scenario | string {
  const value = readJson(file);
  if (typeof value === 'string') return value;
  const { title, steps, startAt } = value;
  if (typeof title !== 'string') return `${file} needs a "title": a sentence that says what is tested.`;
  if (startAt !== undefined && Number.isNaN(Date.parse(String(startAt)))) {
    return `${file}: "startAt" must be a time such as 2040-01-01T09:00:00Z.`;
  }
  if (!Array.isArray(steps) || steps.length === 0) return `${file} needs "steps": a list of what is done.`;
  const wrong = steps.findIndex((step) => typeof step !== 'object' || step === null || Array.isArray(step));
  if (wrong !== -1) return `${file}: step ${wrong + 1} is no object such as {"deploy": ["order.bpmn"]}.`;
  return value as unknown as Scenario;
}

function readExpected(file: string): Expected | undefined | string {
  if (!existsSync(file)) return undefined;
  const value = readJson(file);
  if (typeof value === 'string') return value;
  if (!Array.isArray(value['steps']))
    return `${file} needs "steps"; --update in a copy without it writes it.`;
  return value as unknown as Expected;
}

function readJson(file: string): JsonObject | string {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error ? error.message : error}.`;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : `${file} must hold a JSON object.`;
}

/** One record a line, so that a review sees what has changed. */
function textOf({ outcomes }: ScenarioResult): string {
  const steps = outcomes.map(({ records, ...reply }) => {
    const head = Object.entries(reply).map(
      ([name, value]) => `      ${JSON.stringify(name)}: ${JSON.stringify(value)},`,
    );
    const lines = records.map((record) => `        ${JSON.stringify(record)}`);
    const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n      ]`;
    return `    {\n${head.join('\n')}\n      "records": ${list}\n    }`;
  });
  return `{\n  "engine": "tutti ${readVersion()}",\n  "steps": [\n${steps.join(',\n')}\n  ]\n}\n`;
}
