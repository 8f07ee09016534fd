import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Members as Camunda's REST API has them; what was not given is null. */
export interface DocumentMetadata {
  readonly contentType: string;
  /** Of a new document that has none: its id. */
  readonly fileName: string;
  /** ISO 8601. */
  readonly expiresAt: string | null;
  /** Bytes. */
  readonly size: number;
  readonly processDefinitionId: string | null;
  readonly processInstanceKey: string | null;
  /** JSON text of an object. */
  readonly customProperties: string;
}

export interface DocumentRecord {
  readonly documentId: string;
  /** SHA-256 of the content, in hex. */
  readonly contentHash: string;
  readonly metadata: DocumentMetadata;
}

export interface NewDocument {
  /** Absent: chosen here. */
  readonly documentId?: string;
  readonly content: Uint8Array;
  readonly metadata: Omit<DocumentMetadata, 'size'>;
}

/**
 * Documents of processes, as files in a folder beside the data.
 *
 * Invariants
 * - S1 A document is there when its description is: the content is written and synced before it.
 * - S2 An id becomes no part of a path: files are named by its hash.
 * - S3 What has expired is not shown, and removed when it is asked for or at the next start.
 */
export class DocumentStore {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #secret: Buffer;
  /** The last write to each document that is under way, so that two do not mix. */
  readonly #writing = new Map<string, Promise<unknown>>();

  /**
   * Makes the folder if there is none.
   * @param now epoch ms
   */
  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
    mkdirSync(folder, { recursive: true });
    this.#secret = secretIn(folder);
  }

  /** Resolves when it is synced; undefined if there is one with this id already. */
  create({ documentId = randomBytes(16).toString('hex'), content, metadata }: NewDocument) {
    return this.#alone(documentId, async (): Promise<DocumentRecord | undefined> => {
      if ((await this.#living(documentId)) !== undefined) return undefined;
      const contentHash = createHash('sha256').update(content).digest('hex');
      const named = { ...metadata, fileName: metadata.fileName || documentId, size: content.length };
      const record = { documentId, contentHash, metadata: named };
      await this.#write(this.#path(documentId, 'content'), content);
      await this.#write(this.#path(documentId, 'json'), Buffer.from(JSON.stringify(record)));
      return record;
    });
  }

  /** Undefined if there is none, or none any more. */
  async describe(documentId: string): Promise<DocumentRecord | undefined> {
    const record = await this.#stored(documentId);
    if (record === undefined || !this.#expired(record)) return record;
    // Looked at once more when it is its turn: another one may have come under the same id.
    await this.#alone(documentId, async () => {
      if ((await this.#living(documentId)) === undefined) await this.#remove(documentId);
    });
    return undefined;
  }

  /** Undefined if there is none, or none any more. */
  async content(documentId: string): Promise<Uint8Array | undefined> {
    if ((await this.describe(documentId)) === undefined) return undefined;
    return orMissing(readFile(this.#path(documentId, 'content')));
  }

  /** False if there is none. */
  delete(documentId: string): Promise<boolean> {
    return this.#alone(documentId, async () => {
      if ((await this.#living(documentId)) === undefined) return false;
      await this.#remove(documentId);
      return true;
    });
  }

  /** Proof that a link to a document until a time was made here. */
  sign(documentId: string, expiresAt: string): string {
    return createHmac('sha256', this.#secret).update(`${documentId}\n${expiresAt}`).digest('base64url');
  }

  /** Whether a link is ours and has not expired. */
  mayFollow(documentId: string, expiresAt: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(documentId, expiresAt));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return false;
    return Date.parse(expiresAt) > this.#now();
  }

  now(): number {
    return this.#now();
  }

  /** Removes what has expired, and what a crash left half-written. To be called at the start. */
  async sweep(): Promise<void> {
    const names = new Set(readdirSync(this.#folder));
    for (const name of names) {
      const stem = name.slice(0, name.indexOf('.'));
      const ending = name.slice(name.lastIndexOf('.') + 1);
      const half = ending === 'tmp' || (ending === 'content' && !names.has(`${stem}.json`));
      if (half) await rm(join(this.#folder, name), { force: true });
      if (ending !== 'json') continue;
      const record = JSON.parse(await readFile(join(this.#folder, name), 'utf8')) as DocumentRecord;
      if (this.#expired(record)) await this.#remove(record.documentId);
    }
  }

  async #stored(documentId: string): Promise<DocumentRecord | undefined> {
    const text = await orMissing(readFile(this.#path(documentId, 'json'), 'utf8'));
    return text === undefined ? undefined : (JSON.parse(text) as DocumentRecord);
  }

  async #living(documentId: string): Promise<DocumentRecord | undefined> {
    const record = await this.#stored(documentId);
    return record === undefined || this.#expired(record) ? undefined : record;
  }

  #expired({ metadata: { expiresAt } }: DocumentRecord): boolean {
    return expiresAt !== null && Date.parse(expiresAt) <= this.#now();
  }

  #path(documentId: string, ending: 'json' | 'content'): string {
    return join(this.#folder, `${createHash('sha256').update(documentId).digest('hex')}.${ending}`);
  }

  /** The description first: without it there is no document. */
  async #remove(documentId: string): Promise<void> {
    await rm(this.#path(documentId, 'json'), { force: true });
    await rm(this.#path(documentId, 'content'), { force: true });
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = path.replace(/\.\w+$/, `.${randomBytes(4).toString('hex')}.tmp`);
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async #alone<Value>(documentId: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#writing.get(documentId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#writing.set(documentId, mine);
    try {
      return await mine;
    } finally {
      if (this.#writing.get(documentId) === mine) this.#writing.delete(documentId);
    }
  }
}

const SECRET_FILE = 'link.secret';

/** Made once for each folder; only its owner may read it. */
function secretIn(folder: string): Buffer {
  const path = join(folder, SECRET_FILE);
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(32);
  writeFileSync(path, secret, { mode: 0o600, flush: true });
  return secret;
}

async function orMissing<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
