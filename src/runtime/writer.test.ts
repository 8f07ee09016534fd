import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { InternalError, UnavailableError } from './errors.ts';
import { ask, Harness, keyOf, until } from './harness.test-helper.ts';
import { activatedJobs } from './kinds/activate.ts';
import type { WriterModule } from './module.ts';
import type { Push } from './protocol.ts';
import { createParts, creation, TINY_INSTANCES } from './tiny-engine.test-helper.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.clean());

describe('the writer', () => {
  test('syncs once for all that is asked in one round of the event loop', async () => {
    const runtime = await harness.inline();
    const answers = await Promise.all(Array.from({ length: 200 }, () => runtime.execute(creation('a'))));
    assert.equal(new Set(answers.map(keyOf)).size, 200);
    assert.deepEqual(
      harness.commits.map(({ requests, records }) => ({ requests, records })),
      [{ requests: 200, records: 400 }],
    );
    assert.equal(runtime.position(), 400);
    assert.equal(runtime.metrics().commits, 1);
  });

  test('keeps the journal in step with what it answered, position by position', async () => {
    const runtime = await harness.inline();
    for (let round = 0; round < 3; round++) await runtime.execute(creation('a'));
    await harness.stop(runtime);
    const records = harness.inFolder(({ journal }) => journal.read(0));
    assert.deepEqual(
      records.map(({ position, record }) => `${position} ${record.valueType}`),
      [1, 3, 5].flatMap((at) => [`${at} PROCESS_INSTANCE`, `${at + 1} JOB`]),
    );
  });

  test('discards a command that makes the engine throw, and no other of its transaction', async () => {
    const runtime = await harness.inline();
    const [before, broken, after] = await Promise.allSettled([
      runtime.execute(creation('a')),
      runtime.execute(creation('a', { throws: 1 })),
      runtime.execute(creation('a')),
    ]);
    assert.equal(before?.status, 'fulfilled');
    assert.equal(after?.status, 'fulfilled');
    assert.ok(broken?.status === 'rejected' && broken.reason instanceof InternalError);
    assert.match(broken.reason.message, /the engine has a mistake/);
    assert.equal(harness.commits.length, 1);
    assert.ok(harness.log.some(({ error }) => error?.message === 'the engine has a mistake'));
    await harness.stop(runtime);
    assert.equal(
      harness.inFolder(({ state }) => [...state.scan(TINY_INSTANCES, 'all', [])].length),
      2,
    );
    assert.equal(
      harness.inFolder(({ journal }) => journal.newest()),
      4,
    );
  });

  test('undoes SQL, records and commands of a request that throws half-way', async () => {
    const runtime = await harness.inline({ writer: { ...createParts(), modules: [notes()] } });
    const results = await Promise.allSettled([
      runtime.request('note', { text: 'kept', fails: false }),
      runtime.request('note', { text: 'undone', fails: true }),
      runtime.request('note', { text: 'kept too', fails: false }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await runtime.request('notes', null), ['kept', 'kept too']);
    assert.equal(runtime.position(), 6);
  });

  test('isolates a request that breaks its whole transaction when it is written', async () => {
    const runtime = await harness.inline({ writer: { ...createParts(), modules: [notes()] } });
    const [good, bad, other] = await Promise.allSettled([
      runtime.execute(creation('a')),
      runtime.request('unwritable', null),
      runtime.execute(creation('a')),
    ]);
    assert.equal(good?.status, 'fulfilled');
    assert.ok(bad?.status === 'rejected' && bad.reason instanceof InternalError);
    assert.equal(other?.status, 'fulfilled');
    assert.equal(runtime.ready().ok, true);
  });

  test('runs commands that a hook lets follow, and keeps for later what does not fit', async () => {
    const parts = createParts();
    const chain: WriterModule = {
      name: 'chain',
      onRecords: (records, tx) => {
        for (const { valueType, intent, value } of records)
          if (valueType === 'JOB' && intent === 'CREATED' && (value as { type: string }).type === 'chain') {
            const left = Number((value as { variables: ReadonlyMap<string, string> }).variables.get('left'));
            if (left > 0) tx.follow(creation('chain', { left: left - 1 }));
          }
      },
    };
    const runtime = await harness.inline({ writer: { ...parts, modules: [chain] }, limits: { follows: 3 } });
    await runtime.execute(creation('chain', { left: 10 }));
    await until(() => runtime.position() === 22);
    assert.ok(harness.commits.length > 2, 'the chain took several transactions');
    assert.ok(harness.commits.every(({ records }) => records <= 8));
  });

  test('tells a caller that no module knows its kind of request', async () => {
    const runtime = await harness.inline();
    await assert.rejects(runtime.request('strange', {}), { code: 'UNKNOWN_REQUEST' });
  });

  test('answers everything under way before it closes, and refuses what comes after', async () => {
    const runtime = await harness.inline();
    const asked = runtime.execute(creation('a'));
    const polling = runtime.activateJobs(ask('none'), 60_000);
    const closed = harness.stop(runtime);
    await assert.rejects(runtime.execute(creation('a')), UnavailableError);
    assert.equal((await asked).kind, 'accepted');
    assert.deepEqual(activatedJobs(await polling), []);
    await closed;
    assert.equal(runtime.ready().ok, false);
  });
});

describe('after a restart', () => {
  test('the writer goes on with state, positions and left-over follow-ups', async () => {
    const first = await harness.inline({ limits: { resumeTurns: 1 } });
    await first.execute(creation('a', { steps: 50 }));
    await harness.stop(first);
    const halfway = harness.inFolder(({ journal }) => journal.newest() ?? 0);
    assert.ok(halfway < 52, 'the follow-ups were not all run before the stop');
    const second = await harness.inline();
    await until(() => second.position() === 52);
    const jobs = activatedJobs(await second.activateJobs(ask('a'), 0));
    assert.equal(jobs.length, 1);
  });

  test('a timer fires that became due while nothing ran', async () => {
    let time = 1_000_000;
    const systemTime = (): number => time;
    const first = await harness.inline({ systemTime });
    await first.execute(creation('a', { due: 1_005_000 }));
    await harness.stop(first);
    time = 1_010_000;
    const second = await harness.inline({ systemTime });
    await until(() => second.position() === 3);
  });

  test('time does not go back although the clock of the system did', async () => {
    let time = 5_000_000;
    const systemTime = (): number => time;
    const first = await harness.inline({ systemTime });
    await first.execute(creation('a'));
    await harness.stop(first);
    time = 1_000_000;
    const second = await harness.inline({ systemTime });
    await second.execute(creation('a'));
    assert.equal(second.clock().now, 5_000_000);
  });
});

describe('a failing disk', () => {
  test('answers all callers 503 with the reason, and goes on when the disk takes writes again', async () => {
    let full = false;
    const runtime = await harness.inline({
      limits: { probeMs: 1, maxProbeMs: 2 },
      faults: () => {
        if (full) throw new Error('database or disk is full');
      },
    });
    await runtime.execute(creation('a'));
    full = true;
    const results = await Promise.allSettled([
      runtime.execute(creation('a')),
      runtime.execute(creation('a')),
    ]);
    for (const result of results) {
      assert.ok(result.status === 'rejected' && result.reason instanceof UnavailableError);
      assert.match(result.reason.reason, /database or disk is full/);
    }
    assert.deepEqual(runtime.ready().ok, false);
    assert.match(runtime.ready().reason ?? '', /disk is full/);
    await assert.rejects(runtime.execute(creation('a')), UnavailableError);
    full = false;
    await until(() => runtime.ready().ok);
    await runtime.execute(creation('a'));
    assert.equal(activatedJobs(await runtime.activateJobs(ask('a'), 0)).length, 2);
    assert.equal(runtime.position(), 5);
  });

  test('that cannot sync what it took in answers nothing as done, and holds back what is to be sent', async () => {
    let broken = false;
    const pushes: Push[] = [];
    const pusher: WriterModule = {
      name: 'pusher',
      handlers: [
        {
          kind: 'push',
          handle: (text: string, tx) => {
            tx.push('news', text);
            tx.db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('pushed', ?)", text);
            return 'done';
          },
        },
      ],
    };
    const runtime = await harness.inline({
      writer: { ...createParts(), modules: [pusher] },
      limits: { probeMs: 1, maxProbeMs: 2 },
      syncFaults: () => {
        if (broken) throw new Error('input/output error');
      },
      onPush: (push) => pushes.push(push),
    });
    await runtime.request('push', 'one');
    assert.deepEqual(pushes, [{ topic: 'news', body: 'one' }]);
    broken = true;
    await assert.rejects(runtime.request('push', 'two'), (error: Error) => {
      assert.ok(error instanceof UnavailableError);
      assert.match(error.reason, /input\/output error/);
      return true;
    });
    assert.equal(pushes.length, 1);
    broken = false;
    await until(() => runtime.ready().ok);
    assert.equal(await runtime.request('push', 'three'), 'done');
    assert.deepEqual(
      pushes.map(({ body }) => body),
      ['one', 'two', 'three'],
    );
  });

  test('that is really full refuses the batch whole, and what was answered before is still there', async () => {
    const limiter: WriterModule = {
      name: 'limiter',
      handlers: [
        {
          kind: 'limit',
          handle: (pages: number, tx) => {
            const used = tx.db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
            tx.db.exec(`PRAGMA max_page_count = ${used + pages}`);
            return null;
          },
        },
      ],
    };
    const runtime = await harness.inline({
      writer: { ...createParts(), modules: [limiter] },
      limits: { probeMs: 1, maxProbeMs: 5 },
    });
    await runtime.execute(creation('a'));
    await runtime.request('limit', 4);
    const answered = [1];
    let failed: unknown;
    while (failed === undefined) {
      const batch = Array.from({ length: 50 }, () => runtime.execute(creation('a')));
      const results = await Promise.allSettled(batch);
      const rejected = results.filter((result) => result.status === 'rejected');
      if (rejected.length === 0) answered.push(50);
      else {
        assert.equal(rejected.length, 50, 'a batch is refused whole');
        failed = rejected[0]?.reason;
      }
    }
    assert.ok(failed instanceof UnavailableError);
    assert.match(failed.reason, /full/);
    assert.equal(runtime.ready().ok, false);
    await harness.stop(runtime);
    const kept = harness.inFolder(({ state }) => [...state.scan(TINY_INSTANCES, 'all', [])].length);
    assert.equal(
      kept,
      answered.reduce((sum, count) => sum + count, 0),
    );
  });
});

/** A module with a table of its own. */
function notes(): WriterModule {
  return {
    name: 'notes',
    migrations: {
      module: 'notes',
      migrations: [
        { number: 1, name: 'notes', sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)' },
      ],
    },
    handlers: [
      {
        kind: 'note',
        handle: ({ text, fails }: { text: string; fails: boolean }, tx) => {
          tx.db.run('INSERT INTO note (text) VALUES (?)', text);
          tx.execute(creation('a'));
          tx.append({
            recordType: 'EVENT',
            valueType: 'NOTE',
            intent: 'TAKEN',
            key: -1,
            timestamp: tx.now,
            value: {},
          });
          if (fails) throw new Error('half-way');
          return null;
        },
      },
      {
        kind: 'notes',
        handle: (_: null, tx) =>
          tx.db.all<{ text: string }>('SELECT text FROM note ORDER BY id').map(({ text }) => text),
      },
      {
        kind: 'unwritable',
        handle: (_: null, tx) => {
          tx.append({
            recordType: 'EVENT',
            valueType: 'NOTE',
            intent: 'TAKEN',
            key: -1,
            timestamp: tx.now,
            value: { size: 1n },
          });
          return null;
        },
      },
    ],
  };
}
