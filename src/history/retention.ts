import type { ReadModel } from './readmodel.ts';

export interface RetentionOptions {
  readonly readModel: ReadModel;
  /** Deletes the journal's oldest transactions up to a position, at most `maxRows`; answers how many went. */
  readonly pruneJournal: (upTo: number, maxRows: number) => Promise<number>;
  /** Epoch ms, as the one clock has it. */
  readonly now: () => number;
  /** ms that ended instances, and records of the journal, are kept. */
  readonly ageMs: number;
  /** Bytes that are kept of the journal; and of the read model, if that is possible without what has ended just now. */
  readonly keepBytes: number;
  /** ms between two rounds. @defaultValue 60,000 */
  readonly pauseMs?: number;
  readonly onError: (error: unknown) => void;
}

/** Rows of the read model, and transactions of the journal, that go in one step. */
const ROWS = 1000;
const TRANSACTIONS = 100;
/** Pages of the file. */
const PAGES = 256;
/** ms that what has ended can be looked at, however much there is. */
const SEEN_MS = 3_600_000;
/** ms between two steps, so that they share the disk with everybody else. */
const STEP_MS = 10;

/**
 * Forgets what is older than it has to be kept: ended instances in the read model, then the journal, never past what
 * the read model has taken. All of it in small steps; a round ends when nothing is left to do.
 */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #round: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** One round now; rounds do not overlap. */
  run(): Promise<void> {
    this.#round ??= this.#work().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round?.catch(() => undefined);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.run()
        .catch((error: unknown) => {
          if (!this.#closed) this.#options.onError(error);
        })
        .finally(() => this.#schedule());
    }, this.#options.pauseMs ?? 60_000);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    const { readModel, pruneJournal, now, ageMs, keepBytes } = this.#options;
    const before = now() - ageMs;
    await this.#steps(() => readModel.query('forget', before, ROWS));
    await this.#steps(() => readModel.query('shrink', keepBytes, now() - Math.min(ageMs, SEEN_MS), ROWS));
    await this.#steps(() => readModel.query('giveBack', PAGES));
    const upTo = await readModel.query('journalCut', before, keepBytes);
    if (upTo > 0) await this.#steps(() => pruneJournal(upTo, TRANSACTIONS));
  }

  async #steps(step: () => Promise<number>): Promise<void> {
    while (!this.#closed && (await step()) > 0) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
