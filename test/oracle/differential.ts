#!/usr/bin/env node
/**
 * Compares our engine with a real Zeebe 8.6.0 on random models and random scripts.
 *
 *     node test/oracle/differential.ts [--seed 1] [--cases 50] [--keep FOLDER]
 *
 * Each case is a scenario folder as `scenarios/FORMAT.md` describes it. All are recorded on one broker by
 * `scenarios/record.mjs` (see `scenarios/README.md` for the variables that it needs), played on our engine and compared.
 * Cases that differ are kept in FOLDER and told with their first difference; the exit status is 1 then. Cases that the
 * broker's engine fails on are counted, and left out: there we differ.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findScenarios } from '../../src/testing/scenarios/folders.ts';
import { runScenario } from '../../src/testing/scenarios/run.ts';
import { EndlessError } from '../../src/testing/scenarios/session.ts';
import { Dice } from './dice.ts';
import { namesOf } from './random-events.ts';
import { copyOf, randomModel } from './random-process.ts';
import { randomScript } from './random-script.ts';

const RECORDER = resolve(import.meta.dirname, '../../scenarios/record.mjs');

export interface Outcome {
  readonly same: number;
  /** Seeds of cases that the broker could not play. */
  readonly unrecorded: readonly number[];
  readonly different: readonly { readonly seed: number; readonly difference: string }[];
}

/** Writes the case of a seed to a folder of that name below `root`; undefined if its process would run for ever. */
export async function writeCase(root: string, seed: number): Promise<string | undefined> {
  const folder = join(root, `case-${seed}`);
  mkdirSync(folder, { recursive: true });
  const dice = new Dice(seed);
  const names = namesOf(seed);
  const files = [`${names.process}.bpmn`];
  const model = randomModel(dice, names);
  writeFileSync(join(folder, `${names.process}.bpmn`), model);
  if (dice.once(4)) {
    files.push(`${names.copy}.bpmn`);
    writeFileSync(join(folder, `${names.copy}.bpmn`), copyOf(model, names));
  }
  const steps = await randomScript(dice, names, folder, files).catch((error: unknown) => {
    if (!(error instanceof EndlessError)) throw error;
    rmSync(folder, { recursive: true });
    return undefined;
  });
  if (steps === undefined) return undefined;
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  writeFileSync(
    join(folder, 'scenario.json'),
    `{\n  "title": "Random case ${seed}",\n  "looseMessages": false,\n  "steps": [\n${lines.join(',\n')}\n  ]\n}\n`,
  );
  return folder;
}

/** Plays the cases of `seeds` on a broker and on our engine. Folders of cases that are alike are removed. */
export async function compare(root: string, seeds: readonly number[]): Promise<Outcome> {
  const folders = new Map<number, string>();
  for (const seed of seeds) {
    const folder = await writeCase(root, seed);
    if (folder !== undefined) folders.set(seed, folder);
  }
  await record(root);
  let same = 0;
  const unrecorded: number[] = [];
  const different: { seed: number; difference: string }[] = [];
  for (const [seed, folder] of folders) {
    const [scenario] = existsSync(join(folder, 'expected.json')) ? findScenarios(folder) : [];
    // INTERNAL is how the gateway tells that the engine failed on a command.
    if (
      scenario === undefined ||
      scenario.expected.steps.some(({ rejection }) => rejection?.code === 'INTERNAL')
    ) {
      unrecorded.push(seed);
      continue;
    }
    const { difference } = await runScenario(scenario);
    if (difference !== undefined) different.push({ seed, difference });
    else {
      same += 1;
      rmSync(folder, { recursive: true });
    }
  }
  return { same, unrecorded, different };
}

function record(root: string): Promise<void> {
  const child = spawn(process.execPath, [RECORDER, '--missing', root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  let line = '';
  child.stdout.on('data', (text: string) => {
    line += text;
    const lines = line.split('\n');
    line = lines.pop() ?? '';
    for (const told of lines) if (told.startsWith('FAILED')) console.log(told);
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', () => done());
  });
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      cases: { type: 'string', default: '50' },
      keep: { type: 'string' },
    },
  });
  if (process.env.ZEEBE_HOME === undefined) {
    console.error('ZEEBE_HOME is not set: see scenarios/README.md');
    return 2;
  }
  const root =
    values.keep === undefined ? mkdtempSync(join(tmpdir(), 'differential-')) : resolve(values.keep);
  const seeds = Array.from({ length: Number(values.cases) }, (_, at) => Number(values.seed) + at);
  const { same, unrecorded, different } = await compare(root, seeds);
  for (const { seed, difference } of different) console.log(`DIFFERS case-${seed}: ${difference}`);
  console.log(
    `${same} alike, ${different.length} differ, ${unrecorded.length} not played by the broker (${unrecorded.join(' ')})`,
  );
  if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
  return different.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
