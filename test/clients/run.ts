#!/usr/bin/env node
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTutti } from '../../src/tutti.ts';
import { javaSuite } from './java/suite.ts';
import { CLIENT_DECISIONS, CLIENT_MODELS } from './models.ts';
import { pythonSuite } from './python/suite.ts';
import type { ClientSuite } from './suite.ts';
import { zbctlSuite } from './zbctl/suite.ts';

const SUITES: readonly ClientSuite[] = [pythonSuite, zbctlSuite, javaSuite];

/**
 * `node test/clients/run.ts [NAME...]`: tries client libraries of other languages on a server of its own; exit code 1 if
 * a sentence is not true. What cannot be installed here is skipped and said.
 */
async function main(names: readonly string[]): Promise<number> {
  const chosen = SUITES.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    console.error(`No suite is called so; there are: ${SUITES.map(({ name }) => name).join('; ')}`);
    return 2;
  }
  const results: string[] = [];
  let failed = false;
  for (const suite of chosen) {
    console.log(`\n${suite.name}`);
    try {
      const missing = await suite.prepare();
      if (missing !== undefined) {
        console.log(`  skipped: ${missing}`);
        results.push(`skipped  ${suite.name}: ${missing}`);
        continue;
      }
      if (await onServer(suite)) {
        results.push(`passed   ${suite.name}`);
        continue;
      }
    } catch (error) {
      console.error(error);
    }
    failed = true;
    results.push(`FAILED   ${suite.name}`);
  }
  console.log(`\n${results.join('\n')}`);
  return failed ? 1 : 0;
}

/** Each suite meets a server without data. */
async function onServer(suite: ClientSuite): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-clients-data-'));
  const model = join(folder, 'clients.bpmn');
  writeFileSync(model, CLIENT_MODELS);
  const decisions = join(folder, 'clients.dmn');
  writeFileSync(decisions, CLIENT_DECISIONS);
  const tutti = await startTutti({ data: join(folder, 'data'), http: 0, grpc: 0 });
  try {
    return await suite.run({ grpc: tutti.addresses.grpc, rest: tutti.addresses.http, model, decisions });
  } finally {
    await tutti.close();
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
