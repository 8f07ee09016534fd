import type { DocumentRecord, NewDocument } from '../../documents/index.ts';
import { ERRORS, GatewayError } from '../errors.ts';
import { Fields, invalidDate } from '../fields.ts';
import type { GatewayRequest } from '../http.ts';
import { documentText, objectMembers, RawJson } from '../json.ts';
import { momentOf } from './dates.ts';
import { invalid, key, readMembers, refuse, text, variables, whole } from './shape.ts';

/** Reading the parts of an upload, and showing what became of them. */

const STORE = 'in-folder';

/** What is told about a document beside its content. */
export const METADATA = {
  contentType: text(),
  fileName: text(),
  expiresAt: text('RFC 3339'),
  size: whole(0),
  processDefinitionId: text(),
  processInstanceKey: key(),
  customProperties: variables(),
};

export function checkStore(request: GatewayRequest): void {
  const id = request.query.get('storeId');
  if (id !== null && id !== STORE) throw invalid(`Document store with id '${id}' does not exist`);
}

export function knownParts(form: FormData, known: readonly string[]): void {
  for (const name of form.keys())
    if (!known.includes(name))
      throw new GatewayError(
        'BAD_REQUEST',
        `The part '${name}' is unknown; known here: ${known.join(', ')}.`,
      );
}

type Part = string | File;

/** A part that holds JSON, with or without a file name. */
export async function jsonOf(part: Part | null): Promise<string | undefined> {
  if (part === null) return undefined;
  return typeof part === 'string' ? part : await part.text();
}

/** One part for each, or one with all of them in a list. */
export async function listOf(parts: readonly Part[]): Promise<readonly string[]> {
  const texts = (await Promise.all(parts.map(jsonOf))).flatMap((part) => part ?? []);
  const [only] = texts;
  if (texts.length !== 1 || only === undefined || !only.trimStart().startsWith('[')) return texts;
  const list = new Fields(new Map([['metadataList', only]]));
  return (list.objects('metadataList') ?? []).map((item) =>
    documentText(new Map(item.names().map((name) => [name, item.text(name) ?? 'null']))),
  );
}

export async function documentOf(file: Part, metadataText: string | undefined): Promise<NewDocument> {
  if (typeof file === 'string') throw new GatewayError('BAD_REQUEST', 'A file cannot be read as one.');
  const members = metadataText === undefined ? new Map() : objectMembers(metadataText);
  if (members === undefined)
    throw new GatewayError(
      'BAD_REQUEST',
      'Request property [metadata] cannot be parsed: expected a JSON object.',
    );
  const metadata = readMembers(new Fields(members, 'metadata.'), METADATA);
  const { expiresAt, processInstanceKey } = metadata;
  const expires = expiresAt === undefined ? undefined : momentOf(expiresAt);
  refuse([
    ...(metadata.fileName?.trim() === '' ? ['The file name must not be empty, if present'] : []),
    ...(metadata.contentType?.trim() === '' ? ['The content type must not be empty, if present'] : []),
    ...(expiresAt !== undefined && expires === undefined ? [invalidDate('expiresAt', expiresAt)] : []),
  ]);
  return {
    content: new Uint8Array(await file.arrayBuffer()),
    metadata: {
      contentType: mediaType(metadata.contentType ?? file.type),
      fileName: metadata.fileName ?? file.name,
      expiresAt: expires === undefined ? null : new Date(expires).toISOString(),
      processDefinitionId: metadata.processDefinitionId ?? null,
      processInstanceKey: processInstanceKey === undefined ? null : String(processInstanceKey),
      customProperties: documentText(metadata.customProperties),
    },
  };
}

/** What can stand in a header field; anything else is bytes. */
function mediaType(given: string): string {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\x20-\x7e]*)?$/.test(given) ? given : 'application/octet-stream';
}

export function referenceOf({ documentId, contentHash, metadata }: DocumentRecord): object {
  return {
    'camunda.document.type': 'camunda',
    storeId: STORE,
    documentId,
    contentHash,
    metadata: { ...metadata, customProperties: new RawJson(metadata.customProperties) },
  };
}

export function failureOf(fileName: string, error: GatewayError): object {
  const { http: status, title } = ERRORS[error.code];
  return { fileName, status, title, detail: error.message };
}
