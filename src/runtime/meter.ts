import type { CommitSample } from './protocol.ts';

/** Counters since the start, and the last values, as plain numbers. Times in ms. */
export interface RuntimeMetrics {
  readonly commits: number;
  readonly requests: number;
  readonly records: number;
  /** Refused because the queue was full. */
  readonly refused: number;
  readonly commitMsTotal: number;
  readonly commitMsMost: number;
  readonly transactionMsTotal: number;
  readonly lastCommitMs: number;
  /** Requests in the last transaction. */
  readonly lastBatch: number;
  /** Requests that were left in the writer's queue after it. */
  readonly lastQueued: number;
  /** Requests sent and not answered, without those that wait. */
  readonly underWay: number;
  /** Long polls and awaited results. */
  readonly waiting: number;
}

type Counted = Omit<RuntimeMetrics, 'underWay' | 'waiting'>;

export class Meter {
  #counted: Counted = {
    commits: 0,
    requests: 0,
    records: 0,
    refused: 0,
    commitMsTotal: 0,
    commitMsMost: 0,
    transactionMsTotal: 0,
    lastCommitMs: 0,
    lastBatch: 0,
    lastQueued: 0,
  };

  add({ requests, records, commitMs, totalMs, queued }: CommitSample): void {
    const before = this.#counted;
    this.#counted = {
      commits: before.commits + 1,
      requests: before.requests + requests,
      records: before.records + records,
      refused: before.refused,
      commitMsTotal: before.commitMsTotal + commitMs,
      commitMsMost: Math.max(before.commitMsMost, commitMs),
      transactionMsTotal: before.transactionMsTotal + totalMs,
      lastCommitMs: commitMs,
      lastBatch: requests,
      lastQueued: queued,
    };
  }

  refused(): void {
    this.#counted = { ...this.#counted, refused: this.#counted.refused + 1 };
  }

  read(): Counted {
    return this.#counted;
  }
}
