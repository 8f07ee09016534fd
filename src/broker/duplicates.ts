import { hash } from 'node:crypto';
import { type CloudEvent, idOf, sourceOf } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';

type Filled = 'a' | 'b';

/**
 * Knows which (source, id) came within a window of time. Two tables of hashes take turns: one is filled for a whole
 * window, the other holds the window before, so a repeat is noticed for one window at least and two at most, and
 * forgetting costs one truncation.
 */
export class Duplicates {
  readonly #db: Database;
  readonly #windowMs: number;
  #state: { filled: Filled; since: number } | undefined;

  constructor(db: Database, windowMs: number) {
    this.#db = db;
    this.#windowMs = windowMs;
  }

  /** Sequence of the first arrival, if there was one within the window. */
  find(key: Uint8Array): number | undefined {
    for (const table of ['seen_a', 'seen_b']) {
      const row = this.#db.get<{ sequence: number }>(`SELECT sequence FROM ${table} WHERE hash = ?`, key);
      if (row) return row.sequence;
    }
    return undefined;
  }

  remember(key: Uint8Array, sequence: number, now: number): void {
    const { filled } = this.#turn(now);
    this.#db.run(`INSERT OR REPLACE INTO seen_${filled} (hash, sequence) VALUES (?, ?)`, key, sequence);
  }

  /** After a rollback: what is remembered of the file may be wrong. */
  reset(): void {
    this.#state = undefined;
  }

  /** Begins a new window when the present one is over. */
  #turn(now: number): { filled: Filled; since: number } {
    this.#state ??= this.#db.get<{ filled: Filled; since: number }>('SELECT filled, since FROM seen_window');
    const state = this.#state;
    if (state && now - state.since < this.#windowMs) return state;
    const filled: Filled = state?.filled === 'a' ? 'b' : 'a';
    this.#db.run(`DELETE FROM seen_${filled}`);
    if (state && now - state.since >= 2 * this.#windowMs) this.#db.run(`DELETE FROM seen_${state.filled}`);
    this.#db.run(
      'INSERT OR REPLACE INTO seen_window (only_row, filled, since) VALUES (1, ?, ?)',
      filled,
      now,
    );
    this.#state = { filled, since: now };
    return this.#state;
  }
}

/** 128 bits of a hash of source and id; equal only for the same pair. */
export function duplicateKey(event: CloudEvent): Uint8Array {
  return hash('sha256', JSON.stringify([sourceOf(event), idOf(event)]), 'buffer').subarray(0, 16);
}
