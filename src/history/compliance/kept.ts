import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { KeptEvent } from '../../compliance/index.ts';

/** Events that nobody took yet. Few: nobody looks for one while there is none. */
export class KeptEvents {
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #get: StatementSync;
  readonly #of: StatementSync;
  readonly #all: StatementSync;
  #count = 0;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO compliance_kept (key, event_type, correlation_key, time, sequence, instance_key)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#drop = database.prepare('DELETE FROM compliance_kept WHERE key = ?');
    this.#get = database.prepare('SELECT * FROM compliance_kept WHERE key = ?');
    this.#of = database.prepare('SELECT * FROM compliance_kept WHERE instance_key = ? ORDER BY time, key');
    this.#all = database.prepare('SELECT count(*) AS count FROM compliance_kept');
    this.recount();
  }

  put({ key, eventType, correlationKey, time, eventSequence, processInstanceKey }: KeptEvent): void {
    this.#put.run(key, eventType, correlationKey, time, eventSequence ?? null, processInstanceKey ?? null);
    this.#count += 1;
  }

  drop(key: number): void {
    if (this.#count > 0) this.#count -= Number(this.#drop.run(key).changes);
  }

  get(key: number): KeptEvent | undefined {
    const row = this.#count === 0 ? undefined : this.#get.get(key);
    return row && keptOf(row);
  }

  of(processInstanceKey: number): readonly KeptEvent[] {
    return this.#count === 0 ? [] : this.#of.all(processInstanceKey).map(keptOf);
  }

  /** After the transaction was undone. */
  recount(): void {
    this.#count = Number(this.#all.get()?.['count'] ?? 0);
  }
}

function keptOf(row: Record<string, unknown>): KeptEvent {
  return {
    key: Number(row['key']),
    eventType: String(row['event_type']),
    correlationKey: String(row['correlation_key']),
    time: Number(row['time']),
    ...(row['sequence'] !== null && { eventSequence: Number(row['sequence']) }),
    ...(row['instance_key'] !== null && { processInstanceKey: Number(row['instance_key']) }),
  };
}
