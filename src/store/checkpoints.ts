import type { Database } from './database.ts';

export interface CheckpointOptions {
  /** Pages (of 4 KiB) of WAL after which they are written back. @defaultValue 4000 (16 MiB) */
  readonly pages?: number;
  /** Commits between two looks at the WAL. @defaultValue 32 */
  readonly everyCommits?: number;
}

/**
 * Writes the WAL back into the file from time to time, between transactions, so that it does not grow without end and
 * commits do not pay for it. A reader that stays in one old transaction delays it; nothing waits for that reader.
 */
export class Checkpoints {
  readonly #db: Database;
  readonly #pages: number;
  readonly #every: number;
  #commits = 0;

  constructor(db: Database, options: CheckpointOptions = {}) {
    this.#db = db;
    this.#pages = options.pages ?? 4000;
    this.#every = options.everyCommits ?? 32;
  }

  /** Call it after each commit, outside a transaction; true if it wrote back. */
  afterCommit(): boolean {
    this.#commits += 1;
    if (this.#commits < this.#every) return false;
    this.#commits = 0;
    const { frames, done } = this.#db.walFrames();
    if (frames - done < this.#pages) return false;
    this.#db.checkpoint();
    return true;
  }
}
