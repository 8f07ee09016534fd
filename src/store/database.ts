import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { asStoreError, syncFailed } from './errors.ts';

export type SqlValue = SQLInputValue;

export interface DatabaseOptions {
  /** For the read model and other followers: sees what is committed and cannot write. @defaultValue false */
  readonly readOnly?: boolean;
  /** Bytes of pages SQLite keeps in memory for this connection. @defaultValue 16 MiB */
  readonly pageCacheBytes?: number;
  /** Commits are not synced by themselves: they are on disk when {@link Database.sync} resolves. @defaultValue false */
  readonly syncLater?: boolean;
  /** ms to wait for another connection's short lock (a checkpoint) before giving up. @defaultValue 5000 */
  readonly busyTimeoutMs?: number;
}

/** Pages the WAL holds, and how many of them are in the file already. */
export interface WalState {
  readonly frames: number;
  readonly done: number;
}

/**
 * One connection to one SQLite file, with its prepared statements.
 *
 * Invariants
 * - D1 A commit returns only after it is synced (WAL with `synchronous=FULL`). With `syncLater` it is synced when a later
 *   {@link Database.sync} resolves; the WAL is written in order, so that all before it are then, too.
 * - D2 Statements never write the WAL back into the file on their own; {@link Database.checkpoint} does, when asked,
 *   so that no commit pays for it by surprise.
 * - D3 A failing medium always surfaces as `DiskFailedError`; any other error is a mistake in the program.
 */
export class Database {
  readonly path: string;
  /**
   * Called before each statement that changes rows, such as to set a savepoint only where something is written.
   * Statements that it runs itself do not call it.
   */
  beforeWrite: (() => void) | undefined;
  readonly #db: DatabaseSync;
  readonly #syncLater: boolean;
  /** Descriptor of the WAL. */
  #wal: number | undefined;
  readonly #statements = new Map<string, Prepared>();
  readonly #written = new Map<string, Written>();

  constructor(path: string, options: DatabaseOptions = {}) {
    const { readOnly = false, pageCacheBytes = 16 * 1024 * 1024, busyTimeoutMs = 5000 } = options;
    this.path = path;
    this.#syncLater = options.syncLater ?? false;
    this.#db = guard(
      () => new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs, enableForeignKeyConstraints: false }),
    );
    try {
      if (!readOnly) {
        this.exec('PRAGMA journal_mode = WAL');
        this.exec(`PRAGMA synchronous = ${this.#syncLater ? 'NORMAL' : 'FULL'}`);
        this.exec('PRAGMA wal_autocheckpoint = 0');
        // After a checkpoint a grown WAL is cut back to this size when it starts over.
        this.exec('PRAGMA journal_size_limit = 67108864');
      }
      this.exec(`PRAGMA cache_size = -${Math.max(1, Math.floor(pageCacheBytes / 1024))}`);
      this.exec('PRAGMA temp_store = MEMORY');
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Runs one or several statements without parameters. Use {@link run} for what happens often. */
  exec(sql: string): void {
    guard(() => this.#db.exec(sql));
  }

  /** Runs a statement that changes rows; answers how many. */
  run(sql: string, ...values: SqlValue[]): number {
    return guard(() => Number(this.#ready(sql).run(...values).changes));
  }

  /** First row, or undefined. The caller names the row's shape, which is that of the selected columns. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return guard(() => this.#ready(sql).get(...values)) as Row | undefined;
  }

  /** All rows. Bound the number in the statement. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return guard(() => this.#ready(sql).all(...values)) as Row[];
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  begin(): void {
    this.run('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.run('COMMIT');
  }

  /** Safe after any failure: SQLite may have rolled back on its own. */
  rollback(): void {
    if (this.#db.isTransaction) this.run('ROLLBACK');
  }

  /** Runs `work` in a transaction of its own. `work` must be synchronous. */
  transaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /**
   * Writes the WAL back into the file as far as readers allow, without waiting for anyone.
   * Answers the frames (pages) the WAL holds and how many of them are written back.
   */
  checkpoint(): WalState {
    return this.#walState('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** Writes the WAL back whole and empties it, unless somebody is still reading it. */
  truncateWal(): void {
    if (this.#db.isOpen && !this.#db.isTransaction) this.#walState('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** The same figures without writing anything. */
  walFrames(): WalState {
    return this.#walState('PRAGMA wal_checkpoint(NOOP)');
  }

  #walState(sql: string): WalState {
    const row = this.get<{ log: number; checkpointed: number }>(sql);
    return { frames: Math.max(0, row?.log ?? 0), done: Math.max(0, row?.checkpointed ?? 0) };
  }

  /**
   * Resolves when all that was committed before is on disk, without blocking the thread. Only with `syncLater`.
   * Rejects with `DiskFailedError`; what was committed may then be lost with the machine, until
   * {@link syncNow} has succeeded.
   */
  async sync(): Promise<void> {
    if (this.path === ':memory:') return;
    try {
      await datasync(this.#walFile());
    } catch (error) {
      throw syncFailed(error);
    }
  }

  /** The same, but returns only then: on a thread that has nothing else to do it costs least. */
  syncHere(): void {
    try {
      fdatasyncSync(this.#walFile());
    } catch (error) {
      throw syncFailed(error);
    }
  }

  #walFile(): number {
    this.#wal ??= openSync(this.walPath, 'r+');
    return this.#wal;
  }

  /** Where commits go first. */
  get walPath(): string {
    return `${this.path}-wal`;
  }

  /**
   * Writes the whole WAL back and syncs, then runs `work`, whose commits are synced before this returns: after a failure
   * of {@link sync}, when the system may have dropped what it could not write.
   */
  syncNow(work: () => void): void {
    if (!this.#syncLater) {
      work();
      return;
    }
    this.exec('PRAGMA synchronous = FULL');
    try {
      this.checkpoint();
      work();
    } finally {
      this.exec('PRAGMA synchronous = NORMAL');
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#wal !== undefined) closeSync(this.#wal);
    this.#wal = undefined;
    if (this.#db.isOpen) this.#db.close();
  }

  /**
   * How often statements of this connection wrote to a table, or deleted from it; what was rolled back counts too. By
   * {@link exec} nothing is counted.
   */
  written(table: string, deletes = false): Readonly<Written> {
    const name = deletes ? `DELETE ${table}` : table;
    let written = this.#written.get(name);
    if (written === undefined) {
      written = { count: 0 };
      this.#written.set(name, written);
    }
    return written;
  }

  #ready(sql: string): StatementSync {
    let known = this.#statements.get(sql);
    if (known === undefined) {
      known = {
        statement: this.#db.prepare(sql.replace(BOUND_LIMIT, 'LIMIT ? + 0')),
        writes: this.#writtenBy(sql),
      };
      this.#statements.set(sql, known);
    }
    if (known.writes !== undefined) this.#write(known.writes);
    return known.statement;
  }

  #write(writes: readonly Written[]): void {
    for (const written of writes) written.count += 1;
    const { beforeWrite } = this;
    if (beforeWrite === undefined) return;
    this.beforeWrite = undefined;
    beforeWrite();
    this.beforeWrite = beforeWrite;
  }

  /** Undefined if the statement changes no rows. */
  #writtenBy(sql: string): readonly Written[] | undefined {
    const verb = WRITES.exec(sql)?.[1];
    if (verb === undefined) return undefined;
    const table = WRITTEN_TABLE.exec(sql)?.[1];
    if (table === undefined) throw new TypeError(`The table that is written to cannot be told from ${sql}`);
    const own = this.written(table);
    return verb.toUpperCase() === 'DELETE' ? [own, this.written(table, true)] : [own];
  }
}

interface Written {
  count: number;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly writes: readonly Written[] | undefined;
}

const datasync = promisify(fdatasync);
/** SQLite plans by the value of a bare `LIMIT ?`, and so prepares the statement again for each value that is bound. */
const BOUND_LIMIT = /\bLIMIT \?/g;
const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i;
const WRITTEN_TABLE = /^\s*\w+\s+(?:OR\s+\w+\s+)?(?:INTO\s+|FROM\s+)?"?(\w+)/i;

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asStoreError(error);
  }
}
