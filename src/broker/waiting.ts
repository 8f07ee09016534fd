import type { LaneState } from './deliverer.ts';

/** Lanes that have more to send than there is room for, in the order in which they queued up. */
export class Waiting {
  /** By the address that is called. */
  readonly #bySink = new Map<string, Set<LaneState>>();
  /** Those that were held by the overall limits. */
  readonly #overall = new Set<LaneState>();
  readonly #sinkOf = new Map<LaneState, string>();

  wait(lane: LaneState, sink: string, overall: boolean): void {
    this.#sinkOf.set(lane, sink);
    const lanes = this.#bySink.get(sink);
    if (lanes) lanes.add(lane);
    else this.#bySink.set(sink, new Set([lane]));
    if (overall) this.#overall.add(lane);
  }

  leave(lane: LaneState): void {
    const sink = this.#sinkOf.get(lane);
    if (sink === undefined) return;
    this.#sinkOf.delete(lane);
    this.#overall.delete(lane);
    const lanes = this.#bySink.get(sink);
    lanes?.delete(lane);
    if (lanes?.size === 0) this.#bySink.delete(sink);
  }

  /** Lanes that may go on when a request to `sink` has ended, and whether the overall limits have room again. */
  released(sink: string, overall: boolean): readonly LaneState[] {
    return [...(this.#bySink.get(sink) ?? []), ...(overall ? this.#overall : [])];
  }
}
