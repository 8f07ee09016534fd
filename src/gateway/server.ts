import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  boundConnections,
  type ConnectionLimits,
  checkIntervalOf,
  DEFAULT_CONNECTION_LIMITS,
  MAX_HEADER_BYTES,
  refuseBrokenRequest,
} from './connections.ts';
import { clientGone, directly, goneSignal, headOf, tooLargeText } from './direct.ts';
import { asGatewayError, GatewayError } from './errors.ts';
import type { HostPolicy } from './hosts.ts';
import { type Accepts, type GatewayResponse, problem, type Route, type RouteGroup } from './http.ts';

/** Bytes of a request body unless its route says otherwise: an event or a set of variables. */
export const DEFAULT_BODY_LIMIT = 4 * 1024 * 1024;

export interface GatewayOptions {
  readonly groups: readonly RouteGroup[];
  readonly hosts: HostPolicy;
  /** Address to bind. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly limits?: Partial<ConnectionLimits>;
  /** Told of mistakes in the program; the caller gets a 500 without details. */
  readonly onError: (error: unknown, request: { readonly method: string; readonly path: string }) => void;
  /** Told of each answered request, for metrics. `route` is the pattern, not the path. */
  readonly onAnswer?: (answer: { method: string; route: string; status: number; seconds: number }) => void;
}

export interface Gateway {
  readonly host: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ends waiting requests and streams, lets the others finish for `graceMs`, then cuts them off. */
  close(graceMs?: number): Promise<void>;
}

/** Opens the port. Rejects with Node's `EADDRINUSE`, `EACCES`, … if it cannot. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const stopping = new AbortController();
  const app = buildServer(options, stopping.signal);
  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  let closed: Promise<void> | undefined;
  return {
    host: options.host,
    port,
    url: `http://${name}:${port}`,
    close: (graceMs = 3000) => {
      closed ??= stop(app, stopping, graceMs);
      return closed;
    },
  };
}

async function stop(app: FastifyInstance, stopping: AbortController, graceMs: number): Promise<void> {
  stopping.abort();
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  // A connection whose last answer has gone out would otherwise stay open for its keep-alive time.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 20);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}

/** The server without a port, for in-process calls. */
export function buildServer(options: GatewayOptions, stopping: AbortSignal): FastifyInstance {
  const answer = (error: unknown, request: FastifyRequest | undefined, reply: FastifyReply) => {
    const path = pathOf(request?.url ?? '/');
    const known = asGatewayError(error) ?? frameworkError(error, request);
    if (known === undefined) options.onError(error, { method: request?.method ?? '', path });
    return send(reply, problem(known ?? unexpected(), path));
  };
  const limits = { ...DEFAULT_CONNECTION_LIMITS, ...options.limits };
  const app = Fastify({
    logger: false,
    requestTimeout: limits.requestMs,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(limits.headMs, limits.requestMs),
      connectionsCheckingInterval: checkIntervalOf(limits),
    },
    clientErrorHandler: (error, socket) => refuseBrokenRequest(error, socket, limits),
    bodyLimit: DEFAULT_BODY_LIMIT,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: false },
    frameworkErrors: (error, request, reply) => {
      answer(error, request, reply);
    },
  });
  boundConnections(app.server, limits);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => {
    options.hosts.check(request.headers.host, one(request.headers.origin));
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-content-type-options', 'nosniff');
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    options.onAnswer?.({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
  });
  app.setErrorHandler((error, request, reply) => answer(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answer(
      new GatewayError('ROUTE_NOT_FOUND', `There is nothing at ${request.method} ${pathOf(request.url)}.`),
      request,
      reply,
    ),
  );
  register(app, options.groups, stopping);
  answerDirectly(app, options, stopping);
  return app;
}

/** Lets the routes that are marked so be answered before the framework sees the request. */
function answerDirectly(app: FastifyInstance, options: GatewayOptions, stopping: AbortSignal): void {
  const [framework] = app.server.listeners('request') as RequestListener[];
  const answered = directly({
    routes: options.groups.flatMap(({ routes }) => routes),
    hosts: options.hosts,
    refusalOf: (error, method, path) => {
      const known = asGatewayError(error);
      if (known === undefined) options.onError(error, { method, path });
      return known ?? unexpected();
    },
    answered: ({ method, path }, status, seconds) =>
      options.onAnswer?.({ method, route: path, status, seconds }),
    stopping,
  });
  app.server.removeAllListeners('request');
  app.server.on('request', (request, response) => {
    if (!answered(request, response)) framework?.(request, response);
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** See `Route.bodyLimitOption`. */
    readonly bodyLimitOption?: string | undefined;
  }
}

/** Who sent a request, from `Route.admit` to its handler. */
const callers = new WeakMap<FastifyRequest, string>();

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

function register(app: FastifyInstance, groups: readonly RouteGroup[], stopping: AbortSignal): void {
  const byPath = new Map<string, Route[]>();
  for (const route of groups.flatMap((group) => group.routes)) {
    const known = byPath.get(route.path);
    if (known === undefined) byPath.set(route.path, [route]);
    else known.push(route);
  }
  for (const [path, routes] of byPath) {
    for (const route of routes) {
      app.route({
        method: route.method,
        url: path,
        ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
        config: { bodyLimitOption: route.bodyLimitOption },
        ...(route.admit && {
          onRequest: async (request: FastifyRequest) => {
            const caller = await route.admit?.(headOf(request.raw));
            if (caller !== undefined) callers.set(request, caller);
          },
        }),
        handler: (request, reply) => handle(route, request, reply, stopping),
      });
    }
    const allowed: string[] = routes.map(({ method }) => method);
    const others = METHODS.filter((method) => !allowed.includes(method));
    app.route({
      method: [...others],
      url: path,
      // Refused before the body is read: its size and type no longer matter.
      onRequest: async (request) => {
        throw new GatewayError(
          'METHOD_NOT_ALLOWED',
          `${request.method} is not possible here; use ${allowed.join(' or ')}.`,
          { allow: allowed.join(', ') },
        );
      },
      handler: () => undefined,
    });
  }
}

async function handle(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
): Promise<FastifyReply> {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  checkMediaType(route.accepts, one(request.headers['content-type']), body.length);
  const caller = callers.get(request);
  const response = await route.handler({
    ...headOf(request.raw),
    params: request.params as Record<string, string>,
    body,
    ...(caller !== undefined && { caller }),
    signal: AbortSignal.any([goneSignal(reply.raw), stopping]),
  });
  return send(reply, response);
}

function send(reply: FastifyReply, { status, headers = {}, body }: GatewayResponse): FastifyReply {
  reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  // As bytes: fastify would add a charset to the media type of a text.
  if (typeof body === 'string') return reply.send(Buffer.from(body));
  if (body instanceof Uint8Array)
    return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return reply.send(Readable.from(body));
}

const MEDIA_TYPES: Readonly<Record<Exclude<Accepts, 'any' | 'none'>, RegExp>> = {
  json: /^application\/(?:[\w.+-]+\+)?json$/,
  multipart: /^multipart\/form-data$/,
};

function checkMediaType(accepts: Accepts, contentType: string | undefined, length: number): void {
  if (accepts === 'any' || accepts === 'none') return;
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (accepts === 'json' && length === 0) return;
  if (MEDIA_TYPES[accepts].test(type)) return;
  const wanted = accepts === 'json' ? 'application/json' : 'multipart/form-data';
  throw new GatewayError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Content-Type '${type}' is not supported here; send ${wanted}.`,
  );
}

/** What fastify itself refuses, by its status. */
function frameworkError(error: unknown, request: FastifyRequest | undefined): GatewayError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  // Node's word for a connection that ended before the body did.
  if (code === 'ECONNRESET' && request?.raw.destroyed) {
    return clientGone();
  }
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  switch (statusCode) {
    case 413:
      return new GatewayError('PAYLOAD_TOO_LARGE', tooLarge(request));
    case 414:
      return new GatewayError('URI_TOO_LONG', 'A part of the path is too long.');
    case 415:
      return new GatewayError('UNSUPPORTED_MEDIA_TYPE', error.message);
    case 400:
      return new GatewayError('BAD_REQUEST', error.message);
    case 503:
      return new GatewayError('UNAVAILABLE', 'The server is stopping.', { 'retry-after': '1' });
    default:
      return undefined;
  }
}

function tooLarge(request: FastifyRequest | undefined): string {
  const { bodyLimit = DEFAULT_BODY_LIMIT, config } = request?.routeOptions ?? {};
  return tooLargeText(bodyLimit, config?.bodyLimitOption);
}

function unexpected(): GatewayError {
  return new GatewayError('INTERNAL', 'An unexpected error occurred; the server has written it to its log.');
}

function pathOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? url : url.slice(0, at);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
