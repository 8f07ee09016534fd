import { type HeaderList, isHeader } from '../cloudevents/index.ts';
import { ERRORS, type ErrorCode, type GatewayError } from './errors.ts';
import { toJson } from './json.ts';
import type { Operation } from './rest/schema.ts';

/** HTTP as handlers see it: no framework. The skin in `server.ts` translates. */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

export interface GatewayRequest {
  readonly method: string;
  /** Path without the query, as it was sent. */
  readonly path: string;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Name and value alternating, exactly as they were sent. */
  readonly rawHeaders: HeaderList;
  /** Empty if there was none. */
  readonly body: Uint8Array;
  /** Who sent it, where the route's `admit` found out. */
  readonly caller?: string;
  /** Aborts when the client has gone or the server stops. */
  readonly signal: AbortSignal;
}

/** What is known of a request before its body is read. */
export type RequestHead = Pick<GatewayRequest, 'method' | 'path' | 'query' | 'headers' | 'rawHeaders'>;

export type GatewayBody = string | Uint8Array | AsyncIterable<string>;

export interface GatewayResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: GatewayBody;
}

/** Which bodies a route reads; others get 415. `any` leaves it to the handler. */
export type Accepts = 'none' | 'json' | 'multipart' | 'any';

export interface Route {
  readonly method: Method;
  /** Parameters as `:name`, a rest as a last `*`. */
  readonly path: string;
  readonly accepts: Accepts;
  /** Bytes. @defaultValue that of the server */
  readonly bodyLimit?: number;
  /** The option that sets `bodyLimit`, named to those whose body is too long. */
  readonly bodyLimitOption?: string;
  /** Answered without the framework, because it is called thousands of times a second; its path has no parameters. */
  readonly direct?: true;
  /** How the document of the REST API describes it. */
  readonly operation?: Operation;
  /** Lets a request in or rejects with a `GatewayError`, before its body is read; answers the name of the caller. */
  admit?(head: RequestHead): Promise<string | undefined> | string | undefined;
  /** May reject with `GatewayError` or what `asGatewayError` knows; anything else is answered as 500. */
  handler(request: GatewayRequest): Promise<GatewayResponse> | GatewayResponse;
}

/** Routes that belong together and are plugged into the server as one. */
export interface RouteGroup {
  readonly name: string;
  readonly routes: readonly Route[];
}

/** Value of a header, by its name in lower case; joined as Node joins them if there are several. */
export function headerOf(rawHeaders: HeaderList, name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (!isHeader(rawHeaders[at] as string, name)) continue;
    const value = rawHeaders[at + 1] as string;
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

/** A JSON answer; maps of exact JSON texts stay exact (see `toJson`). */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: toJson(value) };
}

/** The query of an address without one; not to be changed. */
export const NO_QUERY = new URLSearchParams();

export const NO_CONTENT: GatewayResponse = { status: 204 };

/** RFC 9457 problem document. */
export function problem(error: GatewayError, instance: string): GatewayResponse {
  return problemWith(error.code, instance, { detail: error.message }, error.headers);
}

/** A problem document with members of its own, `detail` among them. */
export function problemWith(
  code: ErrorCode,
  instance: string,
  members: object,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  const { http: status, title } = ERRORS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, instance, ...members }),
  };
}
