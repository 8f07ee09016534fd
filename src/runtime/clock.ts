/** Tells the time of the journal. Everything that has to do with time asks this one clock. */
export interface WriterClockOptions {
  /** Epoch ms of the system. */
  readonly system: () => number;
  /** Whether {@link WriterClock.pin} is allowed. */
  readonly controllable: boolean;
}

export interface ClockMark {
  readonly pinned: number | undefined;
  readonly highWater: number;
}

/**
 * Invariant C1: `now` never goes back within a journal. After a restart, a reset, or a step back of the system's
 * clock it stands still until the system has caught up with the latest time that was ever told.
 */
export class WriterClock {
  readonly controllable: boolean;
  readonly #system: () => number;
  #pinned: number | undefined;
  #highWater: number;

  constructor(options: WriterClockOptions, highWater: number) {
    this.#system = options.system;
    this.controllable = options.controllable;
    this.#highWater = highWater;
  }

  now(): number {
    this.#highWater = Math.max(this.#highWater, Math.floor(this.#pinned ?? this.#system()));
    return this.#highWater;
  }

  get pinned(): boolean {
    return this.#pinned !== undefined;
  }

  /** Stops the clock at this time, which must not be earlier than `now`. */
  pin(epochMs: number): void {
    this.#pinned = epochMs;
  }

  /** Follows the system again. */
  unpin(): void {
    this.#pinned = undefined;
  }

  mark(): ClockMark {
    return { pinned: this.#pinned, highWater: this.#highWater };
  }

  restore(mark: ClockMark): void {
    this.#pinned = mark.pinned;
    this.#highWater = mark.highWater;
  }
}
