import type { BatchItem, BatchOperationState, NumberedBatchItem } from '../../engine/records/batch.ts';
import { decode, encode } from '../../store/codec.ts';
import type { Database } from '../../store/database.ts';
import type { BatchPlan } from './plan.ts';

export interface BatchRow {
  readonly key: number;
  readonly state: BatchOperationState;
  readonly plan: BatchPlan;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

interface StoredBatch extends Omit<BatchRow, 'plan'> {
  readonly plan: string;
}

/** The tables of batch operations. Those that are over keep their row, without plan and items, so that they are known. */
export class BatchRows {
  readonly #db: Database;
  /** Whether one of them is active; undefined: to be looked up. */
  #active: boolean | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  anyActive(): boolean {
    this.#active ??= this.nextActive() !== undefined;
    return this.#active;
  }

  /** After a rollback, and after each change. */
  forget(): void {
    this.#active = undefined;
  }

  get(key: number): BatchRow | undefined {
    return read(this.#db.get<StoredBatch>('SELECT * FROM batch_operation WHERE key = ?', key));
  }

  nextActive(): BatchRow | undefined {
    return read(
      this.#db.get<StoredBatch>(`SELECT * FROM batch_operation WHERE state = 'ACTIVE' ORDER BY key LIMIT 1`),
    );
  }

  unfinished(): readonly BatchRow[] {
    const stored = this.#db.all<StoredBatch>(`SELECT * FROM batch_operation WHERE state = 'CREATED'`);
    return stored.flatMap((row) => read(row) ?? []);
  }

  put(row: BatchRow): void {
    this.#db.run(
      `INSERT INTO batch_operation (key, state, plan, total, completed, failed) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET state = excluded.state, plan = excluded.plan, total = excluded.total,
         completed = excluded.completed, failed = excluded.failed`,
      row.key,
      row.state,
      encode(row.plan),
      row.total,
      row.completed,
      row.failed,
    );
    this.forget();
  }

  addItem(batchKey: number, { itemKey, processInstanceKey }: BatchItem): NumberedBatchItem {
    const row = this.#db.get<{ number: number }>(
      `INSERT INTO batch_operation_item (batch_key, item_key, process_instance_key) VALUES (?, ?, ?)
       RETURNING number`,
      batchKey,
      itemKey,
      processInstanceKey,
    );
    return { number: row?.number ?? -1, itemKey, processInstanceKey };
  }

  items(batchKey: number, limit: number): readonly NumberedBatchItem[] {
    return this.#db.all<{ number: number; itemKey: number; processInstanceKey: number }>(
      `SELECT number, item_key AS itemKey, process_instance_key AS processInstanceKey FROM batch_operation_item
       WHERE batch_key = ? ORDER BY number LIMIT ?`,
      batchKey,
      limit,
    );
  }

  removeItem(number: number): void {
    this.#db.run('DELETE FROM batch_operation_item WHERE number = ?', number);
  }

  removeItems(batchKey: number): void {
    this.#db.run('DELETE FROM batch_operation_item WHERE batch_key = ?', batchKey);
  }
}

function read(row: StoredBatch | undefined): BatchRow | undefined {
  return row === undefined ? undefined : { ...row, plan: decode<BatchPlan>(row.plan) };
}
