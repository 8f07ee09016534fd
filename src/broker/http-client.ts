import type { Agent, Dispatcher } from 'undici';
import type { HttpHeaders } from '../cloudevents/index.ts';

export interface HttpCall {
  readonly method: string;
  /** What reasons call the other side. @defaultValue sink */
  readonly name?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** ms for the whole exchange. */
  readonly timeoutMs: number;
  /** Bytes of the answer that are read. */
  readonly maxAnswerBytes: number;
}

export interface HttpAnswer {
  readonly kind: 'answered';
  readonly status: number;
  /** Names in small letters; a list where a field occurs more than once. */
  readonly headers: HttpHeaders;
  /** Its beginning, if it is longer than the limit. */
  readonly body: Buffer;
  readonly whole: boolean;
}

/** An answer, or why there is none. */
export type HttpOutcome = HttpAnswer | { readonly kind: 'failed'; readonly reason: string };

const NOTHING = Buffer.alloc(0);
/** Bytes of the header fields of an answer, which may be the attributes of an event: as many as an event may bring in. */
const MAX_HEADER_BYTES = 256 * 1024;
/** ms that a connection may take to open; an exchange that has less time ends before. */
const CONNECT_MS = 60_000;
/** ms for which a connection stays open without a call, unless the other side says that it closes it before. */
const IDLE_MS = 30_000;
/** Of a connection that was closed. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Calls sinks over connections that stay open. Never follows a redirect, never rejects for what the other side does. */
export class HttpClient {
  #agent: Agent | undefined;
  #loading: Promise<Agent> | undefined;
  #cut = false;
  /** True while what has waited for a new connection is sent on it. */
  #connected = false;

  /** Undefined if it was cut off: then nothing is known of it. */
  async call(url: URL, call: HttpCall): Promise<HttpOutcome | undefined> {
    for (let again = true; ; again = false) {
      // Its library takes 8 MB, so it is loaded with the first call.
      const agent = this.#agent ?? (await this.#load());
      if (this.#cut) return undefined;
      const outcome = await new Exchange(call, () => !this.#connected).run(agent, url);
      if (this.#cut && outcome !== 'stale' && outcome.kind === 'failed') return undefined;
      // The other side closed an idle connection just as it was used: that is no failure.
      if (outcome !== 'stale') return outcome;
      if (!again) return { kind: 'failed', reason: 'The connection was closed.' };
    }
  }

  /** Ends all calls; what was not answered is never known. */
  cutOff(): void {
    this.#cut = true;
    void this.#agent?.destroy();
  }

  #load(): Promise<Agent> {
    this.#loading ??= import('undici').then(({ Agent }) => {
      this.#agent = new Agent({
        // The time of an exchange is bounded as a whole.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: IDLE_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
        connect: { timeout: CONNECT_MS },
        allowH2: false,
      });
      this.#agent.on('connect', () => {
        this.#connected = true;
        queueMicrotask(() => {
          this.#connected = false;
        });
      });
      return this.#agent;
    });
    return this.#loading;
  }
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #call: HttpCall;
  readonly #parts: Buffer[] = [];
  #length = 0;
  #head: { readonly status: number; readonly headers: HttpHeaders } | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #resolve: ((outcome: HttpOutcome | 'stale') => void) | undefined;
  readonly #onUsed: () => boolean;
  #reused = false;

  /** @param onUsed whether what goes out at this moment does so on a connection that was used before */
  constructor(call: HttpCall, onUsed: () => boolean) {
    this.#call = call;
    this.#onUsed = onUsed;
  }

  run(agent: Agent, url: URL): Promise<HttpOutcome | 'stale'> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const { method, headers, body, timeoutMs } = this.#call;
      this.#timer = setTimeout(() => this.#timeOut(), timeoutMs);
      const path = url.pathname + url.search;
      try {
        agent.dispatch(
          { origin: url.origin, path, method: method as Dispatcher.HttpMethod, headers, body: body ?? null },
          this,
        );
      } catch (error) {
        this.#end({ kind: 'failed', reason: `The ${this.#name} cannot be reached: ${textOf(error)}.` });
      }
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#reused = this.#onUsed();
    this.#controller = controller;
    // Its time was over before there was a connection.
    if (this.#resolve === undefined) controller.abort(new Error('nobody waits'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status >= 200) this.#head = { status, headers };
  }

  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#length += part.length;
    this.#parts.push(part);
    if (this.#length <= this.#call.maxAnswerBytes) return;
    // The rest is not read.
    this.#answered(false);
    controller.abort(new Error('too long'));
  }

  onResponseEnd(): void {
    this.#answered(true);
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#head !== undefined)
      this.#end({ kind: 'failed', reason: `The answer broke off: ${textOf(error)}.` });
    else if (this.#reused && CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) this.#end('stale');
    else this.#end({ kind: 'failed', reason: `The ${this.#name} cannot be reached: ${textOf(error)}.` });
  }

  get #name(): string {
    return this.#call.name ?? 'sink';
  }

  #timeOut(): void {
    const { timeoutMs } = this.#call;
    this.#end({ kind: 'failed', reason: `The ${this.#name} did not answer within ${timeoutMs} ms.` });
    this.#controller?.abort(new Error('timed out'));
  }

  #answered(whole: boolean): void {
    const { status = 0, headers = {} } = this.#head ?? {};
    const [only] = this.#parts;
    const body = this.#parts.length > 1 ? Buffer.concat(this.#parts) : (only ?? NOTHING);
    this.#end({ kind: 'answered', status, headers, body, whole });
  }

  /** The first end counts. */
  #end(outcome: HttpOutcome | 'stale'): void {
    clearTimeout(this.#timer);
    this.#resolve?.(outcome);
    this.#resolve = undefined;
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node joins the errors of several addresses into one without a message.
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
