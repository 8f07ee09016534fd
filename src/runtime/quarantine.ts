import type { ClientCommand } from '../engine/records/command.ts';

const FIRST_MS = 1000;
const MOST_MS = 60_000;

/**
 * Due commands that made the engine throw. They stay due, so without a pause they would be tried in every
 * transaction and hide what is due behind them. Times are monotonic ms; the pause doubles up to a minute.
 */
export class Quarantine {
  readonly #held = new Map<string, { until: number; pause: number }>();

  /** How many commands rest at this time; the others may be tried again, and keep their pause in case they fail. */
  resting(monotonic: number): number {
    let count = 0;
    for (const { until } of this.#held.values()) if (until > monotonic) count++;
    return count;
  }

  rests(command: ClientCommand, monotonic: number): boolean {
    const held = this.#held.get(nameOf(command));
    return held !== undefined && held.until > monotonic;
  }

  failed(command: ClientCommand, monotonic: number): void {
    const pause = Math.min(MOST_MS, (this.#held.get(nameOf(command))?.pause ?? FIRST_MS / 2) * 2);
    this.#held.set(nameOf(command), { until: monotonic + pause, pause });
  }

  succeeded(command: ClientCommand): void {
    if (this.#held.size > 0) this.#held.delete(nameOf(command));
  }

  /** ms until the first of them may be tried again; undefined if none rests. */
  waitMs(monotonic: number): number | undefined {
    let wait: number | undefined;
    for (const { until } of this.#held.values())
      if (until > monotonic) wait = Math.min(wait ?? Number.POSITIVE_INFINITY, until - monotonic);
    return wait;
  }
}

function nameOf(command: ClientCommand): string {
  return `${command.valueType} ${command.intent} ${'key' in command ? command.key : ''}`;
}
