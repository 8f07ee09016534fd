import type { Database } from '../../store/database.ts';

interface Row {
  readonly sequence: number;
  readonly used: number;
  readonly on_the_way: number;
}

/** Which event a message was made of, so that what becomes of it after its publication is the event's fate too. */
export class MessageEvents {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * @param used true if the message has reached an instance already
   * @param onTheWay of a message without life: instances that will take it in later turns
   */
  add(messageKey: number, sequence: number, used: boolean, onTheWay: number): void {
    this.#db.run(
      'INSERT OR REPLACE INTO message_event (message_key, sequence, used, on_the_way) VALUES (?, ?, ?, ?)',
      messageKey,
      sequence,
      Number(used),
      onTheWay,
    );
  }

  /** The message reached an instance: the event it was made of. */
  use(messageKey: number): number | undefined {
    const row = this.#db.get<Row>(
      'UPDATE message_event SET used = 1 WHERE message_key = ? RETURNING sequence, used, on_the_way',
      messageKey,
    );
    if (row && row.on_the_way > 0) this.#arrived(messageKey, row);
    return row?.sequence;
  }

  /** An instance did not take the message after all. Answers what is left if nobody else is to take it. */
  missed(messageKey: number): { readonly sequence: number; readonly used: boolean } | undefined {
    const row = this.#db.get<Row>(
      'SELECT sequence, used, on_the_way FROM message_event WHERE message_key = ? AND on_the_way > 0',
      messageKey,
    );
    return row && this.#arrived(messageKey, row) ? endOf(row) : undefined;
  }

  /** The message's life is over, unless it is still on its way. */
  end(messageKey: number): { readonly sequence: number; readonly used: boolean } | undefined {
    const row = this.#db.get<Row>(
      'DELETE FROM message_event WHERE message_key = ? AND on_the_way = 0 RETURNING sequence, used, on_the_way',
      messageKey,
    );
    return row && endOf(row);
  }

  /** One of those on the way has arrived; true if it was the last. */
  #arrived(messageKey: number, { on_the_way }: Row): boolean {
    if (on_the_way === 1) this.#db.run('DELETE FROM message_event WHERE message_key = ?', messageKey);
    else
      this.#db.run('UPDATE message_event SET on_the_way = on_the_way - 1 WHERE message_key = ?', messageKey);
    return on_the_way === 1;
  }
}

function endOf({ sequence, used }: Row): { readonly sequence: number; readonly used: boolean } {
  return { sequence, used: used === 1 };
}
