/** How long ago a signed request may have been made, ms; older ones are somebody's replay. */
const TOLERANCE_MS = 5 * 60 * 1000;
const TEXT = new TextEncoder();

export interface SignedMessage {
  readonly id: string | null;
  readonly timestamp: string | null;
  /** `v1,` with base64; several are divided by blanks. */
  readonly signature: string | null;
  readonly body: Uint8Array;
}

/**
 * True if one of the signatures is that of the secret over `id.timestamp.body`, as Standard Webhooks has it, and the
 * request is no older (or newer) than five minutes.
 * @param secret as the subscription has it: text, or base64 after `whsec_`
 * @param now epoch ms
 */
export async function isSigned(message: SignedMessage, secret: string, now = Date.now()): Promise<boolean> {
  const { id, timestamp, signature, body } = message;
  if (!id || !timestamp || !signature || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
  const key = await crypto.subtle.importKey('raw', keyOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  const head = TEXT.encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  for (const each of signature.split(' ')) {
    const bytes = each.startsWith('v1,') ? bytesOf(each.slice(3)) : undefined;
    // Compares in constant time.
    if (bytes && (await crypto.subtle.verify('HMAC', key, bytes, signed))) return true;
  }
  return false;
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = secret.startsWith('whsec_') ? bytesOf(secret.slice(6)) : TEXT.encode(secret);
  if (key === undefined || key.length === 0)
    throw new TypeError('The secret must be a text, or base64 after whsec_.');
  return key;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
