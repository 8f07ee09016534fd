import type { Database } from '../store/database.ts';
import type { FateAt, FateEntry } from './logged-event.ts';

/** What moves a process, or ends the waiting for one: an event with such a fate is no longer what it was before. */
const MOVES = new Set([
  'reply',
  'errorReply',
  'failReply',
  'started',
  'correlated',
  'buffered',
  'earlyReply',
  'expired',
]);
const PASSING =
  "'buffered', 'earlyReply', 'unmatched', 'refused', 'declined', 'failed', 'unknownJob', 'lateReply', 'unusableReply'";

/** Keeps what stands now of each event, by kind, for searches by fate. Calls run inside the writer's transaction. */
export class FateKinds {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** What became of a new event. */
  first(sequence: number, fates: readonly FateEntry[]): void {
    for (const { kind } of fates) this.#add(sequence, kind);
  }

  /**
   * What became of an event later. One that moves a process after all is no longer unmatched, buffered and so on. What one
   * routing tells begins with what moved, so nothing of the same routing is taken back.
   */
  later(sequence: number, { kind }: FateEntry): void {
    if (MOVES.has(kind))
      this.#db.run(`DELETE FROM event_fate_kind WHERE kind IN (${PASSING}) AND sequence = ?`, sequence);
    this.#add(sequence, kind);
  }

  /** The event is deleted; these were its fates. */
  forget(sequence: number, fates: readonly FateAt[]): void {
    for (const kind of new Set(fates.map(({ fate }) => fate.kind)))
      this.#db.run('DELETE FROM event_fate_kind WHERE kind = ? AND sequence = ?', kind, sequence);
  }

  #add(sequence: number, kind: string): void {
    this.#db.run('INSERT OR IGNORE INTO event_fate_kind (kind, sequence) VALUES (?, ?)', kind, sequence);
  }
}
