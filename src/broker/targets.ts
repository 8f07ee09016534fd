/** A part of addresses: without a scheme http and https are meant, without a port every port. */
export interface Place {
  readonly scheme?: string;
  readonly host: string;
  readonly port?: string;
}

/** Addresses at `from` go to `to` instead: scheme, host and port are replaced, the rest stays. */
export interface HostMapping {
  readonly from: Place;
  readonly to: URL;
}

export interface TargetSettings {
  readonly hostMap: readonly HostMapping[];
  /** What may be called beside loopback. */
  readonly allowed: readonly Place[];
}

export type TargetOrReason =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string };

/** A setting that cannot be used; the message names the setting and the remedy. */
export class TargetSettingError extends Error {
  override readonly name = 'TargetSettingError';
  readonly code = 'INVALID_TARGET_SETTING';
}

/** Settings from texts as the options hold them. @throws TargetSettingError */
export function targetSettings(
  hostMap: readonly { readonly from: string; readonly to: string }[],
  allowed: readonly string[],
): TargetSettings {
  return {
    hostMap: hostMap.map(({ from, to }) => parseHostMapping(from, to)),
    allowed: allowed.map(parseAllowedTarget),
  };
}

function parseHostMapping(fromText: string, toText: string): HostMapping {
  const from = placeOf(fromText);
  const to = httpUrl(toText.includes('://') ? toText : `http://${toText}`);
  if (!from || !to || to.search !== '' || to.hash !== '') {
    throw new TargetSettingError(
      `--host-map '${fromText}=${toText}' is not FROM=TO. Write it like http://tickets=http://127.0.0.1:8082.`,
    );
  }
  return { from, to };
}

function parseAllowedTarget(text: string): Place {
  const place = placeOf(text);
  if (place) return place;
  throw new TargetSettingError(
    `--allow-target '${text}' is no target. Write host, host:port or http://host:port.`,
  );
}

/** `host`, `host:port`, `http://host` or `http://host:port`. */
function placeOf(text: string): Place | undefined {
  const match = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[^/:[\]@\s?#]+)(?::(\d{1,5}))?\/?$/i.exec(text.trim());
  const [, scheme, host, port] = match ?? [];
  const url = host === undefined ? undefined : httpUrl(`http://${host}`);
  return (
    url && {
      host: url.hostname,
      ...(scheme !== undefined && { scheme: `${scheme.toLowerCase()}:` }),
      ...(port !== undefined && { port: String(Number(port)) }),
    }
  );
}

/**
 * Which addresses events may be sent to. Models and subscriptions name addresses, and old models name strangers':
 * so only loopback and what the settings list is called, after the host map was applied.
 */
export class Targets {
  readonly #settings: TargetSettings;

  constructor(settings: TargetSettings) {
    this.#settings = settings;
  }

  /** The address to call for `address`, or why it must not be called. */
  resolve(address: string): TargetOrReason {
    const url = httpUrl(address);
    if (!url) {
      return {
        ok: false,
        reason: `'${address.slice(0, 200)}' is no http or https address. Write it like http://host:port/path.`,
      };
    }
    if (url.username !== '' || url.password !== '') {
      return {
        ok: false,
        reason: 'The address must not hold a user name or password. Set a header instead.',
      };
    }
    const mapping = this.#settings.hostMap.find(({ from }) => covers(from, url));
    if (mapping) return { ok: true, url: moved(url, mapping.to) };
    if (isLoopback(url.hostname) || this.#settings.allowed.some((place) => covers(place, url))) {
      return { ok: true, url };
    }
    return {
      ok: false,
      reason: `'${url.origin}' is not allowed as a target: only loopback addresses and listed ones are. Start with --allow-target ${url.host}, or map it with --host-map ${url.origin}=TO.`,
    };
  }
}

/** True for `localhost`, 127.0.0.0/8 and ::1, as WHATWG URL spells them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function covers(place: Place, url: URL): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return (
    place.host === url.hostname &&
    (place.scheme === undefined || place.scheme === url.protocol) &&
    (place.port === undefined || place.port === port)
  );
}

function moved(url: URL, to: URL): URL {
  return new URL(`${to.origin}${to.pathname.replace(/\/$/, '')}${url.pathname}${url.search}`);
}

function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}
