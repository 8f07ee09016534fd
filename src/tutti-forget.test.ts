import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Item, Site } from './site.test-helper.ts';
import { startTutti } from './tutti.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OF_INSTANCES = [
  'process-instances',
  'element-instances',
  'variables',
  'jobs',
  'incidents',
  'message-subscriptions',
  'correlated-message-subscriptions',
  'user-tasks',
  'decision-instances',
] as const;

async function open(
  t: { after(clean: () => unknown): void },
  options: object,
): Promise<{ site: Site; data: string }> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-forget-'));
  const tutti = await startTutti({
    data,
    http: 0,
    grpc: 0,
    clock: 'controllable',
    retentionPauseMs: 20,
    ...options,
  });
  t.after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });
  return { site: new Site(tutti), data };
}

/** Pages of a file of the data folder. */
function pages(data: string, file: string): number {
  const database = new DatabaseSync(join(data, file), { readOnly: true });
  try {
    return Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  } finally {
    database.close();
  }
}

test('all that an ended instance left goes when it is old, and all of one that runs stays', {
  timeout: 60_000,
}, async (t) => {
  const { site, data } = await open(t, { retentionAge: 7 * DAY });
  await site.deploy();
  const ended = await site.toEnd('one');
  const running = await site.toUserTask('two');
  const kept = new Map<string, number>();
  for (const what of OF_INSTANCES) {
    const of = async (processInstanceKey: string) => (await site.items(what, { processInstanceKey })).length;
    assert.ok((await of(ended)) > 0, `${what} of the one that ended`);
    kept.set(what, await of(running));
  }
  await site.json('POST', '/v2/decision-definitions/evaluation', {
    decisionDefinitionId: 'rate',
    variables: {},
  });
  const batch = await site.json<{ batchOperationKey: string }>('POST', '/v2/process-instances/cancellation', {
    filter: { processDefinitionId: 'nobody' },
  });
  const list = async () => (await site.json<{ items: readonly Item[] }>('GET', '/api/events')).items;
  assert.equal((await list()).length, 2);
  // Enough for whole pages to be free.
  const filling = 'x'.repeat(20_000);
  for (let count = 0; count < 600; count += 50)
    await Promise.all(Array.from({ length: 50 }, () => site.create('short', { filling })));
  await site.items('process-instances');
  const before = pages(data, 'history.db');
  await site.pass(8 * DAY);

  await site.until(async () => (await site.items('process-instances')).length === 1);
  await site.until(async () => (await site.items('batch-operations')).length === 0);
  for (const what of OF_INSTANCES) {
    const left = await site.items(what);
    assert.equal(left.length, kept.get(what), what);
    for (const { processInstanceKey } of left) assert.equal(processInstanceKey, running, what);
  }
  assert.equal((await site.call('GET', `/v2/process-instances/${ended}`)).status, 404);
  assert.equal((await site.call('GET', `/v2/batch-operations/${batch.batchOperationKey}`)).status, 404);
  // The youngest event stays: its number must not be given again.
  await site.until(async () => (await list()).length === 1);
  await site.until(async () => (await site.call('GET', '/api/records')).status === 410);
  await site.until(async () => pages(data, 'history.db') < before / 2);

  const [found] = await site.items('user-tasks', { state: 'CREATED' });
  await site.json('POST', `/v2/user-tasks/${found?.['userTaskKey']}/completion`, {});
  const { state } = await site.json<{ state: string }>('GET', `/v2/process-instances/${running}`);
  assert.equal(state, 'COMPLETED');
});

test('what ended first goes when the read model is larger than it may be, though not what ended just now', {
  timeout: 60_000,
}, async (t) => {
  const { site } = await open(t, { retentionAge: 7 * DAY, retentionSize: 4 * 1024 * 1024 });
  await site.deploy();
  const filling = 'x'.repeat(20_000);
  const fill = async (): Promise<void> => {
    for (let count = 0; count < 300; count += 50)
      await Promise.all(Array.from({ length: 50 }, () => site.create('short', { filling })));
  };
  const running = await site.toUserTask('two');
  const first = await site.toEnd('one');
  await fill();
  await site.pass(2 * HOUR);
  await site.until(async () => (await site.call('GET', `/v2/process-instances/${first}`)).status === 404);
  const { page } = await site.json<{ page: { totalItems: number } }>('POST', '/v2/process-instances/search', {
    filter: { state: 'COMPLETED' },
  });
  assert.ok(page.totalItems > 50 && page.totalItems < 250, `${page.totalItems} of 300 are left`);
  const last = await site.toEnd('three');
  await fill();
  await site.json('GET', `/v2/process-instances/${last}`);
  await site.json('GET', `/v2/process-instances/${last}`);
  assert.equal(
    (await site.items('process-instances', { processInstanceKey: running, state: 'ACTIVE' })).length,
    1,
  );
});
