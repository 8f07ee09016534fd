import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DataFolder } from '../store/folder.ts';
import type { JournalRecord } from '../store/journal.ts';
import { HistoryClient } from './client.ts';
import { ReadModelLagError } from './readmodel.ts';

/** A data folder whose journal the test writes, and how to follow it. */
function world(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'tutti-history-'));
  const folder = DataFolder.open(path);
  let position = 0;
  const clients: HistoryClient[] = [];
  t.after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    folder.close();
    rmSync(path, { recursive: true, force: true });
  });
  return {
    file: join(path, 'history.db'),
    /** Starts an instance, in one transaction. */
    begin(...keys: number[]): void {
      folder.db.exec('BEGIN');
      folder.journal.append(position + 1, keys.map(started), 1000);
      folder.db.exec('COMMIT');
      position += keys.length;
    },
    async follow(options: { patienceMs?: number; ahead?: number } = {}): Promise<HistoryClient> {
      const { ahead = 0, ...rest } = options;
      const client = await HistoryClient.start({
        folder: path,
        file: join(path, 'history.db'),
        journalPosition: () => position + ahead,
        ...rest,
      });
      clients.push(client);
      return client;
    },
  };
}

const started = (key: number): JournalRecord & { recordVersion: number } => ({
  recordType: 'EVENT',
  recordVersion: 1,
  valueType: 'PROCESS_INSTANCE',
  intent: 'ELEMENT_ACTIVATING',
  key,
  timestamp: 1000,
  value: {
    bpmnElementType: 'PROCESS',
    bpmnEventType: 'UNSPECIFIED',
    elementId: 'p',
    bpmnProcessId: 'p',
    version: 1,
    processDefinitionKey: 5,
    processInstanceKey: key,
    flowScopeKey: -1,
    parentProcessInstanceKey: -1,
    parentElementInstanceKey: -1,
  },
});

describe('The read model in its own thread', () => {
  it('answers with what was written just before the query', async (t) => {
    const { begin, follow } = world(t);
    const client = await follow();
    for (let key = 1; key <= 20; key++) {
      begin(key);
      assert.equal((await client.query('find', 'processInstances', key))?.['state'], 'ACTIVE');
    }
    assert.equal(client.position(), 20);
  });

  it('tells what has changed', async (t) => {
    const { begin, follow } = world(t);
    const client = await follow();
    const told = new Promise<readonly number[]>((resolve) => {
      client.onChange(({ instances }) => resolve(instances));
    });
    begin(7, 8);
    client.notify(2);
    assert.deepEqual(await told, [7, 8]);
  });

  it('goes on after it was stopped, and is built again after its file was deleted', async (t) => {
    const { begin, follow, file } = world(t);
    begin(1, 2);
    const first = await follow();
    await first.query('find', 'processInstances', 2);
    await first.close();
    begin(3);
    const second = await follow();
    assert.equal(second.position(), 2);
    assert.equal((await second.query('find', 'processInstances', 3))?.['state'], 'ACTIVE');
    await second.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    const third = await follow();
    assert.equal((await third.query('find', 'processInstances', 1))?.['state'], 'ACTIVE');
  });

  it('refuses a query with the lag when the projection does not get there in time', async (t) => {
    const { begin, follow } = world(t);
    begin(1);
    const client = await follow({ patienceMs: 30, ahead: 4 });
    await assert.rejects(
      client.query('find', 'processInstances', 1),
      (error) => error instanceof ReadModelLagError && /4 records behind/.test(error.message),
    );
  });

  it('refuses queries after it was closed', async (t) => {
    const { follow } = world(t);
    const client = await follow();
    await client.close();
    await assert.rejects(client.query('definitionOverviews'), /has stopped/);
  });
});
