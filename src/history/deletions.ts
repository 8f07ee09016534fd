import type { DatabaseSync } from 'node:sqlite';
import type { HistoryDeletionValue } from '../engine/records/batch.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { BATCH_ITEM_TABLE } from './collections/batch-operations.ts';
import { DECISION_INSTANCE_TABLE } from './collections/decision-instances.ts';
import { PROCESS_INSTANCE_TABLE } from './collections/process-instances.ts';
import type { TableSpec } from './collections/spec.ts';
import { TABLES } from './collections.ts';

/** Rows of an instance that are not in `TABLES`. */
const OTHER_TABLES = ['sequence_flow', 'compliance_deviation'];

/**
 * Forgets what was deleted by hand, after everything else of a batch was written: nothing follows the end of an
 * instance. Counts of elements, jobs and days stay, and so do the items of batch operations, which tell of the deletion.
 */
export class Deletions {
  readonly #database: DatabaseSync;
  readonly #asked: HistoryDeletionValue[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  take(record: LogRecord): void {
    if (record.valueType === 'HISTORY_DELETION') this.#asked.push(record.value);
  }

  flush(): void {
    for (const { resourceKey, resourceType } of this.#asked.splice(0)) {
      if (resourceType === 'PROCESS_INSTANCE') this.#deleteInstance(resourceKey);
      else this.#run(`DELETE FROM ${DECISION_INSTANCE_TABLE.name} WHERE evaluation_key = ?`, resourceKey);
    }
  }

  discard(): void {
    this.#asked.length = 0;
  }

  #deleteInstance(key: number): void {
    const owned = TABLES.filter(
      (table: TableSpec) => 'instance_key' in table.columns && table.name !== BATCH_ITEM_TABLE.name,
    ).map(({ name }) => name);
    for (const table of [...owned, ...OTHER_TABLES])
      this.#run(`DELETE FROM ${table} WHERE instance_key = ?`, key);
    // What it called is kept as long as if it had been started by itself.
    this.#run('UPDATE process_instance SET caller_gone = 1 WHERE parent_instance_key = ?', key);
    for (const table of [PROCESS_INSTANCE_TABLE.name, 'compliance_instance'])
      this.#run(`DELETE FROM ${table} WHERE key = ?`, key);
  }

  #run(sql: string, key: number): void {
    this.#database.prepare(sql).run(key);
  }
}
