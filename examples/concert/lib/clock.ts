/**
 * Time for the services: the system's clock, or one that a test moves.
 *
 * Invariants
 * C1. All business dates (turns, holds, payments) are read from and awaited on one `Clock`.
 * C2. An alarm rings once per `set`, never before its date, and never twice at the same time.
 * C3. `moveTo` answers only after every alarm that became due has finished.
 */

/** Longest single sleep: `setTimeout` beyond 24.8 days fires at once, and a suspended machine wakes late. */
const longestSleep = 30_000;

/** One settable date. Owned by whoever asked the clock for it. */
export interface Alarm {
  /** Rings at `time` (epoch milliseconds), replacing an earlier date; `undefined` switches it off. */
  set(time: number | undefined): void;
  /** Switches the alarm off for good. */
  close(): void;
}

/** Reads the time and wakes its users. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Makes an alarm that calls `ring` when its date is reached. Errors of `ring` go to `onError`. */
  alarm(ring: () => void | Promise<void>, onError?: (error: unknown) => void): Alarm;
  /** Switches all alarms off. */
  close(): void;
}

/** A clock that can be pinned to a date, as `PUT /clock` does. */
export interface ControllableClock extends Clock {
  /** Pins the clock at `time` (epoch milliseconds) and waits for the alarms that are due by then. */
  moveTo(time: number): Promise<void>;
  /** Follows the system's clock again. */
  reset(): Promise<void>;
}

class AlarmEntry implements Alarm {
  due: number | undefined;
  ringing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly owner: WallClock;
  private readonly ring: () => void | Promise<void>;
  private readonly onError: (error: unknown) => void;

  constructor(owner: WallClock, ring: () => void | Promise<void>, onError: (error: unknown) => void) {
    this.owner = owner;
    this.ring = ring;
    this.onError = onError;
  }

  set(time: number | undefined): void {
    if (this.closed || (time === this.due && this.timer !== undefined)) return;
    this.due = time;
    this.arm();
  }

  /** Sleeps until the date, or less: the date is checked again on waking. */
  arm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.due === undefined || this.ringing !== undefined) return;
    const left = this.owner.sleepUntil(this.due);
    if (left === undefined) return;
    this.timer = setTimeout(() => void this.check(), Math.max(0, Math.min(left, longestSleep)));
    this.timer.unref();
  }

  /** Rings if the date has come. */
  async check(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.ringing !== undefined) return this.ringing;
    if (this.due === undefined) return;
    if (this.owner.now() < this.due) {
      this.arm();
      return;
    }
    this.due = undefined;
    // Cleared in a later turn than it is set, even if `ring` throws at once.
    this.ringing = this.run().finally(() => {
      this.ringing = undefined;
    });
    await this.ringing;
    this.arm();
  }

  close(): void {
    this.closed = true;
    this.due = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.owner.forget(this);
  }

  private async run(): Promise<void> {
    try {
      await this.ring();
    } catch (error) {
      this.onError(error);
    }
  }
}

class WallClock implements ControllableClock {
  private pinned: number | undefined;
  private readonly alarms = new Set<AlarmEntry>();
  private readonly system: () => number;

  constructor(system: () => number) {
    this.system = system;
  }

  now(): number {
    return this.pinned ?? this.system();
  }

  /** Milliseconds to sleep, or undefined while the clock stands still before `due`. */
  sleepUntil(due: number): number | undefined {
    const left = due - this.now();
    return left > 0 && this.pinned !== undefined ? undefined : left;
  }

  alarm(ring: () => void | Promise<void>, onError: (error: unknown) => void = rethrow): Alarm {
    const entry = new AlarmEntry(this, ring, onError);
    this.alarms.add(entry);
    return entry;
  }

  forget(entry: AlarmEntry): void {
    this.alarms.delete(entry);
  }

  async moveTo(time: number): Promise<void> {
    this.pinned = time;
    await this.settle();
  }

  async reset(): Promise<void> {
    this.pinned = undefined;
    await this.settle();
  }

  close(): void {
    for (const entry of this.alarms) entry.close();
  }

  /** Rings what is due until nothing is: one alarm may set another, or itself again. */
  private async settle(): Promise<void> {
    for (;;) {
      const now = this.now();
      const due = [...this.alarms].filter(
        (entry) => entry.ringing !== undefined || (entry.due !== undefined && entry.due <= now),
      );
      if (due.length === 0) break;
      await Promise.all(due.map((entry) => entry.check()));
    }
    for (const entry of this.alarms) entry.arm();
  }
}

function rethrow(error: unknown): never {
  throw error;
}

/**
 * Follows the system's clock until it is moved.
 * @param system source of the time in epoch milliseconds; tests may give their own.
 */
export function createClock(system: () => number = Date.now): ControllableClock {
  return new WallClock(system);
}
