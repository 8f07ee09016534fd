import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from './errors.ts';
import { problem } from './http.ts';

/** What a client may keep busy before the server gives up on it. */
export interface ConnectionLimits {
  /** ms for the header fields of a request. @defaultValue 15000 */
  readonly headMs: number;
  /** ms for a whole request, head and body. @defaultValue 120000 */
  readonly requestMs: number;
  /** Connections at a time; further ones are closed at once. @defaultValue 10000 */
  readonly connections: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  headMs: 15_000,
  requestMs: 120_000,
  connections: 10_000,
};

/**
 * Bytes of the header fields of a request. In binary mode the attributes of an event are header fields: 64 KiB of
 * them (`MAX_ATTRIBUTE_BYTES`) may be 192 KiB when percent-encoded, and there are names and other fields.
 */
export const MAX_HEADER_BYTES = 256 * 1024;

/** How often Node looks for requests that take too long: four times in the shorter of both times, at least each second. */
export function checkIntervalOf({ headMs, requestMs }: ConnectionLimits): number {
  return Math.max(10, Math.min(1000, Math.floor(Math.min(headMs, requestMs) / 4)));
}

/** Bounds of a server that Node takes only as properties. */
export function boundConnections(server: Server, { connections }: ConnectionLimits): void {
  server.maxConnections = connections;
  // Node would silently drop what is beyond the 2000th field, and with it attributes. The bytes are bounded.
  server.maxHeadersCount = 0;
}

/** ms for a client to read the answer before its connection is cut. */
const LINGER_MS = 1000;

/**
 * Answers a request that broke off in Node's parser, or did not arrive in time, with a problem document, and closes
 * its connection: nothing that follows on it can be trusted to begin where a request begins.
 */
export function refuseBrokenRequest(
  error: Error & { readonly code?: string },
  socket: Socket,
  limits: ConnectionLimits,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || answerUnderWay(socket)) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problem(refusalOf(error, limits), '/');
  const text = typeof body === 'string' ? body : '';
  const fields = { ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${lines.join('')}\r\n${text}`);
  // Cut off at once, a client that still sends would lose the answer.
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  413: 'Content Too Large',
  503: 'Service Unavailable',
};

function refusalOf(error: Error & { readonly code?: string }, limits: ConnectionLimits): GatewayError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError(
        'PAYLOAD_TOO_LARGE',
        `The header fields are longer than ${MAX_HEADER_BYTES} bytes; send an event with long attributes in structured mode.`,
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      // 503 and not 408: to senders of events it is the status that says "again".
      return new GatewayError(
        'UNAVAILABLE',
        `The request did not arrive in time: its header fields within ${limits.headMs} ms, all of it within ${limits.requestMs} ms. Send it again.`,
        { 'retry-after': '1' },
      );
    default:
      return new GatewayError('BAD_REQUEST', `The request is not well-formed HTTP/1.1: ${error.message}.`);
  }
}

/** True if part of an answer has gone out on this connection, as Node itself looks at it. */
function answerUnderWay(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: { headersSent?: boolean } | null };
  return message?.headersSent === true;
}
