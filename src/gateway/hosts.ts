import { GatewayError } from './errors.ts';

/**
 * Loopback is not a wall: a page that somebody opens in a browser can send requests to it, under its own name (DNS
 * rebinding) or across origins. So the `Host` must be a known name, and an `Origin` must be that same host.
 */
export class HostPolicy {
  readonly #names: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  /** The last host that passed: most requests name the same one. */
  #passed: string | undefined;

  /** Further host names under which the server is reached, and origins of pages that may use it. */
  constructor(names: readonly string[], origins: readonly string[] = []) {
    this.#names = new Set([
      '127.0.0.1',
      'localhost',
      '::1',
      ...names.map((name) => bare(name.toLowerCase())),
    ]);
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase()));
  }

  /** Throws a `GatewayError` if the request must not be served. */
  check(host: string | undefined, origin: string | undefined): void {
    if (host !== undefined && host === this.#passed && origin === undefined) return;
    const name = host === undefined ? undefined : hostName(host);
    if (name === undefined || !this.#names.has(name)) {
      throw new GatewayError(
        'FORBIDDEN',
        `The host '${host ?? ''}' is not known here. Use 127.0.0.1 or localhost, or start with --known-host ${name ?? 'NAME'}.`,
      );
    }
    this.#passed = host;
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return;
    if (originHost(origin) !== host?.toLowerCase()) {
      throw new GatewayError(
        'FORBIDDEN',
        `Requests from pages of '${origin}' are refused. If that page is yours, start with --allow-origin ${origin}.`,
      );
    }
  }
}

function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@[\]\s]+)(?::\d{0,5})?$/.exec(host);
  return match?.[1] === undefined ? undefined : bare(match[1].toLowerCase());
}

function bare(name: string): string {
  return name.replace(/^\[|\]$/g, '');
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/?#@\s]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
