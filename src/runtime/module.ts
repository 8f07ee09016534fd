import type { Answer, ClientCommand } from '../engine/records/command.ts';
import type { StatePort } from '../engine/state/port.ts';
import type { Database } from '../store/database.ts';
import type { JournalRecord } from '../store/journal.ts';
import type { MigrationSet } from '../store/migrate.ts';
import type { AnyTable } from '../store/state-table.ts';

/** Returned by a handler whose answer comes later, by {@link Tx.reply} in the same or another transaction. */
export const PARKED: unique symbol = Symbol('parked');

/** What one engine command did in the current transaction. */
export interface Execution {
  readonly answer: Answer;
  readonly records: readonly JournalRecord[];
}

/**
 * The transaction that a request, a hook or a timer runs in. Everything done through it becomes durable together, or
 * not at all. It must not be kept beyond the call it was given to.
 *
 * Invariants
 * - T1 A request, a follow-up, a due command: each has its own scope. What throws is undone alone (state, SQL,
 *   records, replies, pushes), and the others of the transaction go on.
 * - T2 Hooks run in the scope of what caused the records, after its handler has returned.
 * - T3 A failing disk ends the whole transaction; no scope catches it.
 */
export interface Tx {
  /** Epoch ms; the same for the whole transaction, unless the clock is moved within it. */
  readonly now: number;
  /** The engine's state as this scope sees it. Only the engine changes it. */
  readonly state: StatePort;
  /** Rows of the module's own {@link WriterModule.tables}, undone with the scope as those of the engine are. */
  readonly rows: StatePort;
  /** SQL in the same transaction, for the tables of the module's own migrations. */
  readonly db: Database;
  /** Runs an engine command now. If the engine throws, so does this, and with it the whole scope ends. */
  execute(command: ClientCommand): Execution;
  /**
   * Runs `work` in a scope of its own within this one: if it throws, or `keep` says no, what it did is undone and
   * the error is thrown on. For commands that may fail without taking the request with them.
   */
  scoped<T>(work: () => T, keep?: (result: T) => boolean): T;
  /**
   * Runs an engine command after this scope has ended well: in this transaction while its bound allows, else durably
   * in a later one. Its failure concerns only itself. What may cause itself again (loops) belongs here.
   */
  follow(command: ClientCommand): void;
  /** Adds a record of the module's own to the journal; answers its position. */
  append(record: JournalRecord): number;
  /** Answers a parked request, once this transaction is synced. */
  reply(request: number, value: unknown): void;
  fail(request: number, error: Error): void;
  /** Runs after the commit, which may not be synced yet, if this scope ended well; it must not throw. */
  afterCommit(action: () => void): void;
  /**
   * Takes back, if this scope or one around it is undone, what was changed in memory; the latest first. If the whole
   * transaction is undone, {@link WriterModule.onFailure} is called instead.
   */
  onUndo(action: () => void): void;
  /** Sends data to the main thread after the commit (see `RuntimeOptions.onPush`), such as deliveries that are due. */
  push(topic: string, body: unknown): void;
  /** True if nothing is due, pending or waiting to follow at `now`. */
  settled(): boolean;
  /** Lets the rest of the transaction see the clock's time, after it was moved. */
  refreshNow(): void;
}

/** One kind of request. `Body` and `Value` cross threads: data that structured clone can copy, no functions. */
export interface RequestHandler<Body = unknown, Value = unknown> {
  readonly kind: string;
  /** `id` names the request for a later {@link Tx.reply}. Throwing answers the caller with that error. */
  handle(body: Body, tx: Tx, id: number): Value | typeof PARKED;
}

/**
 * A part of the writer: request kinds with what belongs to them. Modules are called in the order they are listed.
 * All calls are synchronous. Memory of a module that mirrors its tables must be dropped in {@link onFailure}.
 */
export interface WriterModule {
  readonly name: string;
  readonly migrations?: MigrationSet;
  /** Tables of the state that are the module's own. */
  readonly tables?: readonly AnyTable[];
  // biome-ignore lint/suspicious/noExplicitAny: each handler names the body of its own kind; the client matches them
  readonly handlers?: readonly RequestHandler<any, unknown>[];
  /** Once, before the first transaction, with what is committed. */
  onStart?(db: Database): void;
  /** After each engine turn, also of timers and follow-ups; may execute further commands, or let them follow. */
  onRecords?(records: readonly JournalRecord[], tx: Tx): void;
  /** Work of the module that is due at `tx.now`, a bounded share of it. */
  runDue?(tx: Tx): void;
  /** Epoch ms at which {@link runDue} is wanted; asked after each commit. */
  nextDue?(): number | undefined;
  /** At the end of each transaction that had any work, before its records are written. */
  beforeCommit?(tx: Tx): void;
  /** The client of a parked request is gone or out of patience; the value answers it. */
  cancel?(request: number): unknown;
  /** A parked request was answered without the module: forget it. */
  forget?(request: number): void;
  /** The transaction is undone: forget what is remembered of the tables. */
  onFailure?(): void;
}
