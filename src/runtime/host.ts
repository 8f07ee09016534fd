import type { FromWriter, ToWriter } from './protocol.ts';
import type { WriterCore } from './writer-core.ts';

/**
 * Drives a {@link WriterCore} by the event loop of the thread it is on. Between two transactions the loop takes in
 * what has arrived, so that whatever came while one was synced goes into the next together.
 */
export class WriterHost {
  readonly #core: WriterCore;
  readonly #emit: (message: FromWriter) => void;
  readonly #release: () => void;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  #closed = false;

  /** `release` is called once, when all is committed and nothing more will be done. */
  constructor(core: WriterCore, emit: (message: FromWriter) => void, release: () => void) {
    this.#core = core;
    this.#emit = emit;
    this.#release = release;
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

  #schedule(): void {
    if (this.#immediate !== undefined || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const wait = this.#closing ? 0 : this.#core.sleepMs();
    if (wait === undefined) return;
    if (wait === 0) this.#immediate = setImmediate(() => this.#step());
    else this.#timer = setTimeout(() => this.#step(), wait);
  }

  #step(): void {
    this.#immediate = undefined;
    this.#timer = undefined;
    const closing = this.#closing;
    if (closing) this.#core.cancelAll();
    this.#emit({ type: 'outcome', outcome: this.#core.run() });
    if (closing && this.#core.queued === 0) this.#close();
    else this.#schedule();
  }

  #close(): void {
    // Requests of the last transaction may have parked.
    this.#core.cancelAll();
    this.#emit({ type: 'outcome', outcome: this.#core.lastWords() });
    this.#closed = true;
    this.#release();
    this.#emit({ type: 'closed' });
  }
}
