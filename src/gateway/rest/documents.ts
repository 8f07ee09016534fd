import type { DocumentRecord, NewDocument } from '../../documents/index.ts';
import { GatewayError } from '../errors.ts';
import { type GatewayRequest, json, NO_CONTENT, type Route } from '../http.ts';
import { operation } from './command.ts';
import type { GatewayContext } from './context.ts';
import {
  checkStore,
  documentOf,
  failureOf,
  jsonOf,
  knownParts,
  listOf,
  METADATA,
  referenceOf,
} from './document-parts.ts';
import { readForm } from './form.ts';
import { type JsonSchema, SHOWN, shown, shownList } from './schema.ts';
import { invalid, schemaOf, whole } from './shape.ts';

/** Documents of processes: uploaded, read, deleted, and linked to for a while. */

const TAG = 'Document';
/** Bytes of one upload. */
const UPLOAD_LIMIT = 16 * 1024 * 1024;
/** Life of a link unless the request says otherwise, ms. */
const LINK_MS = 3_600_000;
const LONGEST_LINK_MS = 100 * 365 * 86_400_000;

const REFERENCE = shown({
  'camunda.document.type': { type: 'string', enum: ['camunda'] },
  storeId: SHOWN.text,
  documentId: SHOWN.text,
  contentHash: SHOWN.nullableText,
  metadata: shown({
    contentType: SHOWN.text,
    fileName: SHOWN.text,
    expiresAt: SHOWN.nullableDate,
    size: SHOWN.int,
    processDefinitionId: SHOWN.nullableText,
    processInstanceKey: SHOWN.nullableKey,
    customProperties: SHOWN.object,
  }),
});

const FAILURE = shown({ fileName: SHOWN.text, status: SHOWN.int, title: SHOWN.text, detail: SHOWN.text });
const CREATED_SEVERAL = shown({
  createdDocuments: shownList(REFERENCE),
  failedDocuments: shownList(FAILURE),
});
const FILE: JsonSchema = { type: 'string', contentMediaType: 'application/octet-stream' };

export function documentRoutes({ documents }: Pick<GatewayContext, 'documents'>): Route[] {
  const store = async (document: NewDocument): Promise<object> => {
    const record = await documents.create(document);
    if (record !== undefined) return referenceOf(record);
    throw new GatewayError('ALREADY_EXISTS', `Document with id '${document.documentId}' already exists`);
  };

  return [
    {
      method: 'POST',
      path: '/v2/documents',
      accepts: 'multipart',
      bodyLimit: UPLOAD_LIMIT,
      operation: {
        id: 'createDocument',
        tag: TAG,
        summary: 'Uploads a document.',
        query: { storeId: SHOWN.text, documentId: SHOWN.text },
        body: {
          type: 'object',
          properties: { file: FILE, metadata: schemaOf(METADATA) },
          required: ['file'],
        },
        bodyType: 'multipart/form-data',
        answers: { 201: REFERENCE },
      },
      handler: async (request) => {
        checkStore(request);
        const form = await readForm(request, ['file']);
        knownParts(form, ['file', 'metadata']);
        const file = form.get('file');
        if (file === null) throw missingPart('file');
        const documentId = request.query.get('documentId');
        const document = await documentOf(file, await jsonOf(form.get('metadata')));
        return json(201, await store({ ...document, ...(documentId && { documentId }) }));
      },
    },
    {
      method: 'POST',
      path: '/v2/documents/batch',
      accepts: 'multipart',
      bodyLimit: UPLOAD_LIMIT,
      operation: {
        id: 'createDocuments',
        tag: TAG,
        summary: 'Uploads several documents; each by itself.',
        query: { storeId: SHOWN.text },
        body: {
          type: 'object',
          properties: {
            files: { type: 'array', items: FILE, minItems: 1 },
            metadataList: { type: 'array', items: schemaOf(METADATA) },
          },
          required: ['files'],
        },
        bodyType: 'multipart/form-data',
        answers: { 201: CREATED_SEVERAL, 207: CREATED_SEVERAL },
      },
      handler: async (request) => {
        checkStore(request);
        const form = await readForm(request, ['files']);
        knownParts(form, ['files', 'metadataList']);
        const files = form.getAll('files');
        if (files.length === 0) throw missingPart('files');
        const metadata = await listOf(form.getAll('metadataList'));
        if (metadata.length > 0 && metadata.length !== files.length)
          throw invalid(
            `The number of files (${files.length}) does not match the number of metadata (${metadata.length}).`,
          );
        const createdDocuments: object[] = [];
        const failedDocuments: object[] = [];
        for (const [index, file] of files.entries()) {
          try {
            createdDocuments.push(await store(await documentOf(file, metadata[index])));
          } catch (error) {
            if (!(error instanceof GatewayError)) throw error;
            failedDocuments.push(failureOf(typeof file === 'string' ? '' : file.name, error));
          }
        }
        return json(failedDocuments.length === 0 ? 201 : 207, { createdDocuments, failedDocuments });
      },
    },
    {
      method: 'GET',
      path: '/v2/documents/:documentId',
      accepts: 'none',
      operation: {
        id: 'getDocument',
        tag: TAG,
        summary: 'Downloads a document.',
        query: {
          storeId: SHOWN.text,
          contentHash: SHOWN.text,
          expiresAt: { ...SHOWN.text, description: 'Of a link.' },
          signature: { ...SHOWN.text, description: 'Of a link.' },
        },
        answers: { 200: FILE },
        answerType: '*/*',
      },
      handler: async (request) => {
        const { documentId, metadata } = await found(request);
        const [expiresAt, signature] = [request.query.get('expiresAt'), request.query.get('signature')];
        if (expiresAt !== null || signature !== null) {
          if (!documents.mayFollow(documentId, expiresAt ?? '', signature ?? ''))
            throw new GatewayError('FORBIDDEN', 'This link has expired, or was not made here.');
        }
        const body = await documents.content(documentId);
        if (body === undefined) throw missing(documentId);
        return {
          status: 200,
          headers: {
            'content-type': metadata.contentType,
            // What somebody uploaded is never run as a page of this server.
            'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(metadata.fileName.toWellFormed())}`,
            'content-security-policy': 'sandbox',
          },
          body,
        };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/documents/:documentId',
      accepts: 'any',
      operation: {
        id: 'deleteDocument',
        tag: TAG,
        summary: 'Deletes a document.',
        query: { storeId: SHOWN.text },
        answers: { 204: undefined },
      },
      handler: async (request) => {
        checkStore(request);
        const documentId = request.params['documentId'] ?? '';
        if (!(await documents.delete(documentId))) throw missing(documentId);
        return NO_CONTENT;
      },
    },
    operation({
      id: 'createDocumentLink',
      tag: TAG,
      summary: 'Makes a link to a document that works for a while.',
      path: '/v2/documents/:documentId/links',
      query: { storeId: SHOWN.text, contentHash: SHOWN.text },
      body: { timeToLive: whole(1, 'ms') },
      answers: { 201: shown({ url: SHOWN.text, expiresAt: SHOWN.date }) },
      answer: async ({ body: { timeToLive = LINK_MS }, request }) => {
        const { documentId, contentHash } = await found(request);
        const expiresAt = new Date(documents.now() + Math.min(timeToLive, LONGEST_LINK_MS)).toISOString();
        const signature = documents.sign(documentId, expiresAt);
        const query = new URLSearchParams({ contentHash, expiresAt, signature });
        const url = `http://${String(request.headers['host'])}/v2/documents/${encodeURIComponent(documentId)}?${query}`;
        return json(201, { url, expiresAt });
      },
    }),
  ];

  async function found(request: GatewayRequest): Promise<DocumentRecord> {
    checkStore(request);
    const documentId = request.params['documentId'] ?? '';
    const record = await documents.describe(documentId);
    if (record === undefined) throw missing(documentId);
    const hash = request.query.get('contentHash');
    if (hash !== null && hash !== record.contentHash)
      throw invalid(`Document hash for document ${documentId} doesn't match.`);
    return record;
  }
}

function missingPart(name: string): GatewayError {
  return new GatewayError('BAD_REQUEST', `Required part '${name}' is not present.`);
}

function missing(documentId: string): GatewayError {
  return new GatewayError('NOT_FOUND', `Document with id '${documentId}' not found`);
}
