import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { asStoreError, DiskFailedError, FolderLockedError, isDamage } from './errors.ts';

const SQLITE_BUSY = 5;

/**
 * Says that this process owns a data folder. It is an open write transaction on `lock.db`, so the operating system
 * gives it up however the process ends. Who holds it is written beside it, for the error message only.
 */
export class FolderLock {
  readonly #db: DatabaseSync;
  readonly #holder: string;

  private constructor(db: DatabaseSync, holder: string) {
    this.#db = db;
    this.#holder = holder;
  }

  /** Throws `FolderLockedError` at once if another process, or this one, holds the folder. */
  static take(folder: string): FolderLock {
    try {
      return FolderLock.#take(folder);
    } catch (error) {
      // Nothing is kept in it, so a damaged one is made anew; nobody can hold it.
      if (!isDamage(error)) throw error;
      rmSync(join(folder, 'lock.db'), { force: true });
      return FolderLock.#take(folder);
    }
  }

  static #take(folder: string): FolderLock {
    const holder = join(folder, 'lock.json');
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
      db.exec('BEGIN IMMEDIATE');
    } catch (cause) {
      db?.close();
      const error = asStoreError(cause);
      if (error instanceof DiskFailedError && error.sqliteCode === SQLITE_BUSY)
        throw new FolderLockedError(folder, describe(holder));
      throw error;
    }
    const started = new Date(Date.now() - process.uptime() * 1000).toISOString();
    writeFileSync(holder, `${JSON.stringify({ pid: process.pid, host: hostname(), started })}\n`);
    return new FolderLock(db, holder);
  }

  release(): void {
    if (!this.#db.isOpen) return;
    rmSync(this.#holder, { force: true });
    this.#db.close();
  }
}

function describe(file: string): string {
  try {
    const { pid, host, started } = JSON.parse(readFileSync(file, 'utf8'));
    return `process ${pid} on ${host}, started ${started}`;
  } catch {
    return 'another process';
  }
}
