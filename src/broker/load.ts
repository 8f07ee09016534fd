import type { SinkReceiver } from './receivers.ts';

export interface LoadLimits {
  /** Requests to one sink at a time. @defaultValue 16 */
  readonly window: number;
  /** Requests to all sinks at a time; beyond, each sink gets one at a time. @defaultValue 1024 */
  readonly overall: number;
  /** Bytes of data on their way; beyond, each sink gets one request at a time. @defaultValue 64 MiB */
  readonly bytes: number;
}

export const defaultLoad: LoadLimits = { window: 16, overall: 1024, bytes: 64 * 1024 * 1024 };

/** Counts requests in flight, and says how many more there may be. */
export class Load {
  readonly #limits: LoadLimits;
  /** By the address that is called. */
  readonly #bySink = new Map<string, number>();
  #requests = 0;
  #bytes = 0;

  constructor(limits: Partial<LoadLimits>) {
    this.#limits = { ...defaultLoad, ...limits };
  }

  get full(): boolean {
    return this.#requests >= this.#limits.overall || this.#bytes >= this.#limits.bytes;
  }

  /** The most requests in flight for a lane. */
  window({ settings }: SinkReceiver): number {
    return settings.concurrency ?? this.#limits.window;
  }

  /** Requests that a lane may start which has `inFlight` of its own. */
  room(receiver: SinkReceiver, inFlight: number): number {
    const window = this.window(receiver);
    const atSink = this.#bySink.get(receiver.url.href) ?? 0;
    const free = this.full ? 0 : this.#limits.overall - this.#requests;
    return Math.min(
      window - inFlight,
      Math.max(this.#limits.window, window) - atSink,
      Math.max(free, atSink === 0 ? 1 : 0),
    );
  }

  started(sink: string, bytes: number): void {
    this.#bySink.set(sink, (this.#bySink.get(sink) ?? 0) + 1);
    this.#requests += 1;
    this.#bytes += bytes;
  }

  ended(sink: string, bytes: number): void {
    const left = (this.#bySink.get(sink) ?? 1) - 1;
    if (left > 0) this.#bySink.set(sink, left);
    else this.#bySink.delete(sink);
    this.#requests -= 1;
    this.#bytes -= bytes;
  }
}
