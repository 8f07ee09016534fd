import { OptionError } from './flags.ts';

/** The server refused what a command asked, or cannot be reached. */
export class ServerRefusedError extends Error {
  readonly code = 'SERVER_REFUSED';
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

/** Sends a request and answers its JSON. Throws `ServerRefusedError` with the server's own words. */
export async function call(url: string, path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url + path, init).catch(() => {
    throw new ServerRefusedError(
      `No server answers at ${url}. Start one with tutti serve, or name it with --url.`,
    );
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : undefined;
  throw new ServerRefusedError(detail ?? `The server answered ${response.status} ${response.statusText}.`);
}
