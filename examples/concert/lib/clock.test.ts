import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { createClock } from './clock.ts';

describe('a clock', () => {
  it('rings an alarm when it is moved to its date, not before, and once', async () => {
    const clock = createClock();
    await clock.moveTo(1_000);
    const rung: number[] = [];
    const alarm = clock.alarm(() => void rung.push(clock.now()));
    alarm.set(2_000);
    await clock.moveTo(1_999);
    assert.deepEqual(rung, []);
    await clock.moveTo(2_500);
    await clock.moveTo(3_000);
    assert.deepEqual(rung, [2_500]);
    clock.close();
  });

  it('answers moveTo only after all that became due has finished, also alarms set by alarms', async () => {
    const clock = createClock();
    await clock.moveTo(0);
    const done: string[] = [];
    const second = clock.alarm(() => void done.push('second'));
    const first = clock.alarm(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push('first');
      second.set(20);
    });
    first.set(10);
    await clock.moveTo(30);
    assert.deepEqual(done, ['first', 'second']);
    clock.close();
  });

  it('hands errors of an alarm to its owner and goes on', async () => {
    const clock = createClock();
    await clock.moveTo(0);
    const errors: unknown[] = [];
    const alarm = clock.alarm(
      () => {
        throw new Error('oh');
      },
      (error) => errors.push(error),
    );
    alarm.set(1);
    await clock.moveTo(2);
    assert.equal(errors.length, 1);
    alarm.close();
    alarm.set(3);
    await clock.moveTo(4);
    assert.equal(errors.length, 1, 'a closed alarm does not ring');
  });

  it('sleeps through dates that setTimeout cannot hold', () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
    try {
      const clock = createClock();
      let rung = 0;
      const days = 40 * 86_400_000;
      clock
        .alarm(() => {
          rung += 1;
        })
        .set(days);
      for (let passed = 0; passed < days - 30_000; passed += 30_000) mock.timers.tick(30_000);
      assert.equal(rung, 0);
      mock.timers.tick(30_000);
      assert.equal(rung, 1);
      clock.close();
    } finally {
      mock.timers.reset();
    }
  });

  it('follows the system again after a reset', async () => {
    let system = 5_000;
    const clock = createClock(() => system);
    await clock.moveTo(1);
    assert.equal(clock.now(), 1);
    let rung = 0;
    clock
      .alarm(() => {
        rung += 1;
      })
      .set(4_000);
    await clock.reset();
    assert.equal(clock.now(), 5_000);
    assert.equal(rung, 1);
    system = 6_000;
    assert.equal(clock.now(), 6_000);
    clock.close();
  });
});
