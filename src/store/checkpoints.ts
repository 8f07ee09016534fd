import type { Database } from './database.ts';

export interface CheckpointOptions {
  /** Pages (of 4 KiB) of WAL after which they are written back. @defaultValue 4000 (16 MiB) */
  readonly pages?: number;
  /** Commits between two looks at the WAL. @defaultValue 32 */
  readonly everyCommits?: number;
}

/** Writes the WAL back on another thread, while commits go on. */
export interface Checkpointer {
  /** `done` is called on the writer's thread, whatever came of it. */
  run(done: () => void): void;
}

/**
 * Writes the WAL back into the file from time to time, between transactions, so that it does not grow without end and
 * commits do not pay for it. A reader that stays in one old transaction delays it; nothing waits for that reader.
 *
 * Most of it is done behind the writer's back by a {@link Checkpointer}, if there is one. But the WAL begins anew only when
 * all of it is written back, and under load the checkpointer never sees the end of it: so as soon as it is done, the
 * writer writes back the little that came meanwhile.
 */
export class Checkpoints {
  readonly #db: Database;
  readonly #pages: number;
  readonly #every: number;
  #behind: Checkpointer | undefined;
  #commits = 0;
  #state: 'idle' | 'behind' | 'toFinish' = 'idle';

  constructor(db: Database, options: CheckpointOptions = {}) {
    this.#db = db;
    this.#pages = options.pages ?? 4000;
    this.#every = options.everyCommits ?? 32;
  }

  /** Lets another thread do most of the work from now on. */
  workBehind(checkpointer: Checkpointer): void {
    this.#behind = checkpointer;
  }

  /** Call it after each commit, outside a transaction; true if it wrote back. */
  afterCommit(): boolean {
    this.#commits += 1;
    if (this.#state === 'behind' || (this.#state === 'idle' && this.#commits < this.#every)) return false;
    this.#commits = 0;
    const finishing = this.#state === 'toFinish';
    this.#state = 'idle';
    const { frames, done } = this.#db.walFrames();
    const open = frames - done;
    if (!finishing && open < this.#pages) return false;
    if (this.#behind && open > this.#pages / 8) {
      this.#state = 'behind';
      this.#behind.run(() => {
        this.#state = 'toFinish';
      });
      return false;
    }
    this.#db.checkpoint();
    return true;
  }
}
