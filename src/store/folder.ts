import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BufferedState, type BufferedStateOptions } from './buffered-state.ts';
import { type CheckpointOptions, Checkpoints } from './checkpoints.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { DiskFailedError, FolderDamagedError, FolderTooNewError, isDamage } from './errors.ts';
import { Journal, JournalReader } from './journal.ts';
import { Kv } from './kv.ts';
import { FolderLock } from './lock.ts';
import { checkMigrations, type MigrationSet, migrate, readMigrations } from './migrate.ts';
import type { AnyTable } from './state-table.ts';

/** Raised by a release whose folder an older one must not open although no SQL file tells so (record or row shapes). */
const FORMAT = 2;
const FILE = 'tutti.db';
/** Stands for a folder that is nowhere on disk: it belongs to its one connection, and is gone when that is closed. */
export const IN_MEMORY = ':memory:';

export interface FolderOptions extends DatabaseOptions, BufferedStateOptions {
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
  readonly state: BufferedState;
  readonly journal: Journal;
  readonly kv: Kv;
  readonly checkpoints: Checkpoints;
  readonly #lock: FolderLock | undefined;

  private constructor(path: string, lock: FolderLock | undefined, db: Database, options: FolderOptions) {
    this.path = path;
    this.#lock = lock;
    this.db = db;
    this.state = new BufferedState(db, options);
    this.journal = new Journal(db);
    this.kv = new Kv(db);
    this.checkpoints = new Checkpoints(db, options.checkpoints);
  }

  /**
   * Creates the folder if it is missing, takes its lock, and brings its tables up to date. {@link IN_MEMORY} as the path
   * keeps everything in memory, for tests: nobody else can read it.
   * Throws `FolderLockedError`, `FolderTooNewError`, `FolderDamagedError`, `MigrationsBrokenError`, `DiskFailedError`.
   */
  static open(path: string, options: FolderOptions = {}): DataFolder {
    const inMemory = path === IN_MEMORY;
    if (!inMemory) mkdirSync(path, { recursive: true });
    const lock = inMemory ? undefined : FolderLock.take(path);
    let db: Database | undefined;
    try {
      db = new Database(inMemory ? path : join(path, FILE), options);
      checkStructure(db);
      migrate(db, [ownMigrations(), ...(options.migrations ?? [])]);
      const folder = new DataFolder(path, lock, db, options);
      checkFormat(path, folder.kv);
      folder.kv.set('format', FORMAT);
      folder.state.prepare(options.tables ?? []);
      return folder;
    } catch (error) {
      db?.close();
      lock?.release();
      if (!isDamage(error) || !(error instanceof DiskFailedError)) throw error;
      throw new FolderDamagedError(join(path, FILE), error.reason, { cause: error });
    }
  }

  /**
   * Whether this release can open a folder that exists; changes nothing and needs no lock.
   * Throws `FolderTooNewError`, `FolderDamagedError`, `MigrationsBrokenError`, `DiskFailedError`.
   */
  static check(path: string, migrations: readonly MigrationSet[]): void {
    const db = new Database(join(path, FILE), { readOnly: true });
    try {
      checkStructure(db);
      checkMigrations(db, [ownMigrations(), ...migrations]);
      checkFormat(path, new Kv(db));
    } finally {
      db.close();
    }
  }

  /** The journal of a folder that another thread or process may be writing to. Close its `db` after use. */
  static readJournal(path: string): JournalReader {
    // Rows are read once and in order, so that keeping pages gains nothing.
    return new JournalReader(new Database(join(path, FILE), { readOnly: true, pageCacheBytes: 1024 * 1024 }));
  }

  close(): void {
    try {
      // So that a folder at rest has all that it holds in one file, and the engine's state in its tables.
      if (!this.db.inTransaction) this.db.transaction(() => this.state.writeOut());
      this.db.truncateWal();
      this.db.close();
    } finally {
      this.#lock?.release();
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

/** Bytes up to which the structure of the whole file is checked when it is opened: a fraction of a second. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** Finds damage before anything is answered from it; of larger files only what is read while opening. */
function checkStructure(db: Database): void {
  const pages = db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
  const size = db.get<{ page_size: number }>('PRAGMA page_size')?.page_size ?? 0;
  if (pages * size > CHECKED_BYTES) return;
  const found = db.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check;
  if (found !== undefined && found !== 'ok') throw new FolderDamagedError(db.path, found);
}
