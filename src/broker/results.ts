import type { DeliveryResult, LaneState } from './deliverer.ts';

export interface LaneResult {
  readonly lane: LaneState;
  readonly result: DeliveryResult;
}

/** Results that the writer does not take are offered again after this time. */
const OFFER_AGAIN_MS = 200;

/** Hands results to the writer, batch after batch: what ends during a sync goes with the next. */
export class Results {
  readonly #report: (results: readonly DeliveryResult[]) => Promise<unknown>;
  readonly #synced: (result: LaneResult) => void;
  #results: LaneResult[] = [];
  #reporting: Promise<void> | undefined;
  #stopping = false;

  constructor(
    report: (results: readonly DeliveryResult[]) => Promise<unknown>,
    synced: (result: LaneResult) => void,
  ) {
    this.#report = report;
    this.#synced = synced;
  }

  get size(): number {
    return this.#results.length;
  }

  add(result: LaneResult): void {
    this.#results.push(result);
    this.#reporting ??= this.#hand();
  }

  /** Resolves when all is handed over, or the writer does not take it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#reporting;
  }

  async #hand(): Promise<void> {
    // What ends in the same moment goes together.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#results.length > 0) await this.#handOver();
    } finally {
      // In the same moment as the last look: a result that comes now starts it again.
      this.#reporting = undefined;
    }
  }

  async #handOver(): Promise<void> {
    const batch = this.#results;
    this.#results = [];
    try {
      await this.#report(batch.map(({ result }) => result));
    } catch {
      // At the end they count as never tried.
      if (this.#stopping) return;
      this.#results = [...batch, ...this.#results];
      await new Promise((resolve) => setTimeout(resolve, OFFER_AGAIN_MS));
      return;
    }
    for (const result of batch) this.#synced(result);
  }
}
