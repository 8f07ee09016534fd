/** How values of options are checked, whether they come as text or as an object. */

import { OptionError } from './cli/flags.ts';

/** Bytes: less than this would be a journal that forgets what just happened. */
export const LEAST_KEPT = 64 * 1024;

export function isAge(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 1000;
}

export function isKeptSize(bytes: number): boolean {
  return Number.isSafeInteger(bytes) && bytes >= LEAST_KEPT;
}

export function port(option: string, text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65535)) {
    throw new OptionError(option, `${option} must be a port from 0 to 65535, but was '${text}'.`);
  }
  return value;
}

export function integer(option: string, text: string, [least, most]: readonly [number, number]): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new OptionError(option, `${option} must be an integer from ${least} to ${most}, but was '${text}'.`);
}

export function nonEmpty(option: string, text: string, what: string): string {
  if (text.trim() === '') throw new OptionError(option, `${option} must be ${what}, but was empty.`);
  return text;
}

export function hostPort(option: string, text: string): string {
  if (!/^(https?:\/\/)?(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(text)) {
    throw new OptionError(
      option,
      `${option} must be HOST, HOST:PORT or http://HOST:PORT, but was '${text}'.`,
    );
  }
  return text;
}

export function oneOf<const Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const known = words.find((word) => word === text);
  if (known !== undefined) return known;
  const quoted = words.map((word) => `'${word}'`);
  const list = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  throw new OptionError(option, `${option} must be ${list}, but was '${text}'.`);
}
