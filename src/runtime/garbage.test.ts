import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Harness } from './harness.test-helper.ts';
import { createParts, creation } from './tiny-engine.test-helper.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.clean());

/** Collects what is young only, as V8 does all the time; what has grown old stays until the whole heap is collected. */
async function collectYoung(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect({ type: 'minor' });
  }
}

test('a transaction that is over is collected while it is young', async () => {
  const transactions: WeakRef<object>[] = [];
  const parts = createParts();
  const modules = [
    ...parts.modules,
    { name: 'watch', beforeCommit: (tx: object) => void transactions.push(new WeakRef(tx)) },
  ];
  const runtime = await harness.inline({ writer: { ...parts, modules } });
  for (let times = 0; times < 100; times++) await runtime.execute(creation('a'));
  await collectYoung();
  const kept = transactions.filter((transaction) => transaction.deref() !== undefined);
  assert.ok(transactions.length >= 100);
  // V8 may have collected the whole heap meanwhile, and made old what was in use then.
  assert.ok(kept.length < 50, `${kept.length} of ${transactions.length} are kept`);
});
