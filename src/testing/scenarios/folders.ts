import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Expected, Scenario } from './format.ts';

export interface ScenarioFolder {
  /** `<group>/<case>` */
  readonly name: string;
  readonly group: string;
  readonly folder: string;
  readonly scenario: Scenario;
  readonly expected: Expected;
}

/** All scenarios at or below a folder, in order of their names. Throws if a scenario has no recording. */
export function findScenarios(folder: string): readonly ScenarioFolder[] {
  const file = join(folder, 'scenario.json');
  if (!existsSync(file)) {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .sort((left, right) => (left.name < right.name ? -1 : 1))
      .flatMap((entry) => findScenarios(join(folder, entry.name)));
  }
  const group = basename(dirname(folder));
  const scenario = JSON.parse(readFileSync(file, 'utf8')) as Scenario;
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  return [{ name: `${group}/${basename(folder)}`, group, folder, scenario, expected }];
}
