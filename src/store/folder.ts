import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckpointOptions, Checkpoints } from './checkpoints.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { FolderTooNewError } from './errors.ts';
import { Journal, JournalReader } from './journal.ts';
import { Kv } from './kv.ts';
import { FolderLock } from './lock.ts';
import { checkMigrations, type MigrationSet, migrate, readMigrations } from './migrate.ts';
import { SqliteState, type SqliteStateOptions } from './sqlite-state.ts';
import type { AnyTable } from './state-table.ts';

/** Raised by a release whose folder an older one must not open although no SQL file tells so (record or row shapes). */
const FORMAT = 1;
const FILE = 'tutti.db';

export interface FolderOptions extends DatabaseOptions, SqliteStateOptions {
  /** Tables of the engine's state, so that changed descriptions are applied when the folder is opened. */
  readonly tables?: readonly AnyTable[];
  /** SQL of further owners of tables in the same file. */
  readonly migrations?: readonly MigrationSet[];
  readonly checkpoints?: CheckpointOptions;
}

/**
 * A data folder, opened by its one writer: `tutti.db` holds state, journal, and the tables of further modules, so
 * that one transaction covers all of them. {@link close} gives the folder back.
 */
export class DataFolder {
  readonly path: string;
  readonly db: Database;
  readonly state: SqliteState;
  readonly journal: Journal;
  readonly kv: Kv;
  readonly checkpoints: Checkpoints;
  readonly #lock: FolderLock;

  private constructor(path: string, lock: FolderLock, db: Database, options: FolderOptions) {
    this.path = path;
    this.#lock = lock;
    this.db = db;
    this.state = new SqliteState(db, options);
    this.journal = new Journal(db);
    this.kv = new Kv(db);
    this.checkpoints = new Checkpoints(db, options.checkpoints);
  }

  /**
   * Creates the folder if it is missing, takes its lock, and brings its tables up to date.
   * Throws `FolderLockedError`, `FolderTooNewError`, `MigrationsBrokenError`, `DiskFailedError`.
   */
  static open(path: string, options: FolderOptions = {}): DataFolder {
    mkdirSync(path, { recursive: true });
    const lock = FolderLock.take(path);
    let db: Database | undefined;
    try {
      db = new Database(join(path, FILE), options);
      migrate(db, [ownMigrations(), ...(options.migrations ?? [])]);
      const folder = new DataFolder(path, lock, db, options);
      checkFormat(path, folder.kv);
      folder.kv.set('format', FORMAT);
      folder.state.prepare(options.tables ?? []);
      return folder;
    } catch (error) {
      db?.close();
      lock.release();
      throw error;
    }
  }

  /**
   * Whether this release can open a folder that exists; changes nothing and needs no lock.
   * Throws `FolderTooNewError`, `MigrationsBrokenError`, `DiskFailedError`.
   */
  static check(path: string, migrations: readonly MigrationSet[]): void {
    const db = new Database(join(path, FILE), { readOnly: true });
    try {
      checkMigrations(db, [ownMigrations(), ...migrations]);
      checkFormat(path, new Kv(db));
    } finally {
      db.close();
    }
  }

  /** The journal of a folder that another thread or process may be writing to. Close its `db` after use. */
  static readJournal(path: string): JournalReader {
    return new JournalReader(new Database(join(path, FILE), { readOnly: true }));
  }

  close(): void {
    try {
      this.db.close();
    } finally {
      this.#lock.release();
    }
  }
}

function ownMigrations(): MigrationSet {
  return readMigrations('store', new URL('./sql/', import.meta.url));
}

function checkFormat(path: string, kv: Kv): void {
  const format = kv.number('format') ?? FORMAT;
  if (format > FORMAT) throw new FolderTooNewError(path, `format ${format}`, `format ${FORMAT}`);
}
