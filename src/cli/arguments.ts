import { unknownMessage } from '../config/index.ts';
import { OptionError } from './flags.ts';

/** What a command takes. */
export interface ArgumentSpec {
  /** Options with a value, given as `--name value` or `--name=value`. */
  readonly values: readonly string[];
  /** Options without one. */
  readonly switches?: readonly string[];
  /** Words that are no options, such as `SEQUENCE`. @defaultValue none */
  readonly words?: { readonly name: string; readonly least: number; readonly most: number };
}

/** A command line that was read. */
export class Arguments {
  readonly words: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #switches: ReadonlySet<string>;

  constructor(
    words: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
    switches: ReadonlySet<string>,
  ) {
    this.words = words;
    this.#values = values;
    this.#switches = switches;
  }

  /** The value of an option that may be given once. Throws `OptionError` if it was given twice. */
  one(flag: string): string | undefined {
    const values = this.all(flag);
    if (values.length > 1) throw new OptionError(flag, `${flag} is given twice; give it once.`);
    return values[0];
  }

  all(flag: string): readonly string[] {
    return this.#values.get(flag) ?? [];
  }

  has(flag: string): boolean {
    return this.#switches.has(flag) || this.#values.has(flag);
  }
}

/** Reads a command line. Throws `OptionError` for what the command does not take. */
export function readArguments(
  args: readonly string[],
  { values, switches = [], words = { name: '', least: 0, most: 0 } }: ArgumentSpec,
): Arguments {
  const found = new Map<string, string[]>();
  const set = new Set<string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (!argument.startsWith('--')) {
      rest.push(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const flag = equals === -1 ? argument : argument.slice(0, equals);
    if (switches.includes(flag)) {
      if (equals !== -1) throw new OptionError(flag, `${flag} takes no value.`);
      set.add(flag);
      continue;
    }
    if (!values.includes(flag)) {
      const known = [...values, ...switches];
      throw new OptionError(flag, unknownMessage(`Unknown option ${flag}`, flag, known));
    }
    const next = args[at + 1];
    if (equals === -1 && (next === undefined || next.startsWith('--'))) {
      throw new OptionError(flag, `${flag} needs a value.`);
    }
    found.set(flag, [...(found.get(flag) ?? []), equals === -1 ? (next ?? '') : argument.slice(equals + 1)]);
    if (equals === -1) at += 1;
  }
  if (rest.length > words.most) {
    const extra = rest[words.most] ?? '';
    throw new OptionError(extra, `Unexpected argument '${extra}'.`);
  }
  if (rest.length < words.least) throw new OptionError(words.name, `Name ${words.name}.`);
  return new Arguments(rest, found, set);
}

/** A whole number from `least` to `most`, or undefined if the option was not given. */
export function wholeNumber(given: Arguments, flag: string, least: number, most: number): number | undefined {
  const text = given.one(flag);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new OptionError(flag, `${flag} must be a whole number from ${least} to ${most}, but was '${text}'.`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as RFC 3339 for the server: given as such, as epoch ms, or as a time ago such as `10m`, `2h`, `1d`. */
export function timeOf(given: Arguments, flag: string, now: number): string | undefined {
  const text = given.one(flag);
  if (text === undefined) return undefined;
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = UNITS[ago?.[2] ?? ''];
  const time = unit === undefined ? absolute(text) : now - Number(ago?.[1]) * unit;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new OptionError(
    flag,
    `${flag} must be a time such as 2030-01-31T12:00:00Z, or a time ago such as 10m, 2h or 1d, but was '${text}'.`,
  );
}

function absolute(text: string): number {
  const time = /^\d{11,15}$/.test(text) ? Number(text) : Date.parse(text);
  return Math.abs(time) <= 8.64e15 ? time : Number.NaN;
}
