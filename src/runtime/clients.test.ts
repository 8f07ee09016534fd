import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { JOBS } from '../engine/state/tables.ts';
import {
  ClockBackwardsError,
  ClockNotControllableError,
  InternalError,
  OverloadedError,
  UnavailableError,
} from './errors.ts';
import { ask, Harness, keyOf, until } from './harness.test-helper.ts';
import { activatedJobs } from './kinds/activate.ts';
import { startRuntime } from './thread.ts';
import { awaitedCreation, creation } from './tiny-engine.test-helper.ts';

const TINY = new URL('./tiny-engine.test-helper.ts', import.meta.url).href;
const NO_FUTURE = 4_000_000_000_000;

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.clean());

describe('overload', () => {
  test('refuses new instances first and says when to try again; completions go through', async () => {
    const runtime = await harness.inline({ queueLimit: 5, retryAfterMs: 250 });
    await runtime.execute(creation('a'));
    const [job] = activatedJobs(await runtime.activateJobs(ask('a'), 0));
    const accepted = Array.from({ length: 5 }, () => runtime.execute(creation('a')));
    await assert.rejects(runtime.execute(creation('a')), (error: unknown) => {
      assert.ok(error instanceof OverloadedError);
      assert.equal(error.retryAfterMs, 250);
      return true;
    });
    const key = job?.key ?? -1;
    const done = await runtime.execute({
      valueType: 'JOB',
      intent: 'COMPLETE',
      key,
      value: { variables: new Map() },
    });
    assert.equal(done.kind, 'accepted');
    await Promise.all(accepted);
    assert.equal(runtime.metrics().refused, 1);
    await runtime.execute(creation('a'));
  });

  test('does not count those who only wait', async () => {
    const runtime = await harness.inline({ queueLimit: 2 });
    const polls = ['x', 'y', 'z'].map((type) => runtime.activateJobs(ask(type), 60_000));
    await until(() => runtime.metrics().waiting === 3);
    assert.equal((await runtime.execute(creation('a'))).kind, 'accepted');
    await harness.stop(runtime);
    await Promise.all(polls);
  });
});

describe('many clients', () => {
  const STEPS = 20;
  /** Each asks again when it is answered, some rounds of the event loop later than others; how many commits that took. */
  async function commitsOf(clients: number): Promise<number> {
    const runtime = await harness.inline();
    const before = harness.commits.length;
    const client = async (number: number): Promise<void> => {
      for (let step = 0; step < STEPS; step++) {
        for (let rounds = (number % 5) * 8; rounds > 0; rounds--)
          await new Promise((resolve) => setImmediate(resolve));
        await runtime.execute(creation('a'));
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
    return harness.commits.length - before;
  }

  test('share commits though they do not ask at the same moment', async () => {
    const commits = await commitsOf(30);
    assert.ok(commits < STEPS * 2.5, `${commits} commits`);
  });

  test('that are few do not wait for each other', async () => {
    const commits = await commitsOf(5);
    assert.ok(commits > STEPS * 1.5, `${commits} commits`);
  });

  test('do not hold up one that comes after them', async () => {
    const runtime = await harness.inline();
    await Promise.all(Array.from({ length: 30 }, () => runtime.execute(creation('a'))));
    assert.equal((await runtime.execute(creation('a'))).kind, 'accepted');
  });
});

describe('a controllable clock', () => {
  test('fires all that is due before it answers, also what is due in large numbers', async () => {
    const runtime = await harness.inline({ clock: 'controllable' });
    await Promise.all(
      Array.from({ length: 250 }, (_, at) => runtime.execute(creation('a', { due: NO_FUTURE + at }))),
    );
    assert.equal(runtime.position(), 500);
    await runtime.setClock(NO_FUTURE + 9);
    assert.equal(runtime.position(), 510);
    assert.deepEqual(runtime.clock(), { now: NO_FUTURE + 9, pinned: true });
    await runtime.setClock(NO_FUTURE + 1000);
    assert.equal(runtime.position(), 750);
    assert.ok(harness.commits.slice(-3).every(({ records }) => records <= 100));
  });

  test('never goes back, not even by a reset, and says so', async () => {
    const runtime = await harness.inline({ clock: 'controllable', systemTime: () => 1_000 });
    await runtime.setClock(5_000);
    await assert.rejects(runtime.setClock(4_999), ClockBackwardsError);
    await runtime.resetClock();
    assert.deepEqual(runtime.clock(), { now: 5_000, pinned: false });
  });

  test('is refused unless it was asked for at the start', async () => {
    const runtime = await harness.inline();
    await assert.rejects(runtime.setClock(NO_FUTURE), ClockNotControllableError);
  });

  test('stays where it was when the disk fails to write the move', async () => {
    let full = false;
    const runtime = await harness.inline({
      clock: 'controllable',
      systemTime: () => 1_000,
      faults: () => {
        if (full) throw new Error('full');
      },
    });
    full = true;
    await assert.rejects(runtime.setClock(5_000), UnavailableError);
    full = false;
    assert.equal(runtime.clock().pinned, false);
  });

  test('a timer that makes the engine throw holds up no other timer', async () => {
    const runtime = await harness.inline({ clock: 'controllable' });
    await runtime.execute(creation('a', { due: NO_FUTURE, timerThrows: 1 }));
    await runtime.execute(creation('a', { due: NO_FUTURE + 1 }));
    await runtime.setClock(NO_FUTURE + 2);
    assert.equal(runtime.position(), 5);
    assert.ok(harness.log.some(({ error }) => error?.message === 'a timer that throws'));
  });
});

describe('waiting clients', () => {
  test('get a job in the transaction that creates it, first come first served', async () => {
    const runtime = await harness.inline();
    const order: string[] = [];
    const polls = ['first', 'second'].map(async (name) => {
      const answer = await runtime.activateJobs(ask('a', 1), 60_000);
      order.push(name);
      return activatedJobs(answer).length;
    });
    await until(() => runtime.metrics().waiting === 2);
    await runtime.execute(creation('a'));
    await until(() => order.length === 1);
    assert.deepEqual(order, ['first']);
    assert.equal(harness.commits.length, 1);
    await runtime.execute(creation('a'));
    assert.deepEqual(await Promise.all(polls), [1, 1]);
  });

  test('get an empty batch when their patience ends, at once if they have none', async () => {
    const runtime = await harness.inline();
    assert.deepEqual(activatedJobs(await runtime.activateJobs(ask('a'), 0)), []);
    assert.deepEqual(activatedJobs(await runtime.activateJobs(ask('a'), 1)), []);
    assert.equal(runtime.metrics().waiting, 0);
    assert.equal(runtime.position(), 0);
  });

  test('that left before there was a job take none with them', async () => {
    const runtime = await harness.inline();
    const leaving = new AbortController();
    const poll = runtime.activateJobs(ask('a'), 60_000, leaving.signal);
    await until(() => runtime.metrics().waiting === 1);
    leaving.abort();
    assert.deepEqual(activatedJobs(await poll), []);
    await runtime.execute(creation('a'));
    assert.equal(activatedJobs(await runtime.activateJobs(ask('a'), 0)).length, 1);
  });

  test('that leave while a job is on its way give it back, and the next in line has it', async () => {
    const runtime = await harness.inline();
    const leaving = new AbortController();
    const poll = runtime.activateJobs(ask('a'), 60_000, leaving.signal);
    await until(() => runtime.metrics().waiting === 1);
    const created = runtime.execute(creation('a'));
    const next = runtime.activateJobs(ask('a'), 60_000);
    // The creation is on its way to the writer and will be handed to the poll that has just been given up.
    const handed = poll.then((answer) => activatedJobs(answer));
    setImmediate(() => leaving.abort());
    await created;
    assert.deepEqual(await handed, []);
    const [job] = activatedJobs(await next);
    assert.equal(job?.value.retries, 3);
  });

  test('an answer that could not be written is returned, unless the job went to another worker since', async () => {
    const runtime = await harness.inline({ clock: 'controllable', systemTime: () => 1_000 });
    await runtime.execute(creation('a'));
    const lost = await runtime.activateJobs(ask('a'), 0);
    await runtime.returnJobs(lost);
    await runtime.setClock(2_000);
    const again = await runtime.activateJobs(ask('a'), 0);
    assert.equal(activatedJobs(again).length, 1);
    await runtime.returnJobs(lost);
    assert.equal(activatedJobs(await runtime.activateJobs(ask('a'), 0)).length, 0);
  });

  test('for a result are answered by the end of their instance, or by undefined', async () => {
    const runtime = await harness.inline();
    const result = runtime.createWithResult(awaitedCreation('a'), 60_000);
    const [job] = activatedJobs(await runtime.activateJobs(ask('a'), 60_000));
    const variables = new Map([['seat', '"12A"']]);
    await runtime.execute({
      valueType: 'JOB',
      intent: 'COMPLETE',
      key: job?.key ?? -1,
      value: { variables },
    });
    const answer = await result;
    assert.equal(keyOf(answer), job?.value.processInstanceKey);
    assert.deepEqual(
      answer?.kind === 'accepted' && (answer.value as { variables: unknown }).variables,
      variables,
    );
    assert.equal(await runtime.createWithResult(awaitedCreation('b'), 1), undefined);
  });
});

describe('the writer on a thread of its own', () => {
  test('answers, hands out jobs, keeps time, and gives the folder back', async () => {
    const runtime = await startRuntime({ data: harness.data, parts: TINY, clock: 'controllable' });
    harness.keep(runtime);
    const poll = runtime.activateJobs(ask('a', 3), 60_000);
    const created = await Promise.all(
      [1, 2, 3].map(() => runtime.execute(creation('a', { due: NO_FUTURE }))),
    );
    assert.equal(new Set(created.map(keyOf)).size, 3);
    const [job] = activatedJobs(await poll);
    assert.ok(job?.value.variables instanceof Map, 'documents cross as maps');
    await runtime.setClock(NO_FUTURE);
    await assert.rejects(runtime.setClock(1), ClockBackwardsError);
    assert.ok(runtime.position() >= 10);
    await harness.stop(runtime);
    assert.equal(
      harness.inFolder(({ state }) => state.get(JOBS, job?.key ?? -1)?.value.type),
      'a',
    );
  });

  test('refuses a request that cannot cross to it, and no other', async () => {
    const runtime = harness.keep(await startRuntime({ data: harness.data, parts: TINY }));
    const [bad, good] = await Promise.allSettled([
      runtime.request('command', { value: () => undefined }),
      runtime.execute(creation('a')),
    ]);
    assert.ok(bad.status === 'rejected' && bad.reason instanceof InternalError);
    assert.equal(good.status, 'fulfilled');
  });

  test('prunes the journal in small steps', async () => {
    const runtime = harness.keep(await startRuntime({ data: harness.data, parts: TINY }));
    for (let round = 0; round < 5; round++) await runtime.execute(creation('a'));
    assert.equal(await runtime.pruneJournal(6, 2), 2);
    assert.equal(await runtime.pruneJournal(6, 2), 1);
    assert.equal(await runtime.pruneJournal(6, 2), 0);
    await harness.stop(runtime);
    assert.equal(
      harness.inFolder(({ journal }) => journal.oldest()),
      7,
    );
    assert.equal(
      harness.inFolder(({ journal }) => journal.newest()),
      10,
    );
  });

  test('says who holds the folder when it cannot have it', async () => {
    await harness.inline();
    await assert.rejects(startRuntime({ data: harness.data, parts: TINY }), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.equal(error.name, 'FolderLockedError');
      assert.ok(
        error.message.includes(harness.data) && error.message.includes(`process ${process.pid}`),
        error.message,
      );
      return true;
    });
  });

  test('tells why it could not be loaded', async () => {
    await assert.rejects(
      startRuntime({ data: harness.data, parts: 'file:///nowhere/parts.ts' }),
      /Cannot find module/,
    );
  });
});
