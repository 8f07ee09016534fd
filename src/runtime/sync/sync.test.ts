import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { DiskFailedError } from '../../store/errors.ts';
import { RuntimeClient } from '../client.ts';
import { UnavailableError } from '../errors.ts';
import { Harness, keyOf, until } from '../harness.test-helper.ts';
import { WriterHost } from '../host.ts';
import { openWriter } from '../open-writer.ts';
import type { FromWriter } from '../protocol.ts';
import { createParts, creation, TINY_INSTANCES } from '../tiny-engine.test-helper.ts';
import { InOrder } from './in-order.ts';
import type { Numbered } from './protocol.ts';
import { SyncThread } from './sync-thread.ts';
import { Teller } from './teller.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tutti-sync-'));
after(() => rmSync(scratch, { recursive: true }));

const good = join(scratch, 'good');
writeFileSync(good, 'committed');
/** What is written there cannot be synced. */
const bad = join(scratch, 'bad');
symlinkSync('/dev/null', bad);

const closed = (number: number): Numbered => ({ number, message: { type: 'closed' } });

/** A thread that syncs `file`, what it told, and what it gave back. */
function syncing(file: string) {
  const { port1, port2 } = new MessageChannel();
  const told: Numbered[] = [];
  const lost: { messages: readonly Numbered[]; error: Error }[] = [];
  port1.on('message', (message: Numbered) => told.push(message));
  port1.unref();
  const thread = new SyncThread(file, port2, (messages, error) => lost.push({ messages, error }));
  return { thread, told, lost };
}

describe('what comes over two ports', () => {
  test('is handed on in the order of its numbers, each once, and what has none at once', () => {
    const taken: FromWriter[] = [];
    const order = new InOrder((message) => taken.push(message));
    const said = (number: number): Numbered => ({
      number,
      message: { type: 'log', entry: { level: 'info', message: String(number) } },
    });
    for (const number of [2, 4, 1, 1, 0, 2, 3]) order.add(said(number));
    assert.deepEqual(
      taken.map((message) => message.type === 'log' && message.entry.message),
      ['1', '2', '0', '3', '4'],
    );
  });
});

describe('the thread that syncs', { timeout: 30_000 }, () => {
  test('tells in order what it was given, and is busy until then', async () => {
    const { thread, told, lost } = syncing(good);
    await until(() => thread.ready());
    assert.equal(thread.busy(), false);
    for (const number of [1, 2, 3]) thread.give(closed(number));
    await until(() => !thread.busy());
    thread.give(closed(4));
    await thread.close();
    await until(() => told.length === 4);
    assert.deepEqual(
      told.map(({ number }) => number),
      [1, 2, 3, 4],
    );
    assert.deepEqual(lost, []);
  });

  test('gives back all that it could not sync, and takes no more', async () => {
    const { thread, told, lost } = syncing(bad);
    await until(() => thread.ready());
    for (const number of [1, 2]) thread.give(closed(number));
    await until(() => lost.length > 0);
    assert.deepEqual(
      lost.map(({ messages }) => messages.map(({ number }) => number)),
      [[1, 2]],
    );
    assert.ok(lost[0]?.error instanceof DiskFailedError);
    assert.equal(thread.busy(), false);
    assert.equal(thread.ready(), false);
    await thread.close();
    assert.deepEqual(told, []);
  });

  test('is not ready where there is nothing to sync, and closes all the same', async () => {
    const { thread } = syncing(join(scratch, 'missing'));
    assert.equal(thread.ready(), false);
    await thread.close();
    assert.equal(thread.ready(), false);
  });
});

describe('a writer that syncs behind its back', { timeout: 60_000 }, () => {
  let harness: Harness;
  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(() => harness.clean());

  /** The writer of `worker.ts` on the test's thread; `file` is what its thread syncs. */
  async function start(file?: string) {
    const { core, folder } = openWriter(
      { data: harness.data, limits: { batchRequests: 1, probeMs: 300, maxProbeMs: 300 } },
      createParts(),
      { log: () => undefined, monotonic: () => performance.now(), systemTime: Date.now, syncLater: true },
    );
    const counts = { here: 0, behind: 0 };
    const { port1, port2 } = new MessageChannel();
    const ended = Promise.withResolvers<void>();
    const told = new InOrder((message) => client.receive(message));
    port1.on('message', (numbered: Numbered) => told.add(numbered));
    const thread = new SyncThread(file ?? folder.db.walPath, port2, (messages, error) => {
      teller.lost(messages, error);
      host.wake();
    });
    const teller = new Teller({
      behindMs: 0,
      say: (numbered) => told.add(numbered),
      thread: {
        ready: () => thread.ready(),
        busy: () => thread.busy(),
        give: (message) => {
          counts.behind += 1;
          thread.give(message);
        },
      },
      sync: () => {
        counts.here += 1;
        folder.db.syncHere();
      },
      waiting: () => core.queued,
      notSynced: (outcome, error) => core.notSynced(outcome, error),
    });
    const host = new WriterHost(
      core,
      (message) => teller.tell(message),
      () => {
        void thread.close().then(() => {
          folder.close();
          port1.close();
          ended.resolve();
        });
      },
    );
    const client = new RuntimeClient(
      { send: (message) => host.receive(message), ended: () => ended.promise },
      core.status(),
      {},
    );
    harness.keep(client);
    await until(() => thread.ready());
    return { client, counts };
  }

  /** Two transactions: when the first is done, the second one waits. */
  const two = (client: RuntimeClient) =>
    Promise.allSettled([client.execute(creation('a')), client.execute(creation('a'))]);

  test('answers what its thread has synced, and syncs itself what nothing waits behind', async () => {
    const { client, counts } = await start();
    await client.execute(creation('a'));
    assert.deepEqual(counts, { here: 1, behind: 0 });
    const results = await two(client);
    assert.ok(counts.behind > 0);
    await harness.stop(client);
    const kept = harness.inFolder(({ state }) =>
      Array.from(state.scan(TINY_INSTANCES, 'all', []), ({ key }) => key),
    );
    for (const result of results)
      assert.ok(result.status === 'fulfilled' && kept.includes(keyOf(result.value)));
  });

  test('answers nothing as done that its thread could not sync, refuses all until the disk was written to, then goes on', async () => {
    const { client, counts } = await start(bad);
    for (const result of await two(client))
      assert.ok(result.status === 'rejected' && result.reason instanceof UnavailableError);
    const { behind } = counts;
    assert.ok(behind > 0);
    assert.equal(client.ready().ok, false);
    await until(() => client.ready().ok);
    for (const result of await two(client)) assert.equal(result.status, 'fulfilled');
    assert.equal(counts.behind, behind, 'the thread that failed is not asked again');
  });
});
