/** Base64 text of bytes (RFC 4648 section 4, with padding). */
export function encodeBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** Bytes of strict base64: padded, no white space, no stray bits. Undefined if the text is not. */
export function decodeBase64(text: string): Uint8Array | undefined {
  // The platform's decoder tolerates white space; the JSON format does not.
  if (/[\t\n\f\r ]/.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' });
  } catch {
    return undefined;
  }
}
