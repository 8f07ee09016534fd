import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LogRecord } from '../engine/records/log.ts';
import { METRIC_MINUTE } from './collections/job-metrics.ts';

type Status = 'created' | 'completed' | 'failed';

const STATUS: Readonly<Record<string, Status>> = {
  CREATED: 'created',
  COMPLETED: 'completed',
  FAILED: 'failed',
  ERROR_THROWN: 'failed',
};

interface Metric {
  readonly minute: number;
  readonly type: string;
  readonly worker: string;
  readonly counts: Record<Status, number>;
  readonly last: Record<Status, number | null>;
}

/** Counts what happens to jobs, by minute, type and worker: a row for each of these and not for each job. */
export class JobMetrics {
  readonly #metrics = new Map<string, Metric>();
  readonly #add: StatementSync;

  constructor(database: DatabaseSync) {
    const last = (name: string) => `${name} = coalesce(excluded.${name}, ${name})`;
    const count = (name: string) => `${name} = ${name} + excluded.${name}`;
    this.#add = database.prepare(
      `INSERT INTO job_metric
         (minute, type, worker, created, completed, failed, created_last, completed_last, failed_last)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ${['created', 'completed', 'failed'].map(count).join(', ')},
         ${['created_last', 'completed_last', 'failed_last'].map(last).join(', ')}`,
    );
  }

  take(record: LogRecord): void {
    if (record.recordType !== 'EVENT' || record.valueType !== 'JOB') return;
    const status = STATUS[record.intent];
    if (status === undefined) return;
    const minute = Math.floor(record.timestamp / METRIC_MINUTE) * METRIC_MINUTE;
    const { type, worker } = record.value;
    const id = JSON.stringify([minute, type, worker]);
    let metric = this.#metrics.get(id);
    if (metric === undefined) {
      const counts = { created: 0, completed: 0, failed: 0 };
      metric = { minute, type, worker, counts, last: { created: null, completed: null, failed: null } };
      this.#metrics.set(id, metric);
    }
    metric.counts[status] += 1;
    metric.last[status] = record.timestamp;
  }

  /** Writes and forgets everything. The caller holds the transaction. */
  flush(): void {
    for (const { minute, type, worker, counts, last } of this.#metrics.values()) {
      this.#add.run(
        minute,
        type,
        worker,
        counts.created,
        counts.completed,
        counts.failed,
        last.created,
        last.completed,
        last.failed,
      );
    }
    this.#metrics.clear();
  }

  /** Forgets what was not written, after a failed transaction. */
  discard(): void {
    this.#metrics.clear();
  }
}
