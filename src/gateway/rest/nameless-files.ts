const HEAD_END = Buffer.from('\r\n\r\n');
/** Longer heads of parts are no concern of ours: the reader of the form refuses or keeps them as they are. */
const LONGEST_HEAD = 8 * 1024;

/**
 * Gives files of a multipart body that have no name an empty one. The reader of forms takes a part without a file name
 * for a text, which would spoil its bytes; Camunda's client for Java sends files so.
 * @param fields the parts that are files, whatever their head says
 */
export function nameFiles(body: Uint8Array, contentType: string, fields: readonly string[]): Uint8Array {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return body;
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${boundary}\r\n`);
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (let at = whole.indexOf(delimiter); at !== -1; at = whole.indexOf(delimiter, at + 1)) {
    // A delimiter stands at the beginning of a line.
    if (at > 0 && whole[at - 1] !== 0x0a) continue;
    const head = at + delimiter.length;
    const end = whole.subarray(head, head + LONGEST_HEAD).indexOf(HEAD_END);
    if (end === -1) continue;
    const disposition = /^content-disposition:[^\r\n]*/im.exec(whole.toString('latin1', head, head + end));
    if (disposition === null || /;\s*filename\*?=/i.test(disposition[0])) continue;
    const name = /;\s*name="([^"]*)"/i.exec(disposition[0])?.[1];
    if (name === undefined || !fields.includes(name)) continue;
    const cut = head + disposition.index + disposition[0].length;
    pieces.push(whole.subarray(kept, cut), Buffer.from('; filename=""'));
    kept = cut;
  }
  return pieces.length === 0 ? body : Buffer.concat([...pieces, whole.subarray(kept)]);
}
