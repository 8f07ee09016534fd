export type StoreErrorCode =
  | 'FOLDER_LOCKED'
  | 'FOLDER_TOO_NEW'
  | 'FOLDER_DAMAGED'
  | 'MIGRATIONS_BROKEN'
  | 'DISK_FAILED';

/** Base of everything the store refuses by name. `code` is stable; messages are for people. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Another process has the data folder open. */
export class FolderLockedError extends StoreError {
  constructor(folder: string, holder: string) {
    super(
      'FOLDER_LOCKED',
      `The data folder ${folder} is in use by ${holder}. One process at a time may open it: stop that process, or choose another folder.`,
    );
  }
}

/** The folder was written by a newer version, whose tables this version does not know. */
export class FolderTooNewError extends StoreError {
  constructor(location: string, found: string, known: string) {
    super(
      'FOLDER_TOO_NEW',
      `${location} was written by a newer version: it holds ${found}, this version knows ${known}. Start the newer version again, or restore a copy of the folder from before it ran.`,
    );
  }
}

/** A file of the folder is no database any more, or lacks what was in it. Never mended by itself: that could lose data. */
export class FolderDamagedError extends StoreError {
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super('FOLDER_DAMAGED', `${file} is damaged: ${reason}. Restore the folder from a copy.`, options);
  }
}

/** SQLite's primary result codes of a damaged file: CORRUPT and NOTADB. */
export function isDamage(error: unknown): boolean {
  const code =
    error instanceof DiskFailedError
      ? error.sqliteCode
      : (error as { readonly errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && [11, 26].includes(code & 0xff);
}

/** The numbered SQL files of a module have a gap, a double number or another name than when they were applied. */
export class MigrationsBrokenError extends StoreError {
  constructor(message: string) {
    super('MIGRATIONS_BROKEN', message);
  }
}

/** SQLite could not read or write: disk full, I/O error, read-only medium, damaged file. Trying again may help. */
export class DiskFailedError extends StoreError {
  /** SQLite's primary result code, such as 13 (disk full) or 10 (I/O error). */
  readonly sqliteCode: number;
  readonly reason: string;

  constructor(sqliteCode: number, reason: string, cause: unknown) {
    super('DISK_FAILED', `The data folder cannot be written or read: ${reason}.`, { cause });
    this.sqliteCode = sqliteCode;
    this.reason = reason;
  }
}

/** What was committed could not be synced. */
export function syncFailed(cause: unknown): DiskFailedError {
  const IO_ERROR = 10;
  return new DiskFailedError(IO_ERROR, cause instanceof Error ? cause.message : String(cause), cause);
}

// SQLite's primary result codes that speak of the medium, the file or another process, and not of a wrong statement:
// PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
const MEDIUM = new Set([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 22, 26]);

/** Tells a failing disk from a mistake in the program: the former becomes a {@link DiskFailedError}. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const errcode = (error as Error & { errcode?: unknown }).errcode;
  if (typeof errcode !== 'number') return error;
  const primary = errcode & 0xff;
  return MEDIUM.has(primary) ? new DiskFailedError(primary, error.message, error) : error;
}
