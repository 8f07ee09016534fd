import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackAll, openVictim } from '../support/grpc-attack.ts';

/** `FUZZ_SEED` and `FUZZ_ROUNDS` repeat and lengthen a run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 1000);

test('random messages to every rpc are answered, and nothing is lost', { timeout: 900_000 }, async (t) => {
  const victim = await openVictim(t);
  const problems = await attackAll(victim, SEED, ROUNDS, (statuses) =>
    t.diagnostic(`statuses: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`),
  );
  assert.deepEqual(problems, []);
});
