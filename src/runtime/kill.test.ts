import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { DataFolder } from '../store/folder.ts';
import { TINY_INSTANCES } from './tiny-engine.test-helper.ts';

/** A child that creates instances without end and writes down each key only after it was answered. */
const CHILD = `
  import { startRuntime } from ${JSON.stringify(new URL('./thread.ts', import.meta.url).href)};
  import { creation } from ${JSON.stringify(new URL('./tiny-engine.test-helper.ts', import.meta.url).href)};
  import { writeSync } from 'node:fs';
  const parts = ${JSON.stringify(new URL('./tiny-engine.test-helper.ts', import.meta.url).href)};
  const [, data, syncBehindMs] = process.argv;
  const checkpoints = { pages: 20, everyCommits: 2 };
  const runtime = await startRuntime({ data, parts, checkpoints, syncBehindMs: Number(syncBehindMs) });
  for (;;) await Promise.all(Array.from({ length: 20 }, async () => {
    const answer = await runtime.execute(creation('a', { steps: 3 }));
    writeSync(1, answer.key + '\\n');
  }));
`;

// A fixed series of moments, counted in answers, so that a failure can be repeated. What is synced behind the writer needs
// a thread that has started.
for (const { how, syncBehindMs, moments } of [
  { how: '', syncBehindMs: Number.MAX_VALUE, moments: [1, 17, 40, 133] },
  { how: ' that syncs behind the writer', syncBehindMs: 0, moments: [1, 400, 700, 1001] },
])
  test(`killing the process${how} at any moment loses nothing that was answered, and the folder opens again`, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'tutti-kill-'));
    t.after(() => rmSync(data, { recursive: true }));
    const answered = new Set<number>();
    for (const answers of moments) {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', CHILD, data, String(syncBehindMs)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const exited = new Promise((resolve) => child.once('exit', resolve));
      let left = answers;
      for await (const line of createInterface({ input: child.stdout })) {
        answered.add(Number(line));
        left -= 1;
        if (left === 0) child.kill('SIGKILL');
      }
      await exited;
      const folder = DataFolder.open(data);
      try {
        const kept = new Set(Array.from(folder.state.scan(TINY_INSTANCES, 'all', []), ({ key }) => key));
        for (const key of answered) assert.ok(kept.has(key), `instance ${key} was answered and is gone`);
        const records = folder.journal.batches(0, Number.POSITIVE_INFINITY);
        let next = 1;
        for (const { first, records: batch } of records) {
          assert.equal(first, next, 'the journal has no gap');
          next = first + batch.length;
        }
        assert.equal(folder.journal.newest(), next - 1);
        const check = folder.db.get<{ integrity_check: string }>('PRAGMA integrity_check');
        assert.equal(check?.integrity_check, 'ok');
      } finally {
        folder.close();
      }
    }
    assert.ok(answered.size >= moments.reduce((sum, answers) => sum + answers));
  });
