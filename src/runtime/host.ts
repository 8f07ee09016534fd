import type { FromWriter, Outcome, ToWriter } from './protocol.ts';
import type { WriterCore } from './writer-core.ts';

/**
 * After a commit of so many requests the next one waits for as many, up to a bound: with more, the writer and those whom it
 * answers would work in turn, not at the same time.
 */
const COMPANY = 16;
const MOST_COMPANY = 40;
/** Since that commit. */
const COMPANY_MS = 10;

/**
 * Drives a {@link WriterCore} by the event loop of the thread it is on. Between two transactions the loop takes in
 * what has arrived, so that whatever came while one was synced goes into the next together.
 */
export class WriterHost {
  readonly #core: WriterCore;
  readonly #emit: (message: FromWriter) => void;
  readonly #release: () => void;
  readonly #sync: (() => Promise<void>) | undefined;
  /** What was committed is on its way to the disk; the next transaction waits, and takes in what comes meanwhile. */
  #syncing = false;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  #closed = false;
  /** How many requests the next commit waits for. */
  #company = 0;
  /** When the last one was done, monotonic ms. */
  #committedAt = 0;

  /**
   * @param release called once, when all is committed and nothing more will be done
   * @param sync puts on disk what was committed, if commits do not so themselves; nothing is told before
   */
  constructor(
    core: WriterCore,
    emit: (message: FromWriter) => void,
    release: () => void,
    sync?: () => Promise<void>,
  ) {
    this.#core = core;
    this.#emit = emit;
    this.#release = release;
    this.#sync = sync;
    this.#schedule();
  }

  receive(message: ToWriter): void {
    if (this.#closed) return;
    switch (message.type) {
      case 'requests':
        this.#core.submit(message.requests);
        break;
      case 'cancel':
        this.#core.cancel(message.ids);
        break;
      case 'close':
        this.#closing = true;
        break;
    }
    this.#schedule();
  }

  /** The core may have something to do, though nothing was received. */
  wake(): void {
    this.#schedule();
  }

  #schedule(): void {
    if (this.#immediate !== undefined || this.#closed || this.#syncing) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const wait = this.#closing ? 0 : this.#core.sleepMs();
    if (wait === undefined) return;
    const pause = wait === 0 ? this.#companyMs() : wait;
    if (pause === 0) this.#immediate = setImmediate(() => this.#step());
    else this.#timer = setTimeout(() => this.#step(), pause);
  }

  /**
   * ms for which the requests that are there wait for more. Clients that were answered together ask again together, but not
   * at the same moment, and one commit costs them less than many. Where few ask at a time nobody waits.
   */
  #companyMs(): number {
    const { queued } = this.#core;
    if (this.#closing || queued === 0 || queued >= this.#company) return 0;
    return Math.max(0, Math.ceil(this.#committedAt + COMPANY_MS - performance.now()));
  }

  #step(): void {
    this.#immediate = undefined;
    this.#timer = undefined;
    const closing = this.#closing;
    if (closing) this.#core.cancelAll();
    const outcome = this.#core.run();
    if (outcome.sample !== undefined) {
      const { requests } = outcome.sample;
      this.#company = requests < COMPANY ? 0 : Math.min(requests, MOST_COMPANY);
      this.#committedAt = performance.now();
    }
    if (this.#sync === undefined || outcome.sample === undefined) {
      this.#tell(outcome, closing);
      return;
    }
    this.#syncing = true;
    this.#sync()
      .then(
        () => outcome,
        (error: unknown) => this.#core.notSynced(outcome, error),
      )
      .then((told) => {
        this.#syncing = false;
        this.#tell(told, closing);
      });
  }

  #tell(outcome: Outcome, closing: boolean): void {
    this.#emit({ type: 'outcome', outcome });
    if (closing && this.#core.queued === 0) this.#close();
    else this.#schedule();
  }

  #close(): void {
    // Requests of the last transaction may have parked.
    this.#core.cancelAll();
    this.#emit({ type: 'outcome', outcome: this.#core.lastWords() });
    this.#closed = true;
    this.#emit({ type: 'closed' });
    this.#release();
  }
}
