#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findScenarios } from './scenarios/folders.ts';
import { runScenario } from './scenarios/run.ts';

/** `node src/testing/run-scenarios.ts FOLDER...`: compares the engine with recordings; exit code 1 if it differs. */
async function main(folders: readonly string[]): Promise<number> {
  const missing = folders.filter((folder) => !existsSync(folder));
  if (folders.length === 0 || missing.length > 0) {
    const problem =
      missing.length > 0 ? `No such folder: ${missing.join(', ')}` : 'Name a folder with scenarios';
    console.error(`${problem}. Usage: npm run scenarios -- FOLDER...`);
    return 2;
  }
  let passed = 0;
  let failed = 0;
  for (const scenario of folders.flatMap((folder) => findScenarios(resolve(folder)))) {
    const { name, difference } = await runScenario(scenario);
    if (difference === undefined) passed += 1;
    else {
      failed += 1;
      console.log(`FAILED ${name}: ${difference}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
