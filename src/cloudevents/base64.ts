import { decodePlainly, encodePlainly } from './plain-base64.ts';

/** Base64 text of bytes (RFC 4648 section 4, with padding). */
export function encodeBase64(bytes: Uint8Array): string {
  // The client also runs on platforms that do not have it yet.
  return typeof bytes.toBase64 === 'function' ? bytes.toBase64() : encodePlainly(bytes);
}

/** Bytes of strict base64: padded, no white space, no stray bits. Undefined if the text is not. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (typeof Uint8Array.fromBase64 !== 'function') return decodePlainly(text);
  // The platform's decoder tolerates white space; the JSON format does not.
  if (/[\t\n\f\r ]/.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' });
  } catch {
    return undefined;
  }
}
