import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Session } from '../../src/testing/scenarios/session.ts';
import { runStep } from '../../src/testing/scenarios/steps.ts';
import { compare, writeCase } from './differential.ts';

const seeds = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

function inFolder(work: (root: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const root = mkdtempSync(join(tmpdir(), 'differential-'));
    try {
      await work(root);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
}

test(
  'random models can be deployed',
  inFolder(async (root) => {
    for (const seed of seeds(1, 60)) {
      const folder = await writeCase(root, seed);
      if (folder === undefined) continue;
      const { rejection } = await runStep(new Session(folder, undefined), { deploy: [`d${seed}.bpmn`] });
      assert.equal(rejection, null);
    }
  }),
);

test(
  'a seed always gives the same case',
  inFolder(async (root) => {
    const texts: string[] = [];
    for (const part of ['one', 'two']) {
      const folder = (await writeCase(join(root, part), 5)) ?? '';
      texts.push(
        readdirSync(folder)
          .map((file) => readFileSync(join(folder, file), 'utf8'))
          .join(''),
      );
    }
    assert.equal(texts[0], texts[1]);
  }),
);

test(
  'the engine does what a real Zeebe does on random cases',
  {
    skip:
      process.env.ZEEBE_HOME === undefined && 'no broker: ZEEBE_HOME is not set (see scenarios/README.md)',
  },
  inFolder(async (root) => {
    const { different, same } = await compare(root, seeds(1, 8));
    assert.deepEqual(different, []);
    assert.ok(same > 4);
  }),
);
