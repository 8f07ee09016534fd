/**
 * One SQLite file, owned by one process.
 *
 * Invariants
 * D1. A promise of `write` is fulfilled only after the commit that holds its change is on disk.
 * D2. A change either happens whole or not at all, together with the events it appended.
 * D3. Caches are told to reload whenever something was undone, so they never differ from the file.
 * D4. Hooks of `afterCommit` run once, only after a successful commit.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** The file cannot be opened; the message says why and what to do. */
export class DatabaseError extends Error {
  readonly code: 'DATABASE_LOCKED' | 'DATABASE_NEWER' | 'DATABASE_UNREADABLE' | 'DATABASE_CLOSED';

  constructor(code: DatabaseError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.code = code;
  }
}

/** Numbered steps of one component: step n is element n-1. Steps are appended, never edited. */
export interface Migrations {
  readonly component: string;
  readonly steps: readonly string[];
}

/** A column value as SQLite gives it. */
export type Value = null | number | bigint | string | Uint8Array;
/** A row by column name. */
export type Row = Record<string, Value>;

interface Job {
  run(): void;
  done(): void;
  failed(error: unknown): void;
}

/** Bound on the work of one commit, so that nobody waits long behind a crowd. */
const largestBatch = 1_000;

/** An open file. Obtain with {@link openDatabase}. */
export class Database {
  readonly file: string;
  private readonly sqlite: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly caches: (() => void)[] = [];
  private readonly commitListeners: (() => void)[] = [];
  private hooks: (() => void)[] = [];
  private queue: Job[] = [];
  private scheduled = false;
  private inside = false;
  private closed = false;

  constructor(file: string, sqlite: DatabaseSync) {
    this.file = file;
    this.sqlite = sqlite;
  }

  /** All rows of a query. */
  all(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.statement(sql).all(...parameters) as Row[];
  }

  /** The first row of a query, if any. */
  get(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.statement(sql).get(...parameters) as Row | undefined;
  }

  /** Runs a change inside a transaction; answers the number of rows changed. */
  run(sql: string, ...parameters: SQLInputValue[]): number {
    if (!this.inside) throw new Error('A change outside of write(): wrap it in database.write(() => ...).');
    return Number(this.statement(sql).run(...parameters).changes);
  }

  /**
   * Runs `change` in a transaction that it may share with others, and answers when it is on disk.
   * `change` must be synchronous; if it throws, its own changes alone are undone.
   */
  write<T>(change: () => T): Promise<T> {
    if (this.closed) return Promise.reject(closedError());
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.queue.push({
        run: () => {
          result = change();
          if (result instanceof Promise)
            throw new TypeError('The function given to write() must be synchronous.');
        },
        done: () => resolve(result),
        failed: reject,
      });
      if (!this.scheduled) {
        this.scheduled = true;
        setImmediate(() => this.flush());
      }
    });
  }

  /** Registers what must be loaded again after an undo. */
  onUndo(reload: () => void): void {
    this.caches.push(reload);
  }

  /** Calls `listener` after every commit. */
  onCommit(listener: () => void): void {
    this.commitListeners.push(listener);
  }

  /** Calls `hook` once, after the commit of the present transaction; not at all if it is undone. */
  afterCommit(hook: () => void): void {
    if (!this.inside) throw new Error('afterCommit() belongs inside write().');
    this.hooks.push(hook);
  }

  /** Commits what waits, then closes the file. */
  close(): void {
    if (this.closed) return;
    while (this.queue.length > 0) this.flush();
    this.closed = true;
    this.statements.clear();
    this.sqlite.close();
  }

  /** Runs what waits in one transaction. One bad job is undone alone; a failed commit fails all of them. */
  private flush(): void {
    this.scheduled = false;
    if (this.closed) return;
    const batch = this.queue.splice(0, largestBatch);
    if (batch.length === 0) return;
    const settled: (() => void)[] = [];
    this.hooks = [];
    try {
      this.sqlite.exec('BEGIN IMMEDIATE');
      this.inside = true;
      for (const job of batch) settled.push(this.attempt(job));
      this.sqlite.exec('COMMIT');
      this.inside = false;
    } catch (error) {
      this.undo(error, batch);
      this.again();
      return;
    }
    for (const settle of settled) settle();
    for (const hook of this.hooks.splice(0)) hook();
    for (const listener of this.commitListeners) listener();
    this.again();
  }

  private attempt(job: Job): () => void {
    const hooksBefore = this.hooks.length;
    this.sqlite.exec('SAVEPOINT job');
    try {
      job.run();
      this.sqlite.exec('RELEASE job');
      return () => job.done();
    } catch (error) {
      // Some failures (disk full) end the whole transaction: then RELEASE throws and the batch fails.
      this.sqlite.exec('ROLLBACK TO job');
      this.sqlite.exec('RELEASE job');
      this.hooks.length = hooksBefore;
      for (const reload of this.caches) reload();
      return () => job.failed(error);
    }
  }

  private undo(error: unknown, batch: readonly Job[]): void {
    this.inside = false;
    this.hooks = [];
    if (this.sqlite.isTransaction) this.sqlite.exec('ROLLBACK');
    for (const reload of this.caches) reload();
    for (const job of batch) job.failed(error);
  }

  private again(): void {
    if (this.queue.length === 0 || this.scheduled || this.closed) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private statement(sql: string): StatementSync {
    if (this.closed) throw closedError();
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.sqlite.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/**
 * Opens or makes a file and brings it up to date. The system drops the lock on any death of the process.
 * @param file path; missing folders are made.
 * @throws DatabaseError if another process holds the file, a newer program wrote it, or it is no database.
 */
export function openDatabase(file: string, migrations: readonly Migrations[]): Database {
  mkdirSync(dirname(file), { recursive: true });
  const sqlite = new DatabaseSync(file);
  try {
    // Exclusive before the first access: the lock is held until the process ends.
    sqlite.exec('PRAGMA locking_mode=EXCLUSIVE');
    sqlite.exec('PRAGMA journal_mode=WAL');
    sqlite.exec('PRAGMA synchronous=FULL');
    sqlite.exec('PRAGMA foreign_keys=ON');
    sqlite.exec('BEGIN IMMEDIATE');
    migrate(file, sqlite, migrations);
    sqlite.exec('COMMIT');
  } catch (error) {
    sqlite.close();
    throw explain(file, error);
  }
  return new Database(file, sqlite);
}

function migrate(file: string, sqlite: DatabaseSync, migrations: readonly Migrations[]): void {
  sqlite.exec(
    'CREATE TABLE IF NOT EXISTS migration (component TEXT, step INTEGER, PRIMARY KEY (component, step))',
  );
  for (const { component, steps } of migrations) {
    const row = sqlite.prepare('SELECT max(step) AS step FROM migration WHERE component = ?').get(component);
    const done = typeof row?.step === 'number' ? row.step : 0;
    if (done > steps.length) {
      throw new DatabaseError(
        'DATABASE_NEWER',
        `${file} was written by a newer version (${component} step ${done}, known ${steps.length}): use that version.`,
      );
    }
    for (let step = done + 1; step <= steps.length; step += 1) {
      sqlite.prepare('INSERT INTO migration (component, step) VALUES (?, ?)').run(component, step);
      sqlite.exec(steps[step - 1] ?? '');
    }
  }
}

function explain(file: string, error: unknown): Error {
  if (error instanceof DatabaseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(message)) {
    return new DatabaseError(
      'DATABASE_LOCKED',
      `${file} is in use by another process: stop that one, or give this one another file.`,
      { cause: error },
    );
  }
  return new DatabaseError('DATABASE_UNREADABLE', `${file} cannot be opened: ${message}`, { cause: error });
}

function closedError(): DatabaseError {
  return new DatabaseError('DATABASE_CLOSED', 'The service is stopping.');
}
