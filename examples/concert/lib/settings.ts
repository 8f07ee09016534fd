/** Settings from the command line (`--turn-seconds 60`) and the environment (`TURN_SECONDS=60`); the former wins. */

/** Where settings come from: given by `main.ts`, never read elsewhere. */
export interface SettingsSource {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A setting is missing, misspelled or of the wrong form; the message names it and the remedy. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS';

  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** Takes settings out of a source one by one; {@link SettingsReader.finish} refuses what nobody took. */
export class SettingsReader {
  private readonly flags = new Map<string, string>();
  private readonly env: SettingsSource['env'];
  private readonly known: string[] = [];

  /** @throws SettingsError if the command line is not made of `--name value` or `--name=value`. */
  constructor(source: SettingsSource) {
    this.env = source.env;
    const rest = [...source.argv];
    for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
      const match = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(argument);
      const name = match?.[1];
      if (name === undefined) throw new SettingsError(`${argument} is no setting: write --name value.`);
      const value = match?.[2] ?? rest.shift();
      if (value === undefined) throw new SettingsError(`--${name} needs a value.`);
      this.flags.set(name, value);
    }
  }

  /** The raw text of a setting, or undefined; an empty variable of the environment counts as absent. */
  optional(name: string): string | undefined {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const variable = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    this.known.push(flag);
    const given = this.flags.get(flag);
    if (given !== undefined) return given;
    const fromEnvironment = this.env[variable];
    return fromEnvironment === '' ? undefined : fromEnvironment;
  }

  /** A text with a default. */
  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  /** A whole number within limits. */
  integer(name: string, fallback: number, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    return this.optionalInteger(name, least, most) ?? fallback;
  }

  /** A whole number within limits, or undefined if absent or `off`. */
  optionalInteger(name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.optional(name);
    if (text === undefined || text === 'off') return undefined;
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new SettingsError(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
    }
    return value;
  }

  /** One of a few words. */
  choice<T extends string>(name: string, words: readonly T[], fallback: T): T {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const found = words.find((word) => word === text);
    if (found === undefined)
      throw new SettingsError(`${name} must be one of ${words.join(', ')}, not "${text}".`);
    return found;
  }

  /** Texts between commas. */
  list(name: string, fallback: readonly string[] = []): readonly string[] {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** Numbers by name: `standing=100,balcony 1=50`. Each number must be 0 or more. */
  numbers(name: string, fallback: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    if (this.optional(name) === undefined) return fallback;
    const pairs = this.list(name).map((part) => {
      const at = part.lastIndexOf('=');
      const value = Number(part.slice(at + 1));
      if (at < 1 || part.slice(at + 1).trim() === '' || !Number.isFinite(value) || value < 0) {
        throw new SettingsError(`${name} must be written name=number,name=number; "${part}" is not.`);
      }
      return [part.slice(0, at).trim(), value] as const;
    });
    return Object.fromEntries(pairs);
  }

  /** An http or https address without a trailing slash. */
  address(name: string, fallback: string): string {
    const text = this.text(name, fallback);
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      throw new SettingsError(`${name} must be an http address, not "${text}".`);
    }
    return text.replace(/\/+$/, '');
  }

  /** @throws SettingsError naming a setting of the command line that nobody took. */
  finish(): void {
    for (const flag of this.flags.keys()) {
      if (!this.known.includes(flag)) {
        throw new SettingsError(
          `--${flag} is unknown; known are ${this.known.map((name) => `--${name}`).join(' ')}.`,
        );
      }
    }
  }
}

/** What every service needs to know. */
export interface CommonSettings {
  /** Port on the loopback; 0 takes any free one. */
  readonly port: number;
  /** Path of the SQLite file. */
  readonly data: string;
  /** Where events are sent to, the full address (usually Tutti's `/events`). */
  readonly brokerUrl: string;
  /** `controllable` opens `PUT /clock` and `POST /clock/reset`. */
  readonly clock: 'system' | 'controllable';
  /** Origins of pages that may send forms and changes to this service, beside its own. */
  readonly allowedOrigins: readonly string[];
  /** Names that a `Host` header may have, beside those of the loopback. */
  readonly allowedHosts: readonly string[];
  /** Sources that reuse event ids: their events are not checked for repetition (R8). */
  readonly reusedIdSources: readonly string[];
  /** Events in flight to the broker. Each session has at most one. */
  readonly inFlight: number;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
}

/** Takes the common settings; a service gives its own defaults for port and file. */
export function readCommonSettings(
  reader: SettingsReader,
  defaults: { readonly port: number; readonly data: string },
): CommonSettings {
  return {
    port: reader.integer('port', defaults.port, 0, 65_535),
    data: reader.text('data', defaults.data),
    brokerUrl: reader.address('brokerUrl', 'http://127.0.0.1:8080/events'),
    clock: reader.choice('clock', ['system', 'controllable'], 'system'),
    allowedOrigins: reader.list('allowedOrigins'),
    allowedHosts: reader.list('allowedHosts'),
    reusedIdSources: reader.list('reusedIdSources'),
    inFlight: reader.integer('inFlight', 32, 1, 1_000),
    logLevel: reader.choice('logLevel', ['silent', 'error', 'warn', 'info', 'debug'], 'info'),
  };
}
