import type { Database } from '../store/database.ts';

/** Events whose mean size stands for that of all, and after how many new ones it is measured again. */
const SAMPLE = 100;
const SAMPLE_PAUSE = 10_000;

/** Bytes of the events in the log, estimated by the youngest ones: a sum would read all of them. */
export class LogSize {
  readonly #db: Database;
  /** Sequence at which the mean was measured. */
  #sampledAt: number | undefined;
  #mean = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Cheap enough to be asked after each commit. */
  bytes(): number {
    const ends = this.#db.get<{ first: number | null; last: number | null }>(
      'SELECT (SELECT min(sequence) FROM event) AS first, (SELECT max(sequence) FROM event) AS last',
    );
    if (typeof ends?.first !== 'number' || typeof ends.last !== 'number') return 0;
    if (this.#sampledAt === undefined || Math.abs(ends.last - this.#sampledAt) >= SAMPLE_PAUSE) {
      const sample = this.#db.get<{ mean: number | null }>(
        `SELECT avg(length(attributes) + coalesce(octet_length(data), 0)) AS mean
          FROM (SELECT attributes, data FROM event ORDER BY sequence DESC LIMIT ?)`,
        SAMPLE,
      );
      this.#sampledAt = ends.last;
      this.#mean = sample?.mean ?? 0;
    }
    return (ends.last - ends.first + 1) * this.#mean;
  }
}
