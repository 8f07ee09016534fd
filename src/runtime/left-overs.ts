import type { Engine } from '../engine/engine.ts';
import type { ClientCommand } from '../engine/records/command.ts';
import type { Change } from '../engine/state/overlay.ts';
import { decode, encode } from '../store/codec.ts';
import { DiskFailedError } from '../store/errors.ts';
import type { DataFolder } from '../store/folder.ts';
import { textOf } from './errors.ts';
import { Lanes } from './lanes.ts';
import type { WriterLimits } from './limits.ts';
import type { WriterModule } from './module.ts';
import { Quarantine } from './quarantine.ts';
import type { Transaction } from './transaction.ts';

export interface LeftOverParts {
  readonly folder: DataFolder;
  readonly engine: Engine;
  readonly modules: readonly WriterModule[];
  readonly limits: WriterLimits;
  readonly monotonic: () => number;
  /** Told of every command that was discarded because the engine threw. */
  readonly discarded: (what: string, error: unknown) => void;
}

const RECHECK_MS = 1000;
/** Something may be due at any time: the state is to be asked. */
const UNKNOWN = Number.NEGATIVE_INFINITY;

/**
 * Work that nobody waits for: the engine's pending follow-ups, commands that modules let follow, what is due.
 * Each transaction takes a bounded share of it; all of it is in the folder, so it goes on after a restart.
 */
export class LeftOvers {
  readonly #parts: LeftOverParts;
  readonly #quarantine = new Quarantine();
  #pending = true;
  #stored = true;
  #nextDue: number | undefined;
  /** Epoch ms before which nothing of the engine is due, as the state is or as it will be. */
  #engineDue: number | undefined = UNKNOWN;
  /** True if more was due than one transaction takes. */
  #dueCut = false;
  /** Monotonic ms before which all follow-ups that are left rest, because they threw. */
  #resumeAt = 0;
  readonly #lanes: Lanes;

  constructor(parts: LeftOverParts) {
    this.#parts = parts;
    this.#lanes = new Lanes(parts);
    this.committed(UNKNOWN);
  }

  /**
   * ms until there is something to do at journal time `now`; undefined if only a request can change that.
   * While the clock is pinned, time does not bring what is due later any nearer.
   */
  waitMs(now: number, pinned: boolean): number | undefined {
    if (this.#stored) return 0;
    const monotonic = this.#parts.monotonic();
    const waits: number[] = [];
    if (this.#pending) waits.push(Math.max(0, this.#resumeAt - monotonic));
    if (this.#nextDue !== undefined) {
      // Due, but it may be what rests; other things become due behind it, so look again before long.
      if (this.#nextDue <= now)
        waits.push(this.#dueCut ? 0 : Math.min(RECHECK_MS, this.#quarantine.waitMs(monotonic) ?? 0));
      else if (!pinned) waits.push(this.#nextDue - now);
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** True if nothing is left over at the time of the transaction; what rests in quarantine does not count. */
  settled(tx: Transaction): boolean {
    if (tx.pending || this.#stored || tx.follows.length > 0) return false;
    if (this.#pending && this.#parts.monotonic() >= this.#resumeAt) return false;
    const next = earlier(this.#parts.engine.nextDue(tx.state), this.#modulesDue());
    if (next === undefined || next > tx.now) return true;
    return !this.#dueCut && this.#quarantine.waitMs(this.#parts.monotonic()) !== undefined;
  }

  /** Shows at their elements that commands broke; by fresh commands, as all that these did is undone. */
  raiseIncidents(tx: Transaction): void {
    for (const { command, error } of tx.broken.splice(0)) {
      const { valueType, intent } = command;
      const key = 'key' in command ? command.key : 'scopeKey' in command.value ? command.value.scopeKey : -1;
      const value = { command: { valueType, intent, key }, cause: textOf(error) };
      this.#attempt(tx, { valueType: 'INCIDENT', intent: 'CREATE', value });
    }
  }

  run(tx: Transaction): void {
    let share = this.#parts.limits.follows;
    share -= this.#runStored(tx, share);
    this.#runDue(tx);
    for (; share > 0; share--) {
      const command = tx.follows.shift();
      if (command === undefined) break;
      this.#attempt(tx, command);
    }
    this.#resume(tx);
  }

  /** Keeps for later what followed and did not fit; call it last, before the commit. */
  store(tx: Transaction): void {
    for (const command of tx.follows.splice(0)) {
      tx.db.run('INSERT INTO follow_up (command) VALUES (?)', encode(command));
      this.#stored = true;
    }
    if (!tx.pending) return;
    this.#pending = true;
    this.#resumeAt = 0;
  }

  /** What is about to be committed. */
  changing(changes: readonly Change[]): void {
    // To ask the state costs as much as two events; what ends is noticed when its time has come.
    for (const change of changes)
      this.#engineDue = earlier(this.#engineDue, this.#parts.engine.dueBy(change));
  }

  /** After a commit at journal time `now`: looks when something is due next. */
  committed(now: number): void {
    const { engine, folder } = this.#parts;
    if (this.#engineDue !== undefined && this.#engineDue <= now)
      this.#engineDue = engine.nextDue(folder.state);
    this.#nextDue = earlier(this.#engineDue, this.#modulesDue());
  }

  /** After a rollback: whatever was believed to be done may be open again. */
  undone(): void {
    this.#pending = true;
    this.#stored = true;
    this.#nextDue = 0;
    this.#engineDue = UNKNOWN;
  }

  #modulesDue(): number | undefined {
    let next: number | undefined;
    for (const module of this.#parts.modules) next = earlier(next, module.nextDue?.());
    return next;
  }

  #runStored(tx: Transaction, share: number): number {
    if (!this.#stored) return 0;
    const rows = tx.db.all<{ id: number; command: string }>(
      'SELECT id, command FROM follow_up ORDER BY id LIMIT ?',
      share,
    );
    for (const { id, command } of rows) {
      tx.db.run('DELETE FROM follow_up WHERE id = ?', id);
      this.#attempt(tx, decode<ClientCommand>(command));
    }
    this.#stored = rows.length === share;
    return rows.length;
  }

  #runDue(tx: Transaction): void {
    const { engine, limits, modules, monotonic } = this.#parts;
    if (this.#nextDue === undefined || this.#nextDue > tx.now) return;
    const most = limits.dueCommands + this.#quarantine.resting(monotonic());
    const due = engine.due(tx.state, tx.now, most);
    this.#dueCut = due.length === most;
    for (const command of due) {
      if (this.#quarantine.rests(command, monotonic())) continue;
      if (this.#attempt(tx, command)) this.#quarantine.succeeded(command);
      else this.#quarantine.failed(command, monotonic());
    }
    for (const module of modules)
      if (module.runDue !== undefined)
        this.#guarded(`due work of ${module.name}`, () => tx.scoped(() => module.runDue?.(tx)));
  }

  #resume(tx: Transaction): void {
    const { limits, monotonic } = this.#parts;
    if (!(this.#pending || tx.pending) || (monotonic() < this.#resumeAt && !tx.pending)) return;
    this.#pending = true;
    for (let turns = 0; turns < limits.resumeTurns && tx.records.length < limits.batchRecords; turns++) {
      const went = this.#lanes.turn(tx);
      if (went === 'more') continue;
      this.#pending = went === 'rest';
      this.#resumeAt = went === 'rest' ? monotonic() + this.#lanes.waitMs() : 0;
      tx.pending = false;
      return;
    }
    this.#resumeAt = 0;
  }

  /** A command that nobody waits for; false if the engine threw. */
  #attempt(tx: Transaction, command: ClientCommand): boolean {
    const key = 'key' in command ? ` ${command.key}` : '';
    return this.#guarded(`${command.valueType} ${command.intent}${key}`, () =>
      tx.scoped(() => tx.execute(command)),
    );
  }

  #guarded(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof DiskFailedError) throw error;
      this.#parts.discarded(what, error);
      return false;
    }
  }
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other !== undefined && other < one ? other : one;
}
