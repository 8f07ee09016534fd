/** Ticket codes: 80 random bits, written so that people can read them aloud. */

/** Crockford's alphabet: no I, L, O, U. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A new code such as `7K3M-09QX-ZB4T-W5HN`.
 * @param randomBytes a source fit for secrets.
 */
export function newTicketCode(randomBytes: (count: number) => Uint8Array): string {
  let bits = 0n;
  for (const byte of randomBytes(10)) bits = (bits << 8n) | BigInt(byte);
  let code = '';
  for (let place = 0; place < 16; place += 1) {
    code = (letters[Number(bits & 31n)] ?? '') + (place > 0 && place % 4 === 0 ? '-' : '') + code;
    bits >>= 5n;
  }
  return code;
}

/** A code as somebody typed it, in the form in which it is kept: case, blanks, dashes and look-alikes do not matter. */
export function canonicalCode(typed: string): string {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return plain.replace(/(.{4})(?=.)/g, '$1-');
}
