import type { Database } from '../../store/database.ts';
import { type Remembered, rememberedLeast } from '../../store/remembered.ts';

/** Replies that came before a job waits for them. Calls run inside the writer's transaction. */
export class EarlyReplies {
  readonly #db: Database;
  readonly #nextEnd: Remembered<number | undefined>;

  constructor(db: Database) {
    this.#db = db;
    this.#nextEnd = rememberedLeast(db, 'early_reply', 'until');
  }

  /**
   * @param until epoch ms
   * @param jobKey the one job that it is kept for, if it is known
   */
  keep(sequence: number, type: string, correlationKey: string, until: number, jobKey?: number): void {
    this.#db.run(
      'INSERT OR REPLACE INTO early_reply (sequence, type, correlation_key, until, job_key) VALUES (?, ?, ?, ?, ?)',
      sequence,
      type,
      correlationKey,
      until,
      jobKey ?? null,
    );
  }

  /** Takes out the oldest reply of this type and key that still lives. */
  take(type: string, correlationKey: string, now: number): number | undefined {
    const row = this.#db.get<{ sequence: number }>(
      'SELECT sequence FROM early_reply WHERE correlation_key = ? AND type = ? AND until > ? AND job_key IS NULL ORDER BY sequence LIMIT 1',
      correlationKey,
      type,
      now,
    );
    if (row) this.#drop(row.sequence);
    return row?.sequence;
  }

  /** Takes out the oldest reply that was kept for this job and still lives. */
  takeOf(jobKey: number, now: number): number | undefined {
    const row = this.#db.get<{ sequence: number }>(
      'SELECT sequence FROM early_reply WHERE job_key = ? AND until > ? ORDER BY sequence LIMIT 1',
      jobKey,
      now,
    );
    if (row) this.#drop(row.sequence);
    return row?.sequence;
  }

  /** Takes out replies whose time is over. */
  takeExpired(
    now: number,
    limit: number,
  ): { readonly sequence: number; readonly key: string; readonly jobKey: number | null }[] {
    const rows = this.#db.all<{ sequence: number; key: string; jobKey: number | null }>(
      'SELECT sequence, correlation_key AS key, job_key AS jobKey FROM early_reply WHERE until <= ? ORDER BY until LIMIT ?',
      now,
      limit,
    );
    for (const { sequence } of rows) this.#drop(sequence);
    return rows;
  }

  /** Epoch ms at which the first one's time is over. */
  nextEnd(): number | undefined {
    return this.#nextEnd.get();
  }

  #drop(sequence: number): void {
    this.#db.run('DELETE FROM early_reply WHERE sequence = ?', sequence);
  }
}
