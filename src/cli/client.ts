import type { Arguments } from './arguments.ts';
import { OptionError } from './flags.ts';
import type { CommandIo } from './run.ts';

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

export function serverOf(given: Arguments, io: CommandIo): string {
  return serverUrl(given.one('--url'), io.environment);
}

/** The token by which the server knows who sends; it is not a flag, as other users of the machine see those. */
function withToken(init: RequestInit): RequestInit {
  const token = process.env['TUTTI_TOKEN'];
  if (token === undefined || token === '') return init;
  return {
    ...init,
    headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
  };
}

/** Sends a request and answers with what came. Throws `ServerRefusedError` with the server's own words. */
export async function request(url: string, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url + path, withToken(init)).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new ServerRefusedError(
      `No server answers at ${url}. Start one with tutti serve, or name it with --url.`,
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
export async function call(url: string, path: string, init: RequestInit): Promise<unknown> {
  const response = await request(url, path, init);
  return response.json().catch(() => undefined);
}

/** The text of the answer to a GET. Throws as {@link request} does. */
export async function getText(url: string, path: string, signal?: AbortSignal): Promise<string> {
  const response = await request(url, path, signal === undefined ? {} : { signal });
  return response.text();
}

/** Sends JSON. Throws as {@link request} does. */
export function send(url: string, path: string, method: string, body?: string): Promise<unknown> {
  return call(url, path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
  });
}
