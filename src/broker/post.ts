import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import {
  type CloudEvent,
  CloudEventError,
  carriesEvents,
  decodeHttp,
  encodeBatch,
  encodeBinary,
} from '../cloudevents/index.ts';
import type { ResponseHead } from './dead-letters.ts';
import type { Attempt } from './deliveries.ts';

export interface PostSettings {
  /** ms for the whole exchange. @defaultValue 30000 */
  readonly timeoutMs: number;
  /** Bytes of an answer that are read. @defaultValue 1 MiB */
  readonly maxAnswerBytes: number;
}

export const defaultPost: PostSettings = { timeoutMs: 30_000, maxAnswerBytes: 1024 * 1024 };

/** How one exchange with a sink ended. */
export interface Exchange {
  readonly attempt: Attempt;
  /** Events that the sink answered with. */
  readonly replies: readonly CloudEvent[];
  /** Why an answer that looks like an event is none. */
  readonly note?: string;
}

/** Kept short in tables and logs. */
const HEAD_CHARACTERS = 1024;
const HEAD_HEADERS = 40;

/** Sends events to sinks, over connections that stay open. Never follows a redirect. */
export class Poster {
  readonly #settings: PostSettings;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  constructor(settings: Partial<PostSettings> = {}) {
    this.#settings = { ...defaultPost, ...settings };
  }

  /**
   * Sends one event in binary mode, several as a batch. Never rejects for what the sink or the network does.
   * @param signal ends the exchange early; then undefined: nothing is known of it
   */
  async post(
    url: URL,
    events: readonly CloudEvent[],
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Exchange | undefined> {
    for (let again = true; ; again = false) {
      const result = await this.#once(url, events, headers, signal);
      if (signal.aborted) return undefined;
      // The sink closed an idle connection just as it was used: that is no failure of the sink.
      if (result !== 'stale') return result;
      if (!again) return unreachable('The connection was closed.');
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #once(
    url: URL,
    events: readonly CloudEvent[],
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Exchange | 'stale'> {
    const [event] = events;
    const message = event && events.length === 1 ? encodeBinary(event) : encodeBatch(events);
    const secure = url.protocol === 'https:';
    const { timeoutMs } = this.#settings;
    return new Promise((resolve) => {
      const request = (secure ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent: secure ? this.#https : this.#http,
        signal,
        headers: {
          ...headers,
          ...message.headers,
          'content-length': String(message.body.length),
          // Knative's data plane: says that an event in the answer is welcome.
          prefer: 'reply',
        },
      });
      const timer = setTimeout(() => {
        resolve(unreachable(`The sink did not answer within ${timeoutMs} ms.`));
        request.destroy();
      }, timeoutMs);
      const end = (result: Exchange | 'stale'): void => {
        clearTimeout(timer);
        resolve(result);
      };
      request.on('response', (response) => {
        this.#read(response).then(
          (body) => end(exchangeOf(response, body)),
          (error: unknown) => end(unreachable(`The answer broke off: ${textOf(error)}.`)),
        );
      });
      request.on('error', (error) => {
        const stale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        end(stale ? 'stale' : unreachable(`The sink cannot be reached: ${textOf(error)}.`));
      });
      request.end(message.body);
    });
  }

  /** The body, undefined if it is longer than the limit. */
  async #read(response: IncomingMessage): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      // Leaving the loop destroys the connection: the rest is not read.
      if (length > this.#settings.maxAnswerBytes) return undefined;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}

function exchangeOf(response: IncomingMessage, body: Buffer | undefined): Exchange {
  const status = response.statusCode ?? 0;
  const retryAfter = response.headers['retry-after'];
  const attempt: Attempt = {
    kind: 'answered',
    status,
    ...(retryAfter !== undefined && { retryAfter }),
    response: headOf(status, response, body),
  };
  // Of all statuses only 200 may hold a reply.
  if (status !== 200 || !carriesEvents(response.headersDistinct)) return { attempt, replies: [] };
  if (!body) return { attempt, replies: [], note: 'The event in its answer is too long and was not taken.' };
  try {
    return { attempt, replies: decodeHttp(response.headersDistinct, new Uint8Array(body)).events };
  } catch (error) {
    if (!(error instanceof CloudEventError)) throw error;
    return { attempt, replies: [], note: `The event in its answer is broken: ${error.message}` };
  }
}

function headOf(status: number, response: IncomingMessage, body: Buffer | undefined): ResponseHead {
  const headers = Object.entries(response.headers)
    .slice(0, HEAD_HEADERS)
    .map(([name, value]) => [name, String(value).slice(0, HEAD_CHARACTERS)]);
  const text = (body ?? Buffer.alloc(0)).subarray(0, HEAD_CHARACTERS).toString('utf8');
  return { status, headers: Object.fromEntries(headers), body: text };
}

function unreachable(reason: string): Exchange {
  return { attempt: { kind: 'unreachable', reason }, replies: [] };
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node joins the errors of several addresses into one without a message.
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}
