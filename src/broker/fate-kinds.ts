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
const PASSING = new Set([
  'buffered',
  'earlyReply',
  'unmatched',
  'refused',
  'declined',
  'failed',
  'unknownJob',
  'lateReply',
  'unusableReply',
]);

/**
 * Keeps what became of events after their own transaction, by kind, for searches by fate. What became of them at once is in
 * their rows and in the runs of the index. Calls run inside the writer's transaction.
 */
export class FateKinds {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * What became of an event later. One that moves a process after all is no longer unmatched, buffered and so on. What one
   * routing tells begins with what moved, so nothing of the same routing is taken back.
   */
  later(sequence: number, { kind }: FateEntry): void {
    if (MOVES.has(kind))
      this.#db.run(
        `DELETE FROM event_fate_kind WHERE kind IN (${listed(PASSING)}) AND sequence = ?`,
        sequence,
      );
    this.#db.run('INSERT OR IGNORE INTO event_fate_kind (kind, sequence) VALUES (?, ?)', kind, sequence);
  }

  /** The event is deleted; these were its fates. */
  forget(sequence: number, fates: readonly FateAt[]): void {
    for (const kind of new Set(fates.map(({ fate }) => fate.kind)))
      this.#db.run('DELETE FROM event_fate_kind WHERE kind = ? AND sequence = ?', kind, sequence);
  }
}

/** SQL that is true for a row of `event` of which a fate of this kind stands now; its values are those of {@link kindValues}. */
export function kindCondition(kind: string): string {
  const first = `instr(event.fates, ?) > 0 AND EXISTS (SELECT 1 FROM json_each(event.fates) WHERE value ->> 'kind' = ?)`;
  const passed = `EXISTS (SELECT 1 FROM event_fate_kind AS m WHERE m.kind IN (${listed(MOVES)}) AND m.sequence = event.sequence)`;
  const stands = PASSING.has(kind) ? `${first} AND NOT ${passed}` : first;
  return `(EXISTS (SELECT 1 FROM event_fate_kind AS k WHERE k.kind = ? AND k.sequence = event.sequence) OR (${stands}))`;
}

export function kindValues(kind: string): string[] {
  return [kind, `"kind":${JSON.stringify(kind)}`, kind];
}

function listed(kinds: Iterable<string>): string {
  return [...kinds].map((kind) => `'${kind}'`).join(', ');
}
