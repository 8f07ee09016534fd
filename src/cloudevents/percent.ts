import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const NEEDS_ENCODING = /[^\x21\x23\x24\x26-\x7e]/;
const NEEDS_DECODING = /[^\x20\x21\x23\x24\x26-\x7e]/;
const HEX = '0123456789ABCDEF';

/** How strictly header values are read. */
export interface PercentOptions {
  /** Take a percent sign that is not followed by two hexadecimal digits as itself. Default false. */
  readonly loosePercent?: boolean;
}

/**
 * Encodes a text as the value of a `ce-` header: blank, double quote, percent and all that is not printable
 * ASCII become percent-encoded UTF-8 (HTTP binding, section 3.1.3.2).
 */
export function encodeHeaderValue(text: string): string {
  if (!NEEDS_ENCODING.test(text)) return text;
  let encoded = '';
  for (const byte of encodeUtf8(text)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x25;
    encoded += plain ? String.fromCharCode(byte) : `%${HEX.charAt(byte >> 4)}${HEX.charAt(byte & 15)}`;
  }
  return encoded;
}

/**
 * Decodes the value of a `ce-` header: quotes around the value are removed, then one round of
 * percent-decoding. Old senders' raw blanks are accepted, and raw bytes beyond ASCII (which HTTP libraries
 * show as U+0080 to U+00FF) if they are UTF-8. Undefined if the result is not UTF-8 or an escape is broken.
 */
export function decodeHeaderValue(value: string, options: PercentOptions = {}): string | undefined {
  const trimmed = trimBlanks(value);
  if (!NEEDS_DECODING.test(trimmed)) return trimmed;
  const unquoted = trimmed.startsWith('"') ? unquote(trimmed) : trimmed;
  if (!NEEDS_DECODING.test(unquoted)) return unquoted;
  const bytes = new Uint8Array(unquoted.length);
  let length = 0;
  for (let at = 0; at < unquoted.length; at++) {
    const code = unquoted.charCodeAt(at);
    if (code > 0xff) return undefined;
    const byte = code === 0x25 ? escapedByte(unquoted, at) : code;
    if (byte !== undefined) {
      bytes[length++] = byte;
      if (code === 0x25) at += 2;
    } else if (options.loosePercent === true) {
      bytes[length++] = code;
    } else {
      return undefined;
    }
  }
  return decodeUtf8(bytes.subarray(0, length));
}

/** Removes blanks and tabs at both ends, as HTTP does: `trim()` would take other bytes of UTF-8 with them. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function escapedByte(text: string, at: number): number | undefined {
  const high = hexValue(text.charCodeAt(at + 1));
  const low = hexValue(text.charCodeAt(at + 2));
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexValue(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

/** Removes the quotes of a quoted-string (RFC 7230 section 3.2.6). A text that only begins like one stays. */
function unquote(text: string): string {
  let unquoted = '';
  for (let at = 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return at === text.length - 1 ? unquoted : text;
    if (char === '\\') at++;
    unquoted += text.charAt(at);
  }
  return text;
}
