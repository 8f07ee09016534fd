import type { Arguments } from './arguments.ts';
import { OptionError } from './flags.ts';
import type { CommandIo } from './io.ts';

/** The server refused what a command asked, or cannot be reached. */
export class ServerRefusedError extends Error {
  readonly code = 'SERVER_REFUSED';
  /** Of the answer; 0 if there was none. */
  readonly status: number;
  /** ms to wait before the next attempt, if the server said so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status = 0, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** True if the same request may work later: the server is away, starting, or has too much to do. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** The server that commands talk to. */
export interface Server {
  /** Without a slash at its end. */
  readonly url: string;
  /** By which it knows who sends; it is not a flag, as other users of the machine see those. */
  readonly token?: string;
}

/** Address of the server that commands talk to, without a slash at its end. */
export function serverUrl(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const text = flag ?? environment['TUTTI_URL'] ?? DEFAULT_URL;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new OptionError('--url', `--url must be an address such as ${DEFAULT_URL}, but was '${text}'.`);
  }
  return text.replace(/\/+$/, '');
}

/** The server as the command line and the environment name it. */
export function serverOf(given: Arguments, { environment }: CommandIo): Server {
  const url = serverUrl(given.one('--url'), environment);
  const token = environment['TUTTI_TOKEN'];
  return token === undefined || token === '' ? { url } : { url, token };
}

function withToken(init: RequestInit, token: string | undefined): RequestInit {
  if (token === undefined) return init;
  return {
    ...init,
    headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
  };
}

/** Sends a request and answers with what came. Throws `ServerRefusedError` with the server's own words. */
export async function request(server: Server, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(server.url + path, withToken(init, server.token)).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new ServerRefusedError(
      `No server answers at ${server.url}. Start one with tutti serve, or name it with --url.`,
    );
  });
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : undefined;
  const after = response.headers.get('retry-after');
  throw new ServerRefusedError(
    detail ?? `The server answered ${response.status} ${response.statusText}.`,
    response.status,
    after !== null && /^\d{1,5}$/.test(after) ? Number(after) * 1000 : undefined,
  );
}

/** The JSON of the answer; undefined if it has none. Throws as {@link request} does. */
export async function call(server: Server, path: string, init: RequestInit): Promise<unknown> {
  const response = await request(server, path, init);
  return response.json().catch(() => undefined);
}

/** The text of the answer to a GET. Throws as {@link request} does. */
export async function getText(server: Server, path: string, signal?: AbortSignal): Promise<string> {
  const response = await request(server, path, signal === undefined ? {} : { signal });
  return response.text();
}

/** Sends JSON. Throws as {@link request} does. */
export function send(server: Server, path: string, method: string, body?: string): Promise<unknown> {
  return call(server, path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
  });
}
