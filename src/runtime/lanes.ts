import type { Turn } from '../engine/engine.ts';
import { DiskFailedError } from '../store/errors.ts';
import { textOf } from './errors.ts';
import type { LeftOverParts } from './left-overs.ts';
import type { Transaction } from './transaction.ts';

/** Follow-ups of a lane in which something threw that one turn takes, each in a scope of its own. */
const CAREFUL_STEPS = 64;
const FIRST_PAUSE_MS = 1000;
const MOST_PAUSE_MS = 60_000;

/**
 * The engine's left-over follow-ups, lane by lane. A turn that throws is undone; its lane then goes on step by step,
 * until the follow-up that throws is found and set aside as an incident. Other lanes are not held up by it.
 * Times are monotonic ms.
 */
export class Lanes {
  readonly #parts: LeftOverParts;
  /** Lanes that go step by step. */
  readonly #careful = new Set<number>();
  /** Lanes in which not even the setting aside went well. */
  readonly #resting = new Map<number, { until: number; pause: number }>();

  constructor(parts: LeftOverParts) {
    this.#parts = parts;
  }

  /** One turn of the next lane. `rest`: all that is left over belongs to lanes that rest. */
  turn(tx: Transaction): 'more' | 'done' | 'rest' {
    const resting = this.#restingNow();
    const lane = this.#parts.engine.nextLane(tx.state, resting);
    if (lane === undefined) return resting.size > 0 ? 'rest' : 'done';
    if (this.#careful.has(lane)) this.#step(tx, lane);
    else if (this.#run(tx, lane, false).error !== undefined) this.#careful.add(lane);
    return 'more';
  }

  /** ms until the first resting lane may be tried again. */
  waitMs(): number {
    const ends = Array.from(this.#resting.values(), ({ until }) => until);
    return Math.max(0, Math.min(...ends) - this.#parts.monotonic());
  }

  #step(tx: Transaction, lane: number): void {
    for (let steps = 0; steps < CAREFUL_STEPS; steps++) {
      const { turn, error } = this.#run(tx, lane, true);
      if (error !== undefined) {
        this.#setAside(tx, lane, error);
        return;
      }
      if (turn !== undefined) continue;
      this.#careful.delete(lane);
      this.#resting.delete(lane);
      return;
    }
  }

  #setAside(tx: Transaction, lane: number, cause: Error): void {
    const aside = this.#guarded(`the incident of a broken follow-up in lane ${lane}`, () =>
      tx.scoped(() => tx.turn((engine) => engine.setAside(tx.state, tx.now, lane, textOf(cause)))),
    );
    if (aside.error === undefined) {
      this.#careful.delete(lane);
      this.#resting.delete(lane);
      return;
    }
    const pause = Math.min(MOST_PAUSE_MS, (this.#resting.get(lane)?.pause ?? FIRST_PAUSE_MS / 2) * 2);
    this.#resting.set(lane, { until: this.#parts.monotonic() + pause, pause });
  }

  #run(tx: Transaction, lane: number, single: boolean): { turn?: Turn | undefined; error?: Error } {
    let turn: Turn | undefined;
    const { error } = this.#guarded(`left-over follow-ups of lane ${lane}`, () =>
      tx.scoped(() => {
        turn = tx.turn((engine) => engine.resume(tx.state, tx.now, { lane, single }));
      }),
    );
    return error === undefined ? { turn } : { error };
  }

  #restingNow(): ReadonlySet<number> {
    const now = this.#parts.monotonic();
    const resting = new Set<number>();
    for (const [lane, { until }] of this.#resting) if (until > now) resting.add(lane);
    return resting;
  }

  #guarded(what: string, work: () => void): { readonly error?: Error } {
    try {
      work();
      return {};
    } catch (error) {
      if (error instanceof DiskFailedError) throw error;
      this.#parts.discarded(what, error);
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
