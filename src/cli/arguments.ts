import { unknownMessage } from '../config/suggest.ts';
import { OptionError } from './flags.ts';
import type { ActionSpec, OptionSpec } from './spec.ts';

/** A command line that was read. */
export class Arguments {
  readonly words: readonly string[];
  /** The options as they were given, for those who read them on their own. */
  readonly raw: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #switches: ReadonlySet<string>;

  constructor(
    words: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
    switches: ReadonlySet<string>,
    raw: readonly string[] = [],
  ) {
    this.words = words;
    this.raw = raw;
    this.#values = values;
    this.#switches = switches;
  }

  /** The word at this place; empty if there is none, which the description of the command may rule out. */
  word(index: number): string {
    return this.words[index] ?? '';
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

  /** All values of an option that takes several, put together with commas or given again. */
  list(flag: string): readonly string[] {
    return this.all(flag)
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '');
  }

  has(flag: string): boolean {
    return this.#switches.has(flag) || this.#values.has(flag);
  }

  /** The command line as it was given, but for these options. */
  without(flags: readonly string[]): readonly string[] {
    return this.raw.filter((argument, index) => {
      const before = this.raw[index - 1];
      const flag = argument.split('=')[0] ?? '';
      const isItsValue = before !== undefined && flags.includes(before) && this.#values.has(before);
      return !flags.includes(flag) && !isItsValue;
    });
  }

  /** The options that were given. */
  flags(): readonly string[] {
    return [...this.#values.keys(), ...this.#switches];
  }
}

/** Splits a command line into words and the values of these options. Throws `OptionError` for an option that is none. */
export function splitArguments(args: readonly string[], options: readonly OptionSpec[]): Arguments {
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
    const option = options.find((known) => known.flag === flag);
    if (option === undefined) {
      const known = options.map((candidate) => candidate.flag);
      throw new OptionError(flag, unknownMessage(`Unknown option ${flag}`, flag, known));
    }
    if (option.value === undefined) {
      if (equals !== -1) throw new OptionError(flag, `${flag} takes no value.`);
      set.add(flag);
      continue;
    }
    const next = args[at + 1];
    if (equals === -1 && (next === undefined || next.startsWith('--'))) {
      throw new OptionError(flag, `${flag} needs a value.`);
    }
    found.set(flag, [...(found.get(flag) ?? []), equals === -1 ? (next ?? '') : argument.slice(equals + 1)]);
    if (equals === -1) at += 1;
  }
  return new Arguments(rest, found, set, args);
}

/** Checks words and values against the description. Throws `OptionError` that says what is missing or too much. */
export function checkArguments(given: Arguments, { words = [], options }: ActionSpec): Arguments {
  const least = words.reduce((sum, word) => sum + word.least, 0);
  const most = words.reduce((sum, word) => sum + word.most, 0);
  if (given.words.length > most) {
    const extra = given.word(most);
    throw new OptionError(extra, `Unexpected argument '${extra}'.`);
  }
  if (given.words.length < least) {
    let place = 0;
    const missing = words.find((word) => {
      place += word.least;
      return given.words.length < place;
    });
    throw new OptionError(
      missing?.name ?? '',
      `Name ${missing?.name}${missing === undefined ? '' : `, ${missing.help}`}.`,
    );
  }
  for (const { flag, choices, several } of options) {
    if (choices === undefined) continue;
    const values = several === true ? given.list(flag) : given.all(flag);
    const wrong = values.find((value) => !choices.includes(value));
    if (wrong !== undefined) {
      throw new OptionError(flag, unknownMessage(`${flag} cannot be '${wrong}'`, wrong, choices));
    }
  }
  return given;
}

/** A whole number from `least` to `most`, or undefined if the option was not given. */
export function wholeNumber(given: Arguments, flag: string, least: number, most: number): number | undefined {
  const text = given.one(flag);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new OptionError(flag, `${flag} must be a whole number from ${least} to ${most}, but was '${text}'.`);
}

/** A key as instances, jobs and incidents have it. Throws `OptionError` that says what it should be. */
export function keyOf(text: string, what: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  throw new OptionError(
    what,
    `'${text}' is no key of ${what}; keys are numbers such as 2251799813685253, as the lists show them.`,
  );
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
