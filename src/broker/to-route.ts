import type { Database } from '../store/database.ts';

/** Which events wait for their routing. Calls run inside the writer's transaction; after a rollback call {@link reset}. */
export class ToRoute {
  readonly #db: Database;
  /** Marked in this transaction. */
  readonly #marked = new Set<number>();
  /** False: surely none waits, so nobody need look. */
  #some = true;

  constructor(db: Database) {
    this.#db = db;
  }

  mark(sequence: number): void {
    this.#db.run('INSERT OR IGNORE INTO event_to_route (sequence) VALUES (?)', sequence);
    this.#marked.add(sequence);
    this.#some = true;
  }

  /** @param isNew true for an event of this transaction, which has a mark only if it got one in it */
  unmark(sequence: number, isNew: boolean): void {
    if (isNew && !this.#marked.has(sequence)) return;
    this.#db.run('DELETE FROM event_to_route WHERE sequence = ?', sequence);
  }

  oldest(limit: number): number[] {
    if (!this.#some) return [];
    const rows = this.#db.all<{ sequence: number }>(
      'SELECT sequence FROM event_to_route ORDER BY sequence LIMIT ?',
      limit,
    );
    this.#some = rows.length > 0;
    return rows.map(({ sequence }) => sequence);
  }

  /** At the end of a transaction. */
  committed(): void {
    this.#marked.clear();
  }

  reset(): void {
    this.#marked.clear();
    this.#some = true;
  }
}
