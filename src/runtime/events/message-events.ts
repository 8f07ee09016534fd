import type { Database } from '../../store/database.ts';

/** Which event a living message was made of, so that what becomes of it later is the event's fate too. */
export class MessageEvents {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @param used true if the message has reached an instance already */
  add(messageKey: number, sequence: number, used: boolean): void {
    this.#db.run(
      'INSERT OR REPLACE INTO message_event (message_key, sequence, used) VALUES (?, ?, ?)',
      messageKey,
      sequence,
      Number(used),
    );
  }

  /** The message reached an instance: the event it was made of. */
  use(messageKey: number): number | undefined {
    return this.#db.get<{ sequence: number }>(
      'UPDATE message_event SET used = 1 WHERE message_key = ? RETURNING sequence',
      messageKey,
    )?.sequence;
  }

  /** The message's life is over. */
  end(messageKey: number): { readonly sequence: number; readonly used: boolean } | undefined {
    const row = this.#db.get<{ sequence: number; used: number }>(
      'DELETE FROM message_event WHERE message_key = ? RETURNING sequence, used',
      messageKey,
    );
    return row && { sequence: row.sequence, used: row.used === 1 };
  }
}
