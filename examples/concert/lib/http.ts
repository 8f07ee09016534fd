/** HTTP on the loopback: problem documents, guarded against foreign pages, closed in time. */
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** An answer other than success, sent as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** More members of the document. */
  readonly extra: Readonly<Record<string, unknown>>;

  /**
   * @param status HTTP status, 400 or above.
   * @param code stable word for programs.
   * @param detail sentence for people; never holds what the caller sent in confidence.
   */
  constructor(status: number, code: string, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

export interface ServerOptions {
  readonly log: Logger;
  /** Largest body in bytes. */
  readonly bodyLimit?: number;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];
const harmlessMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Makes a server; {@link listen} opens it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: options.bodyLimit ?? 1_048_576,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
  });
  const hosts = new Set([...loopbackNames, ...(options.allowedHosts ?? [])]);
  const origins = new Set(options.allowedOrigins ?? []);
  app.addHook('onRequest', async (request) => {
    guard(request, hosts, origins);
  });
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500)
      options.log.error({ code: problem.code, err: withoutCause(error) }, problem.message);
    return reply.code(problem.status).type('application/problem+json').send(problemBody(problem));
  });
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem(
      404,
      'notFound',
      `There is no ${request.method} ${request.url.split('?')[0]}.`,
    );
    return reply.code(404).type('application/problem+json').send(problemBody(problem));
  });
  return app;
}

/**
 * Opens a server on the loopback; answers the port.
 * @param port 0 takes any free one.
 */
export async function listen(app: FastifyInstance, port: number): Promise<number> {
  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Takes no more requests, lets running ones finish for at most `patience` milliseconds, then cuts them. */
export async function closeServer(app: FastifyInstance, patience = 2_000): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), patience);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}

/** The document that tells of a problem. */
export function problemBody(problem: Problem): Record<string, unknown> {
  return {
    type: 'about:blank',
    title: titles[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...problem.extra,
  };
}

/** Any error as a problem; what is not meant for the caller becomes a plain 500 or 503. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = property(error, 'code');
  if (code === 'ERR_SQLITE_ERROR' || code === 'DATABASE_CLOSED') {
    return new Problem(503, 'unavailable', 'Nothing can be stored at the moment; try again.');
  }
  const status = property(error, 'statusCode');
  if (typeof status === 'number' && status >= 400 && status < 500 && error instanceof Error) {
    return new Problem(status, 'badRequest', error.message);
  }
  return new Problem(500, 'internal', 'Something went wrong here; the log of the service tells more.');
}

/** A body that must be a JSON object. @throws Problem 400 */
export function objectBody(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'badRequest', 'The body must be a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** Reads `application/x-www-form-urlencoded` bodies into plain objects of text. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
}

/** A log as fastify wants it, should a service need one. */
export type ServerLog = FastifyBaseLogger;

/** Refuses names that are not ours (a rebound name) and changes sent by foreign pages. */
function guard(request: FastifyRequest, hosts: ReadonlySet<string>, origins: ReadonlySet<string>): void {
  const host = request.headers.host ?? '';
  if (!hosts.has(host.replace(/:\d+$/, '').toLowerCase())) {
    throw new Problem(403, 'foreignHost', 'This name is not served here; add it to allowedHosts.');
  }
  if (harmlessMethods.includes(request.method)) return;
  const origin = request.headers.origin;
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  if (!origins.has(origin)) {
    throw new Problem(
      403,
      'foreignOrigin',
      'Pages of this origin may not do this; add it to allowedOrigins.',
    );
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** For the log: where it happened, without values that a cause might carry. */
function withoutCause(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: 'not an Error' };
  return error.stack === undefined
    ? { message: error.message }
    : { message: error.message, stack: error.stack };
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
