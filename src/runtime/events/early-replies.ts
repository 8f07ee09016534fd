import type { Database } from '../../store/database.ts';

/** Replies that came before a job waits for them. Calls run inside the writer's transaction. */
export class EarlyReplies {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @param until epoch ms */
  keep(sequence: number, type: string, correlationKey: string, until: number): void {
    this.#db.run(
      'INSERT OR REPLACE INTO early_reply (sequence, type, correlation_key, until) VALUES (?, ?, ?, ?)',
      sequence,
      type,
      correlationKey,
      until,
    );
  }

  /** Takes out the oldest reply of this type and key that still lives. */
  take(type: string, correlationKey: string, now: number): number | undefined {
    const row = this.#db.get<{ sequence: number }>(
      'SELECT sequence FROM early_reply WHERE correlation_key = ? AND type = ? AND until > ? ORDER BY sequence LIMIT 1',
      correlationKey,
      type,
      now,
    );
    if (row) this.#drop(row.sequence);
    return row?.sequence;
  }

  /** Takes out replies whose time is over. */
  takeExpired(now: number, limit: number): { readonly sequence: number; readonly key: string }[] {
    const rows = this.#db.all<{ sequence: number; key: string }>(
      'SELECT sequence, correlation_key AS key FROM early_reply WHERE until <= ? ORDER BY until LIMIT ?',
      now,
      limit,
    );
    for (const { sequence } of rows) this.#drop(sequence);
    return rows;
  }

  /** Epoch ms at which the first one's time is over. */
  nextEnd(): number | undefined {
    return this.#db.get<{ until: number }>('SELECT until FROM early_reply ORDER BY until LIMIT 1')?.until;
  }

  #drop(sequence: number): void {
    this.#db.run('DELETE FROM early_reply WHERE sequence = ?', sequence);
  }
}
