import type { LogRecord } from '../../engine/records/log.ts';
import type { KnownTrace } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../module.ts';

/** Instances remembered in memory. */
const MOST_KNOWN = 10_000;

/**
 * The business transactions of running instances: that of the event which started one, or of the instance that called
 * it. An instance that begins and ends in one transaction costs no SQL. After a rollback call {@link reset}.
 */
export class InstanceTraces {
  readonly #db: Database;
  /** Null: surely none. */
  readonly #known = new Map<number, KnownTrace | null>();
  /** What is to be written: new ones, and null for those to be deleted. */
  readonly #changed = new Map<number, KnownTrace | null>();

  constructor(db: Database) {
    this.#db = db;
  }

  get(processInstanceKey: number): KnownTrace | undefined {
    const known = this.#known.get(processInstanceKey);
    if (known !== undefined) return known ?? undefined;
    const row = this.#db.get<{ correlation_id: string; traceparent: string | null }>(
      'SELECT correlation_id, traceparent FROM instance_trace WHERE process_instance_key = ?',
      processInstanceKey,
    );
    const trace = row && {
      correlationId: row.correlation_id,
      ...(row.traceparent !== null && { traceparent: row.traceparent }),
    };
    this.#known.set(processInstanceKey, trace ?? null);
    return trace;
  }

  start(tx: Tx, processInstanceKey: number, { correlationId, traceparent }: KnownTrace): void {
    this.#set(tx, processInstanceKey, { correlationId, ...(traceparent !== undefined && { traceparent }) });
  }

  /** Instances that are called take over the trace; of those that end it is forgotten. */
  onRecord(tx: Tx, record: LogRecord): void {
    if (record.valueType !== 'PROCESS_INSTANCE' || record.value.bpmnElementType !== 'PROCESS') return;
    switch (record.intent) {
      case 'ELEMENT_ACTIVATING': {
        const { parentProcessInstanceKey } = record.value;
        const parent = parentProcessInstanceKey > 0 ? this.get(parentProcessInstanceKey) : undefined;
        if (parent) this.#set(tx, record.key, parent);
        return;
      }
      case 'ELEMENT_COMPLETED':
      case 'ELEMENT_TERMINATED':
        if (this.get(record.key)) this.#set(tx, record.key, null);
        return;
      default:
        return;
    }
  }

  /** Writes what has changed in this transaction. */
  flush(): void {
    for (const [key, trace] of this.#changed) {
      if (trace) {
        this.#db.run(
          'INSERT OR REPLACE INTO instance_trace (process_instance_key, correlation_id, traceparent) VALUES (?, ?, ?)',
          key,
          trace.correlationId,
          trace.traceparent ?? null,
        );
      } else this.#db.run('DELETE FROM instance_trace WHERE process_instance_key = ?', key);
    }
    this.#changed.clear();
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
  }

  reset(): void {
    this.#known.clear();
    this.#changed.clear();
  }

  #set(tx: Tx, key: number, trace: KnownTrace | null): void {
    const [known, changed] = [this.#known.get(key), this.#changed.get(key)];
    this.#known.set(key, trace);
    // What was not written yet need not be deleted either.
    if (trace === null && changed) this.#changed.delete(key);
    else this.#changed.set(key, trace);
    tx.onUndo(() => {
      restore(this.#known, key, known);
      restore(this.#changed, key, changed);
    });
  }
}

function restore<Value>(map: Map<number, Value>, key: number, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
