import type { Database } from '../store/database.ts';
import { Remembered } from '../store/remembered.ts';

/** Events whose mean size stands for that of all, and after how many new ones it is measured again. */
const SAMPLE = 100;
const SAMPLE_PAUSE = 10_000;

/** How much the log holds, cheap enough to be asked after each commit. */
export class LogSize {
  readonly #db: Database;
  /** Of the oldest event. Only pruning changes it, as there is one. */
  readonly #first: Remembered<{ readonly sequence: number; readonly received: number } | undefined>;
  /** Sequence at which the mean was measured. */
  #sampledAt: number | undefined;
  #mean = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#first = new Remembered(db, db.written('event', true), () =>
      db.get('SELECT sequence, received FROM event ORDER BY sequence LIMIT 1'),
    );
  }

  /**
   * Epoch ms at which the oldest event was received; undefined if it is the only one.
   * @param last sequence of the youngest event in the table; 0: there is none
   */
  oldest(last: number): number | undefined {
    const first = last > 0 ? this.#first.get() : undefined;
    return first && first.sequence < last ? first.received : undefined;
  }

  /**
   * Bytes of the events, estimated by the youngest ones: a sum would read all of them.
   * @param last as in {@link oldest}
   */
  bytes(last: number): number {
    const first = last > 0 ? this.#first.get() : undefined;
    if (!first) return 0;
    if (this.#sampledAt === undefined || Math.abs(last - this.#sampledAt) >= SAMPLE_PAUSE) {
      const sample = this.#db.get<{ mean: number | null }>(
        `SELECT avg(length(attributes) + coalesce(octet_length(data), 0)) AS mean
          FROM (SELECT attributes, data FROM event ORDER BY sequence DESC LIMIT ?)`,
        SAMPLE,
      );
      this.#sampledAt = last;
      this.#mean = sample?.mean ?? 0;
    }
    return (last - first.sequence + 1) * this.#mean;
  }
}
