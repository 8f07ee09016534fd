/** How fast the queue moves, measured: calls within the last minutes. */

const windowMs = 300_000;
/** Shorter observation says little: the first calls all come at once. */
const leastMs = 60_000;

export class ExitRate {
  private calls: number[] = [];
  private first = 0;
  private opened: number | undefined;

  /** Starts anew with the dates of earlier calls, ascending; `opened` is the date of the very first. */
  load(calls: readonly number[], opened: number | undefined): void {
    this.calls = [...calls];
    this.first = 0;
    this.opened = opened;
  }

  /** One customer was called at `now` (epoch milliseconds). */
  record(now: number): void {
    this.opened ??= now;
    this.calls.push(now);
  }

  /** Calls a minute within the window; 0 if there were none. */
  perMinute(now: number): number {
    const start = now - windowMs;
    while (this.first < this.calls.length && (this.calls[this.first] ?? 0) <= start) this.first += 1;
    if (this.first > 1_000) {
      this.calls = this.calls.slice(this.first);
      this.first = 0;
    }
    const count = this.calls.length - this.first;
    const observed = Math.max(leastMs, now - Math.max(start, this.opened ?? now));
    return (count * 60_000) / observed;
  }

  /** Earliest date that still counts. */
  static since(now: number): number {
    return now - windowMs;
  }
}

/** Seconds until somebody with `position` (0 = next) is called at this rate, or null if nobody knows. */
export function waitSeconds(position: number, perMinute: number): number | null {
  return perMinute > 0 ? Math.ceil(((position + 1) * 60) / perMinute) : null;
}
