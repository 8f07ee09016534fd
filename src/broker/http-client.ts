import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';

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
  readonly headers: IncomingHttpHeaders;
  /** A list for each header, as it may occur more than once. */
  readonly distinct: () => NodeJS.Dict<string[]>;
  /** Its beginning, if it is longer than the limit. */
  readonly body: Buffer;
  readonly whole: boolean;
}

/** An answer, or why there is none. */
export type HttpOutcome = HttpAnswer | { readonly kind: 'failed'; readonly reason: string };

const NOTHING = Buffer.alloc(0);

/** Calls sinks over connections that stay open. Never follows a redirect, never rejects for what the other side does. */
export class HttpClient {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });
  readonly #open = new Set<ClientRequest>();
  readonly #options = new WeakMap<URL, RequestOptions>();
  #cut = false;

  /** Undefined if it was cut off: then nothing is known of it. */
  async call(url: URL, call: HttpCall): Promise<HttpOutcome | undefined> {
    for (let again = true; ; again = false) {
      if (this.#cut) return undefined;
      const outcome = await this.#once(url, call);
      if (this.#cut && outcome !== 'stale' && outcome.kind === 'failed') return undefined;
      // The other side closed an idle connection just as it was used: that is no failure.
      if (outcome !== 'stale') return outcome;
      if (!again) return { kind: 'failed', reason: 'The connection was closed.' };
    }
  }

  /** Ends all calls; what was not answered is never known. */
  cutOff(): void {
    this.#cut = true;
    for (const request of this.#open) request.destroy();
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #once(url: URL, call: HttpCall): Promise<HttpOutcome | 'stale'> {
    const { timeoutMs, maxAnswerBytes, body, name = 'sink' } = call;
    return new Promise((resolve) => {
      const request = this.#request(url, call);
      this.#open.add(request);
      const end = (outcome: HttpOutcome | 'stale'): void => {
        clearTimeout(timer);
        this.#open.delete(request);
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        end({ kind: 'failed', reason: `The ${name} did not answer within ${timeoutMs} ms.` });
        request.destroy();
      }, timeoutMs);
      request.on('response', (response) => read(response, maxAnswerBytes, end));
      request.on('error', (error) => {
        const stale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        end(stale ? 'stale' : { kind: 'failed', reason: `The ${name} cannot be reached: ${textOf(error)}.` });
      });
      request.end(body);
    });
  }

  #request(url: URL, { method, headers }: HttpCall): ClientRequest {
    let options = this.#options.get(url);
    if (!options) {
      options = urlToHttpOptions(url);
      this.#options.set(url, options);
    }
    const call = { ...options, method, headers, maxHeaderSize: MAX_HEADER_BYTES };
    return url.protocol === 'https:'
      ? httpsRequest({ ...call, agent: this.#https })
      : httpRequest({ ...call, agent: this.#http });
  }
}

/** Bytes of the header fields of an answer, which may be the attributes of an event: as many as an event may bring in. */
const MAX_HEADER_BYTES = 256 * 1024;

function read(response: IncomingMessage, most: number, end: (outcome: HttpOutcome) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  const answered = (whole: boolean): void =>
    end({
      kind: 'answered',
      status: response.statusCode ?? 0,
      headers: response.headers,
      distinct: () => response.headersDistinct,
      body: parts.length === 0 ? NOTHING : Buffer.concat(parts),
      whole,
    });
  response.on('data', (part: Buffer) => {
    length += part.length;
    parts.push(part);
    if (length <= most) return;
    // The rest is not read.
    answered(false);
    response.destroy();
  });
  response.on('end', () => answered(true));
  response.on('error', (error) => end({ kind: 'failed', reason: `The answer broke off: ${textOf(error)}.` }));
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node joins the errors of several addresses into one without a message.
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
