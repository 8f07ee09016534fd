import type { Engine, Turn } from '../engine/engine.ts';
import type { ClientCommand } from '../engine/records/command.ts';
import { Overlay } from '../engine/state/overlay.ts';
import type { StatePort } from '../engine/state/port.ts';
import type { Database } from '../store/database.ts';
import { DiskFailedError } from '../store/errors.ts';
import type { JournalRecord } from '../store/journal.ts';
import type { WriterClock } from './clock.ts';
import { InternalError } from './errors.ts';
import type { Execution, Tx, WriterModule } from './module.ts';
import type { Push } from './protocol.ts';

export interface TransactionParts {
  readonly engine: Engine;
  readonly modules: readonly WriterModule[];
  readonly clock: WriterClock;
  readonly db: Database;
  readonly base: StatePort;
  /** Position of the first record of this transaction. */
  readonly first: number;
  readonly settled: (tx: Transaction) => boolean;
}

type Settlement =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Error };

/** What a scope may have to take back, as lengths of the lists below. */
interface Mark {
  /** Of the overlay. */
  readonly state: number;
  readonly records: number;
  readonly replies: number;
  readonly pushes: number;
  readonly actions: number;
  readonly follows: number;
  readonly hooks: number;
  readonly undos: number;
}

interface Scope {
  savepoint: boolean;
}

/** The one implementation of {@link Tx}; see there for its invariants. */
export class Transaction implements Tx {
  readonly records: JournalRecord[] = [];
  readonly replies: { readonly id: number; readonly settlement: Settlement }[] = [];
  readonly pushes: Push[] = [];
  readonly actions: (() => void)[] = [];
  readonly follows: ClientCommand[] = [];
  /** Commands that made the engine throw; they stay noted though their scopes are undone. */
  readonly broken: { readonly command: ClientCommand; readonly error: unknown }[] = [];
  /** True if the engine left follow-ups over. */
  pending = false;
  /** True if SQL of modules was or may have been written. */
  touchedSql = false;
  readonly batch: Overlay;
  readonly #parts: TransactionParts;
  readonly #scopes: Scope[] = [];
  readonly #hooks: (readonly JournalRecord[])[] = [];
  readonly #undos: (() => void)[] = [];
  #now: number;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.batch = new Overlay(parts.base);
    this.#now = parts.clock.now();
    // By a name of its own: a function that is written where it is assigned to a member is made old by V8, and what it
    // knows of (all of this transaction) stays until the whole heap is collected.
    const beforeWrite = (): void => this.#beforeWrite();
    parts.db.beforeWrite = beforeWrite;
  }

  get now(): number {
    return this.#now;
  }

  get state(): StatePort {
    return this.batch;
  }

  get rows(): StatePort {
    return this.batch;
  }

  get db(): Database {
    return this.#parts.db;
  }

  /** Scopes that write no SQL need no savepoint. */
  #beforeWrite(): void {
    this.touchedSql = true;
    this.#scopes.forEach((scope, depth) => {
      if (scope.savepoint) return;
      this.#parts.db.run(`SAVEPOINT scope${depth}`);
      scope.savepoint = true;
    });
  }

  /** Statements from now on belong to no transaction of the writer. */
  end(): void {
    this.#parts.db.beforeWrite = undefined;
  }

  refreshNow(): void {
    this.#now = this.#parts.clock.now();
  }

  settled(): boolean {
    return this.#parts.settled(this);
  }

  execute(command: ClientCommand): Execution {
    // Outside a scope (at the end of the transaction) the command is one of its own, so that its hooks run.
    if (this.#scopes.length === 0) return this.scoped(() => this.execute(command));
    const turn = this.turn((engine) => this.#process(engine, command));
    if (turn?.answer === undefined)
      throw new InternalError(`The engine did not answer ${command.valueType} ${command.intent}.`);
    return { answer: turn.answer, records: turn.records };
  }

  #process(engine: Engine, command: ClientCommand): Turn {
    try {
      return engine.process(command, this.state, this.#now);
    } catch (error) {
      // Whoever resolves an incident sees it, and the incident stays.
      if (command.valueType !== 'INCIDENT') this.broken.push({ command, error });
      throw error;
    }
  }

  /** Takes over what an engine turn has done in the current scope. */
  turn(work: (engine: Engine) => Turn | undefined): Turn | undefined {
    const turn = work(this.#parts.engine);
    if (turn === undefined) return undefined;
    if (turn.pending) this.pending = true;
    if (turn.records.length > 0) {
      for (const record of turn.records) this.records.push(record);
      this.#hooks.push(turn.records);
    }
    return turn;
  }

  scoped<T>(work: () => T, keep: (result: T) => boolean = () => true): T {
    const mark = this.#mark();
    const depth = this.#scopes.length;
    const scope: Scope = { savepoint: false };
    this.#scopes.push(scope);
    try {
      const result = work();
      // The hooks of an outermost scope run in it; those of inner scopes wait for the outermost one (T2).
      if (depth === 0) this.#runHooks();
      if (keep(result)) this.#keep(scope, depth);
      else this.#undo(scope, depth, mark);
      return result;
    } catch (error) {
      this.#undo(scope, depth, mark, error);
      throw error;
    }
  }

  follow(command: ClientCommand): void {
    this.follows.push(command);
  }

  append(record: JournalRecord): number {
    this.records.push(record);
    return this.#parts.first + this.records.length - 1;
  }

  reply(id: number, value: unknown): void {
    this.replies.push({ id, settlement: { ok: true, value } });
  }

  fail(id: number, error: Error): void {
    this.replies.push({ id, settlement: { ok: false, error } });
  }

  afterCommit(action: () => void): void {
    this.actions.push(action);
  }

  onUndo(action: () => void): void {
    this.#undos.push(action);
  }

  push(topic: string, body: unknown): void {
    this.pushes.push({ topic, body });
  }

  #runHooks(): void {
    for (let records = this.#hooks.shift(); records !== undefined; records = this.#hooks.shift())
      for (const module of this.#parts.modules) module.onRecords?.(records, this);
  }

  #mark(): Mark {
    return {
      state: this.batch.mark(),
      records: this.records.length,
      replies: this.replies.length,
      pushes: this.pushes.length,
      actions: this.actions.length,
      follows: this.follows.length,
      hooks: this.#hooks.length,
      undos: this.#undos.length,
    };
  }

  #keep(scope: Scope, depth: number): void {
    if (scope.savepoint) this.#parts.db.run(`RELEASE scope${depth}`);
    this.batch.keep();
    this.#scopes.length = depth;
  }

  #undo(scope: Scope, depth: number, mark: Mark, error?: unknown): void {
    this.#scopes.length = depth;
    this.batch.undo(mark.state);
    this.records.length = mark.records;
    this.replies.length = mark.replies;
    this.pushes.length = mark.pushes;
    this.actions.length = mark.actions;
    this.follows.length = mark.follows;
    this.#hooks.length = mark.hooks;
    for (const undo of this.#undos.splice(mark.undos).reverse()) undo();
    // After a disk failure SQLite has no transaction any more, and all is undone anyway.
    if (!scope.savepoint || error instanceof DiskFailedError) return;
    this.#parts.db.run(`ROLLBACK TO scope${depth}`);
    this.#parts.db.run(`RELEASE scope${depth}`);
  }
}
