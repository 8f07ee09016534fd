import type { NearMiss, WaitingJob } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';

interface Row {
  readonly job_key: number;
  readonly process_instance_key: number;
  readonly element_id: string;
  readonly wait_type: string | null;
  readonly correlation_key: string | null;
  readonly gone: string | null;
}

const COLUMNS = 'job_key, process_instance_key, element_id, wait_type, correlation_key, gone';

/** Jobs that wait for an event, durably. Calls run inside the writer's transaction. */
export class Waits {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(jobKey: number): WaitingJob | undefined {
    const row = this.#db.get<Row>(`SELECT ${COLUMNS} FROM router_wait WHERE job_key = ?`, jobKey);
    return row && waitOf(row);
  }

  /** Jobs that wait, or waited, for events of this type with this key; the oldest first. */
  find(type: string, correlationKey: string): WaitingJob[] {
    const rows = this.#db.all<Row>(
      `SELECT ${COLUMNS} FROM router_wait WHERE correlation_key = ? AND wait_type = ? ORDER BY job_key LIMIT 100`,
      correlationKey,
      type,
    );
    return rows.map(waitOf);
  }

  /** The job waits, or waits again. */
  put(job: Omit<WaitingJob, 'gone'>): void {
    this.#db.run(
      `INSERT OR REPLACE INTO router_wait (${COLUMNS}) VALUES (?, ?, ?, ?, ?, NULL)`,
      job.jobKey,
      job.processInstanceKey,
      job.elementId,
      job.waitType ?? null,
      job.correlationKey ?? null,
    );
  }

  /** The job waits no more; the first reason stays. Without effect for a job that never waited. */
  end(jobKey: number, reason: string, now: number): void {
    this.#db.run(
      'UPDATE router_wait SET gone = ?, gone_at = ? WHERE job_key = ? AND gone_at IS NULL',
      reason,
      now,
      jobKey,
    );
  }

  /** Epoch ms at which the first of the jobs that are gone went. */
  oldestEnd(): number | undefined {
    return this.#db.get<{ gone_at: number }>(
      'SELECT gone_at FROM router_wait WHERE gone_at IS NOT NULL ORDER BY gone_at LIMIT 1',
    )?.gone_at;
  }

  /** Forgets jobs that went before `time`, at most `limit`; answers how many. */
  forget(time: number, limit: number): number {
    return this.#db.run(
      'DELETE FROM router_wait WHERE job_key IN (SELECT job_key FROM router_wait WHERE gone_at < ? ORDER BY gone_at LIMIT ?)',
      time,
      limit,
    );
  }

  /** Open waits with the same type and another key, or the same key and another type. */
  near(type: string, correlationKey: string | undefined, limit: number): NearMiss[] {
    const rows = [
      ...this.#db.all<Row>(
        `SELECT ${COLUMNS} FROM router_wait WHERE wait_type = ? AND gone_at IS NULL LIMIT ?`,
        type,
        limit,
      ),
      ...this.#db.all<Row>(
        `SELECT ${COLUMNS} FROM router_wait
          WHERE correlation_key = ? AND wait_type IS NOT NULL AND gone_at IS NULL LIMIT ?`,
        correlationKey ?? null,
        limit,
      ),
    ];
    return rows.slice(0, limit).map((row) => ({
      messageName: row.wait_type ?? '',
      correlationKey: row.correlation_key ?? '',
      processInstanceKey: String(row.process_instance_key),
      elementId: row.element_id,
    }));
  }
}

function waitOf(row: Row): WaitingJob {
  return {
    jobKey: row.job_key,
    processInstanceKey: row.process_instance_key,
    elementId: row.element_id,
    ...(row.wait_type !== null && { waitType: row.wait_type }),
    ...(row.correlation_key !== null && { correlationKey: row.correlation_key }),
    ...(row.gone !== null && { gone: row.gone }),
  };
}
