import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from './errors.ts';
import type { HostPolicy } from './hosts.ts';
import {
  type GatewayRequest,
  type GatewayResponse,
  headerOf,
  NO_QUERY,
  problem,
  type RequestHead,
  type Route,
} from './http.ts';

export interface DirectOptions {
  /** Of all groups; those marked as direct are answered here. */
  readonly routes: readonly Route[];
  readonly hosts: HostPolicy;
  /** Any error as a refusal; also tells of mistakes in the program. */
  readonly refusalOf: (error: unknown, method: string, path: string) => GatewayError;
  readonly answered: (route: Route, status: number, seconds: number) => void;
  readonly stopping: AbortSignal;
}

/**
 * Answers routes that are called thousands of times a second straight on Node's server: the framework costs as much as the
 * rest of such a request (see bench/README.md). They behave as the others do.
 * @returns false for a request that is not for such a route
 */
export function directly(
  options: DirectOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const direct = options.routes.filter((route) => route.direct);
  return (request, response) => {
    const url = request.url ?? '/';
    const route = direct.find(({ method, path }) => method === request.method && isAt(path, url));
    if (!route) return false;
    void answer(options, route, request, response);
    return true;
  };
}

function isAt(path: string, url: string): boolean {
  return (
    url.startsWith(path) && (url.length === path.length || url.charCodeAt(path.length) === QUESTION_MARK)
  );
}

const QUESTION_MARK = 0x3f;

async function answer(
  options: DirectOptions,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const began = performance.now();
  const { stopping } = options;
  let given: GatewayResponse;
  try {
    if (stopping.aborted)
      throw new GatewayError('UNAVAILABLE', 'The server is stopping.', { 'retry-after': '1' });
    const { rawHeaders } = request;
    options.hosts.check(headerOf(rawHeaders, 'host'), headerOf(rawHeaders, 'origin'));
    const caller = route.admit && (await route.admit(headOf(request)));
    const body = await bodyOf(request, route);
    given = await route.handler(new DirectRequest(request, response, body, caller, stopping));
  } catch (error) {
    given = problem(options.refusalOf(error, route.method, route.path), route.path);
  }
  write(response, given, stopping.aborted || !request.complete);
  options.answered(route, given.status, (performance.now() - began) / 1000);
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

/** A class, because V8 makes a getter that is written in an object old, and what it knows of stays with it. */
class DirectRequest implements GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly params = NO_PARAMS;
  readonly query: URLSearchParams;
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  readonly caller?: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #stopping: AbortSignal;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: Uint8Array,
    caller: string | undefined,
    stopping: AbortSignal,
  ) {
    const { path, query } = targetOf(request);
    this.method = request.method ?? '';
    this.path = path;
    this.query = query;
    this.rawHeaders = request.rawHeaders;
    this.body = body;
    if (caller !== undefined) this.caller = caller;
    this.#request = request;
    this.#response = response;
    this.#stopping = stopping;
  }

  /** Node makes this object when it is asked for. */
  get headers(): GatewayRequest['headers'] {
    return this.#request.headers;
  }

  /** A signal costs as much as an event, so it is made only for who asks. */
  get signal(): AbortSignal {
    return AbortSignal.any([goneSignal(this.#response), this.#stopping]);
  }
}

export function headOf(request: IncomingMessage): RequestHead {
  const { method = '', headers, rawHeaders } = request;
  return { method, headers, rawHeaders, ...targetOf(request) };
}

function targetOf({ url = '/' }: IncomingMessage): Pick<RequestHead, 'path' | 'query'> {
  const at = url.indexOf('?');
  if (at === -1) return { path: url, query: NO_QUERY };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** Aborts when the client has gone before the answer went out. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

const NOTHING = new Uint8Array();

function bodyOf(
  request: IncomingMessage,
  { bodyLimit = Number.POSITIVE_INFINITY, bodyLimitOption }: Route,
): Promise<Uint8Array> {
  const tooLarge = (): GatewayError =>
    new GatewayError('PAYLOAD_TOO_LARGE', tooLargeText(bodyLimit, bodyLimitOption));
  const announced = Number(headerOf(request.rawHeaders, 'content-length') ?? 0);
  if (announced > bodyLimit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length > bodyLimit) {
        request.removeAllListeners('data');
        request.resume();
        reject(tooLarge());
      } else parts.push(part);
    });
    request.on('end', () => {
      const [only] = parts;
      resolve(parts.length === 1 && only ? only : only ? Buffer.concat(parts, length) : NOTHING);
    });
    request.on('error', () => reject(clientGone()));
    request.on('close', () => {
      if (!request.complete) reject(clientGone());
    });
  });
}

export function tooLargeText(bodyLimit: number, option: string | undefined): string {
  const remedy = option === undefined ? '' : `, or start with a larger ${option}`;
  return `The request body is larger than the ${bodyLimit} bytes that are accepted here; send less${remedy}.`;
}

export function clientGone(): GatewayError {
  return new GatewayError('CANCELLED', 'The client went away before it had sent the body.');
}

function write(
  response: ServerResponse,
  { status, headers, body = '' }: GatewayResponse,
  last: boolean,
): void {
  if (response.destroyed || (typeof body === 'object' && !(body instanceof Uint8Array))) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    ...headers,
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.length,
    'x-content-type-options': 'nosniff',
    // What is left of a body that was not read must not be taken for the next request.
    ...(last && { connection: 'close' }),
  });
  response.end(body);
}
