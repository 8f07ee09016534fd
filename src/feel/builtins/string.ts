import type { Runtime } from '../language/runtime.ts';
import { isNumber, toInt } from '../values/numbers.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { ILLEGAL_ARGUMENTS } from './builtin.ts';

/** A function of one string. */
function ofString(compute: (text: string) => FeelValue): readonly Builtin[] {
  return [
    {
      params: ['string'],
      invoke: ([text]) => (typeof text === 'string' ? compute(text) : ILLEGAL_ARGUMENTS),
    },
  ];
}

/** A function of two strings. */
function ofMatch(compute: (text: string, match: string) => FeelValue): readonly Builtin[] {
  return [
    {
      params: ['string', 'match'],
      invoke: ([text, match]) =>
        typeof text === 'string' && typeof match === 'string' ? compute(text, match) : ILLEGAL_ARGUMENTS,
    },
  ];
}

/** Positions count UTF-16 units from 1, or from the end if negative, as in Java. */
const substring: Builtin['invoke'] = ([text, start = null, length = Number.MAX_SAFE_INTEGER]) => {
  if (typeof text !== 'string' || !isNumber(start) || !isNumber(length)) return ILLEGAL_ARGUMENTS;
  const position = toInt(start);
  const from = position > 0 ? position - 1 : text.length + position;
  const count = length === Number.MAX_SAFE_INTEGER ? text.length : toInt(length);
  const to = length === Number.MAX_SAFE_INTEGER ? text.length : Math.min(from + count, text.length);
  if (from < 0 || to < from) {
    // Camunda's engine lets Java's exception end the evaluation.
    const reason = `begin ${from}, end ${to}, length ${text.length}`;
    throw new RangeError(`java.lang.StringIndexOutOfBoundsException: ${reason}`);
  }
  return text.slice(from, to);
};

/** What Java calls blank: spaces that may break a line, ends of lines, and four separators. */
function isBlank(char: string): boolean {
  const code = char.charCodeAt(0);
  if ((code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f)) return true;
  return /^[\p{Zs}\p{Zl}\p{Zp}]$/u.test(char) && !'\u00a0\u2007\u202f'.includes(char);
}

export const STRING_FUNCTIONS: Builtins = {
  substring: [
    { params: ['string', 'start position'], invoke: substring },
    { params: ['string', 'start position', 'length'], invoke: substring },
  ],
  'string length': ofString((text) => text.length),
  'upper case': ofString((text) => text.toUpperCase()),
  'lower case': ofString((text) => text.toLowerCase()),
  'substring before': ofMatch((text, match) => text.slice(0, Math.max(0, text.indexOf(match)))),
  'substring after': ofMatch((text, match) => {
    const index = text.indexOf(match);
    return index < 0 ? '' : text.slice(index + match.length);
  }),
  contains: ofMatch((text, match) => text.includes(match)),
  'starts with': ofMatch((text, match) => text.startsWith(match)),
  'ends with': ofMatch((text, match) => text.endsWith(match)),
  trim: ofString((text) => text.replace(/^[\0-\x20]+/, '').replace(/[\0-\x20]+$/, '')),
  'is blank': ofString((text) => [...text].every(isBlank)),
  'to base64': [
    {
      params: ['value'],
      invoke: ([text]) => (typeof text === 'string' ? toBase64(text) : ILLEGAL_ARGUMENTS),
    },
  ],
  uuid: [{ params: [], random: true, invoke: (_, runtime) => uuid(runtime) }],
};

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of the UTF-8 bytes. Written out, because this folder has neither Buffer nor btoa. */
function toBase64(text: string): string {
  const bytes = utf8(text);
  let encoded = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second, third] = bytes.slice(index, index + 3);
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    const digit = (shift: number): string => DIGITS[(bits >> shift) & 63] ?? '';
    encoded +=
      digit(18) +
      digit(12) +
      (second === undefined ? '=' : digit(6)) +
      (third === undefined ? '=' : digit(0));
  }
  return encoded;
}

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(0));
    else if (code >= 0xd800 && code < 0xe000) bytes.push(0x3f);
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(6), tail(0));
    else bytes.push(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
  }
  return bytes;
}

/** A random UUID (RFC 9562, version 4). */
function uuid(runtime: Runtime): string {
  const random = runtime.environment.random ?? (() => 0);
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (kind) => {
    const digit = Math.floor(random() * 16);
    return (kind === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}
