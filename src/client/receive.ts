import { CloudEventError, decodeHttp, encodeBinary } from '../cloudevents/index.ts';
import { fromCloudEvent, type NewEvent, toCloudEvent } from './event.ts';
import { type EventHandler, EventRefusal } from './event-handler.ts';
import { isSigned } from './signature.ts';

export interface ReceiveOptions {
  /** Secret of the subscription's `protocolsettings.hmac`: what is not signed with it is answered 401. */
  readonly secret?: string;
  /** Header of the signature. @defaultValue webhook-signature */
  readonly signatureHeader?: string;
  /** Source of events that a handler answers without one. @defaultValue `/`, then the path of the request */
  readonly source?: string;
  /** Bytes that a request may have; longer ones are answered 413. @defaultValue 1 MiB */
  readonly maxBytes?: number;
  /** Who may deliver webhooks here, as `WebHook-Request-Origin` names them. @defaultValue nobody is given consent */
  readonly allowedOrigins?: readonly string[];
  /** Told of what a handler threw unexpectedly; the sender is answered 500 and tries again. */
  readonly onError?: (error: unknown) => void;
}

/** A web-standard handler of requests. */
export type Receive = (request: Request) => Promise<Response>;

const MEBIBYTE = 1024 * 1024;

/**
 * Makes a handler of HTTP requests from a handler of events, for the sink of a subscription or the `Host` of a task:
 * decodes events in any mode (also batches, whose events are handled one after the other), verifies the signature, and
 * answers the reply if there is one.
 */
export function receiveEvents(handler: EventHandler, options: ReceiveOptions = {}): Receive {
  const { secret, signatureHeader = 'webhook-signature', maxBytes = MEBIBYTE, onError } = options;
  return async (request) => {
    if (request.method === 'OPTIONS') return consent(request, options.allowedOrigins ?? []);
    if (request.method !== 'POST') return problem(405, 'Send events by POST.', { allow: 'POST, OPTIONS' });
    try {
      const body = await bodyOf(request, maxBytes);
      if (body === undefined) return problem(413, `A request may have ${maxBytes} bytes.`);
      if (secret !== undefined) {
        const { headers } = request;
        const [id, timestamp] = [headers.get('webhook-id'), headers.get('webhook-timestamp')];
        const message = { id, timestamp, signature: headers.get(signatureHeader), body };
        if (!(await isSigned(message, secret))) return problem(401, 'The signature is missing or wrong.');
      }
      const { events, mode } = decodeHttp(Object.fromEntries(request.headers), body);
      let reply: NewEvent | undefined;
      for (const event of events) reply = (await handler(fromCloudEvent(event))) ?? undefined;
      // An answer holds one event, so it must be clear to which one it replies.
      if (reply === undefined || mode === 'batch') return new Response(null, { status: 202 });
      return replying(reply, options.source ?? new URL(request.url).pathname);
    } catch (error) {
      if (error instanceof EventRefusal) return problem(error.status, error.message);
      if (error instanceof CloudEventError) return problem(error.status, error.message);
      onError?.(error);
      return problem(500, 'The event could not be handled.');
    }
  };
}

function replying(reply: NewEvent, source: string): Response {
  const event = toCloudEvent({
    id: crypto.randomUUID(),
    source,
    time: new Date().toISOString(),
    ...reply,
  });
  const { headers, body } = encodeBinary(event);
  return new Response(body as Uint8Array<ArrayBuffer>, { status: 200, headers });
}

/** The handshake of the CloudEvents WebHook specification: consent is given by headers, not by the status. */
function consent(request: Request, allowedOrigins: readonly string[]): Response {
  const headers: Record<string, string> = { allow: 'POST, OPTIONS' };
  const origin = request.headers.get('webhook-request-origin');
  const allowed = origin !== null && (allowedOrigins.includes(origin) || allowedOrigins.includes('*'));
  if (allowed) {
    headers['webhook-allowed-origin'] = origin;
    const rate = request.headers.get('webhook-request-rate');
    headers['webhook-allowed-rate'] = rate ?? '*';
  }
  return new Response(null, { status: 204, headers });
}

function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body = JSON.stringify({ status, detail });
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** Undefined if it is too long; what comes after is not read. */
async function bodyOf(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    length += read.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      return undefined;
    }
    chunks.push(read.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
