import { DiskFailedError } from '../../store/errors.ts';
import type { FromWriter, Outcome } from '../protocol.ts';
import type { Numbered } from './protocol.ts';
import type { SyncThread } from './sync-thread.ts';
import { withSync } from './sync-time.ts';

export interface TellerParts {
  /** ms of waiting work that make it worthwhile to sync behind the writer's back. */
  readonly behindMs: number;
  /** Says it at once. */
  readonly say: (numbered: Numbered) => void;
  readonly thread: Pick<SyncThread, 'ready' | 'busy' | 'give'>;
  /** Puts on disk what was committed; throws `DiskFailedError`. */
  readonly sync: () => void;
  /** Requests that wait for the next transaction. */
  readonly waiting: () => number;
  /** What is said of a commit that could not be synced. */
  readonly notSynced: (outcome: Outcome, error: unknown) => Outcome;
}

/**
 * What the writer's host has to say, said when what it tells is on disk. A commit is synced at once, mostly: that takes
 * least, and what comes meanwhile shares the next commit. But where enough waits to be done, another thread syncs it and
 * says it, and the writer goes on; so too all that follows, until that thread has caught up.
 */
export class Teller {
  readonly #parts: TellerParts;
  #last = 0;

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  tell(message: FromWriter): void {
    const { say, thread } = this.#parts;
    this.#last += 1;
    const number = this.#last;
    if (thread.busy() || this.#pays(message)) thread.give({ number, message });
    else say({ number, message: this.#synced(message) });
  }

  /** What the thread could not sync. */
  lost(messages: readonly Numbered[], error: unknown): void {
    for (const { number, message } of messages)
      this.#parts.say({ number, message: this.#notSynced(message, error) });
  }

  #pays(message: FromWriter): boolean {
    if (message.type !== 'outcome' || message.outcome.sample === undefined) return false;
    const { behindMs, waiting, thread } = this.#parts;
    const { requests, totalMs } = message.outcome.sample;
    if (totalMs < behindMs) return false;
    // What waits takes as long for each request as what was done.
    const count = waiting();
    return count > 0 && (totalMs * count) / Math.max(1, requests) >= behindMs && thread.ready();
  }

  #synced(message: FromWriter): FromWriter {
    if (message.type !== 'outcome' || message.outcome.sample === undefined) return message;
    const started = performance.now();
    try {
      this.#parts.sync();
    } catch (error) {
      if (!(error instanceof DiskFailedError)) throw error;
      return this.#notSynced(message, error);
    }
    return withSync(message, performance.now() - started);
  }

  #notSynced(message: FromWriter, error: unknown): FromWriter {
    if (message.type !== 'outcome') return message;
    return { type: 'outcome', outcome: this.#parts.notSynced(message.outcome, error) };
  }
}
