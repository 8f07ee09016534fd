import type { WriterLink } from './client.ts';
import type { Envelope } from './protocol.ts';

export interface OutboxOptions {
  readonly link: WriterLink;
  /** Called before anything leaves, to add what was collected elsewhere. */
  readonly collect: () => void;
  /** The body of this request cannot cross to the writer's thread. */
  readonly failed: (request: Envelope, error: unknown) => void;
}

/** Requests on their way to the writer: those of one round of the event loop leave in one message. */
export class Outbox {
  readonly #options: OutboxOptions;
  #requests: Envelope[] = [];
  #cancelled: number[] = [];
  #sending: NodeJS.Immediate | undefined;
  /** Ends the waiting of requests that may share the transaction of another one. */
  #patience: NodeJS.Timeout | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** @param patienceMs it may wait so long for another one */
  add(request: Envelope, patienceMs: number): void {
    this.#requests.push(request);
    if (patienceMs > 0) this.#patience ??= setTimeout(() => this.flush(), patienceMs);
    else this.sendSoon();
  }

  cancel(id: number): void {
    this.#cancelled.push(id);
    this.sendSoon();
  }

  sendSoon(): void {
    this.#sending ??= setImmediate(() => this.flush());
  }

  flush(): void {
    const { collect, link } = this.#options;
    collect();
    clearTimeout(this.#patience);
    clearImmediate(this.#sending);
    this.#patience = undefined;
    this.#sending = undefined;
    const requests = this.#requests;
    const ids = this.#cancelled;
    this.#requests = [];
    this.#cancelled = [];
    if (requests.length > 0) this.#sendAll(requests);
    if (ids.length > 0) link.send({ type: 'cancel', ids });
  }

  #sendAll(requests: readonly Envelope[]): void {
    try {
      this.#options.link.send({ type: 'requests', requests });
    } catch (error) {
      // A body that cannot cross to the writer's thread fails alone.
      const [only] = requests;
      if (requests.length > 1) for (const request of requests) this.#sendAll([request]);
      else if (only !== undefined) this.#options.failed(only, error);
    }
  }
}
