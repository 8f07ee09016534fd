import { type FailureMapping, mappedTypes, type NearMiss, type WaitingJob } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';
import { type Remembered, rememberedLeast } from '../../store/remembered.ts';

/** What ends a wait: a reply, or that all receivers have confirmed. */
export type WaitMode = 'reply' | 'confirm';

/** A job as the table has it. */
export interface WaitRow {
  readonly mode: WaitMode;
  readonly job: WaitingJob;
  /** Replies that did not complete it. */
  readonly answers: number;
}

export interface NewWait extends Omit<WaitingJob, 'gone' | 'resting'> {
  readonly mode: WaitMode;
  /** Of the event that it has sent. */
  readonly sequence: number;
  readonly hops: number;
  /** Epoch ms, both. */
  readonly since: number;
  readonly until?: number;
}

export interface OverdueJob {
  readonly jobKey: number;
  readonly mode: WaitMode;
  readonly waitType?: string;
  readonly mapping?: FailureMapping;
  readonly until: number;
}

interface Row {
  readonly job_key: number;
  readonly process_instance_key: number;
  readonly element_id: string;
  readonly wait_type: string | null;
  readonly correlation_key: string | null;
  readonly gone: string | null;
  readonly resting: string | null;
  readonly mapping: string | null;
  readonly mode: string;
  readonly answers: number;
  readonly hops: number;
}

const COLUMNS =
  'job_key, process_instance_key, element_id, wait_type, correlation_key, gone, resting, mapping, mode, answers, hops';
/** Jobs that one event is compared with. */
const MOST_FOUND = 100;

/** Jobs that wait for an event, durably. Calls run inside the writer's transaction. */
export class Waits {
  readonly #db: Database;
  /** Types that jobs wait or waited for; surely no row has another one. Empty: there are no rows. */
  #types: Set<string> | undefined;
  readonly #nextUntil: Remembered<number | undefined>;
  readonly #oldestEnd: Remembered<number | undefined>;

  constructor(db: Database) {
    this.#db = db;
    this.#nextUntil = rememberedLeast(db, 'router_wait', 'until');
    this.#oldestEnd = rememberedLeast(db, 'router_wait', 'gone_at');
  }

  /** A job that waits, or waited, for a reply. */
  get(jobKey: number): WaitingJob | undefined {
    const row = this.row(jobKey);
    return row?.mode === 'reply' ? row.job : undefined;
  }

  row(jobKey: number): WaitRow | undefined {
    const row = this.#db.get<Row>(`SELECT ${COLUMNS} FROM router_wait WHERE job_key = ?`, jobKey);
    return row && { mode: modeOf(row.mode), job: waitOf(row), answers: row.answers };
  }

  /** Jobs to which an event of this type with this key is a reply, the oldest first; else one that waited for it. */
  find(type: string, correlationKey: string): WaitingJob[] {
    if (!this.#knownTypes().has(type)) return [];
    const open = this.#db.all<Row>(
      `SELECT ${COLUMNS} FROM router_wait WHERE correlation_key = ?1 AND wait_type = ?2 AND gone_at IS NULL
        UNION ALL SELECT ${COLUMNS} FROM router_wait
          WHERE job_key IN (SELECT job_key FROM router_wait_failure WHERE correlation_key = ?1 AND type = ?2)
            AND gone_at IS NULL
        ORDER BY job_key LIMIT ${MOST_FOUND}`,
      correlationKey,
      type,
    );
    if (open.length > 0) return open.map(waitOf);
    const gone = this.#db.all<Row>(
      `SELECT ${COLUMNS} FROM router_wait WHERE job_key = (
        SELECT max(job_key) FROM (
          SELECT job_key FROM router_wait WHERE correlation_key = ?1 AND wait_type = ?2
          UNION ALL SELECT job_key FROM router_wait_failure WHERE correlation_key = ?1 AND type = ?2))`,
      correlationKey,
      type,
    );
    return gone.map(waitOf);
  }

  /** The job waits, or waits again. */
  put(wait: NewWait): void {
    const { jobKey, correlationKey, mapping } = wait;
    const types = this.#knownTypes();
    types.add(wait.waitType ?? '');
    if (mapping) for (const type of mappedTypes(mapping)) types.add(type);
    this.#db.run(
      `INSERT INTO router_wait (job_key, process_instance_key, element_id, mode, wait_type, correlation_key, sequence,
          hops, since, until, mapping) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (job_key) DO UPDATE SET mode = excluded.mode, wait_type = excluded.wait_type,
          correlation_key = excluded.correlation_key, sequence = excluded.sequence, hops = excluded.hops, since = excluded.since,
          until = excluded.until, mapping = excluded.mapping, resting = NULL, gone = NULL, gone_at = NULL`,
      jobKey,
      wait.processInstanceKey,
      wait.elementId,
      wait.mode,
      wait.waitType ?? null,
      correlationKey ?? null,
      wait.sequence,
      wait.hops,
      wait.since,
      wait.until ?? null,
      mapping ? JSON.stringify(mapping) : null,
    );
    if (!mapping || correlationKey === undefined) return;
    // The key of an earlier try may have been another one.
    this.#db.run('DELETE FROM router_wait_failure WHERE job_key = ?', jobKey);
    for (const type of mappedTypes(mapping))
      this.#db.run(
        'INSERT OR IGNORE INTO router_wait_failure (correlation_key, type, job_key) VALUES (?, ?, ?)',
        correlationKey,
        type,
        jobKey,
      );
  }

  /** A reply came that does not complete the job. */
  countAnswer(jobKey: number): void {
    this.#db.run('UPDATE router_wait SET answers = answers + 1 WHERE job_key = ?', jobKey);
  }

  /** The job waits no more; the first reason stays. Without effect for a job that never waited. */
  end(jobKey: number, reason: string, now: number): void {
    const changed = this.#db.run(
      `UPDATE router_wait SET gone = ?, gone_at = ?, until = NULL, resting = NULL
        WHERE job_key = ? AND gone_at IS NULL`,
      reason,
      now,
      jobKey,
    );
    if (changed > 0) this.#dropConfirmations(jobKey);
  }

  /** The job does not wait now, but may be tried again. Without effect for a job that never waited. */
  rest(jobKey: number, reason: string): void {
    const changed = this.#db.run(
      'UPDATE router_wait SET resting = ?, until = NULL WHERE job_key = ? AND gone_at IS NULL',
      reason,
      jobKey,
    );
    if (changed > 0) this.#dropConfirmations(jobKey);
  }

  /** Epoch ms at which the first wait is over. */
  nextUntil(): number | undefined {
    return this.#nextUntil.get();
  }

  /** Jobs whose wait is over, each told once; at most `limit`. */
  takeOverdue(now: number, limit: number): OverdueJob[] {
    const rows = this.#db.all<Row & { until: number }>(
      `SELECT ${COLUMNS}, until FROM router_wait WHERE until IS NOT NULL AND until <= ? ORDER BY until LIMIT ?`,
      now,
      limit,
    );
    for (const { job_key } of rows) {
      this.#db.run('UPDATE router_wait SET until = NULL WHERE job_key = ?', job_key);
      this.#dropConfirmations(job_key);
    }
    return rows.map((row) => {
      const { jobKey, waitType, mapping } = waitOf(row);
      return {
        jobKey,
        mode: modeOf(row.mode),
        until: row.until,
        ...(waitType !== undefined && { waitType }),
        ...(mapping && { mapping }),
      };
    });
  }

  /** Epoch ms at which the first of the jobs that are gone went. */
  oldestEnd(): number | undefined {
    return this.#oldestEnd.get();
  }

  /** Forgets jobs that went before `time`, at most `limit`; answers how many. */
  forget(time: number, limit: number): number {
    const old = 'SELECT job_key FROM router_wait WHERE gone_at < ? ORDER BY gone_at LIMIT ?';
    this.#db.run(`DELETE FROM router_wait_failure WHERE job_key IN (${old})`, time, limit);
    return this.#db.run(`DELETE FROM router_wait WHERE job_key IN (${old})`, time, limit);
  }

  /** Open waits with the same type and another key, or the same key and another type. */
  near(type: string, correlationKey: string | undefined, limit: number): NearMiss[] {
    if (this.#knownTypes().size === 0) return [];
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

  /** After a rollback. */
  reset(): void {
    this.#types = undefined;
  }

  #knownTypes(): Set<string> {
    this.#types ??= new Set(
      this.#db
        .all<{ type: string | null }>(
          'SELECT DISTINCT wait_type AS type FROM router_wait UNION SELECT DISTINCT type FROM router_wait_failure',
        )
        .map(({ type }) => type ?? ''),
    );
    return this.#types;
  }

  #dropConfirmations(jobKey: number): void {
    this.#db.run('DELETE FROM router_confirmation WHERE job_key = ?', jobKey);
  }
}

function modeOf(text: string): WaitMode {
  return text === 'confirm' ? 'confirm' : 'reply';
}

function waitOf(row: Row): WaitingJob {
  return {
    jobKey: row.job_key,
    processInstanceKey: row.process_instance_key,
    elementId: row.element_id,
    hops: row.hops,
    ...(row.wait_type !== null && { waitType: row.wait_type }),
    ...(row.correlation_key !== null && { correlationKey: row.correlation_key }),
    ...(row.mapping !== null && { mapping: JSON.parse(row.mapping) as FailureMapping }),
    ...(row.resting !== null && { resting: row.resting }),
    ...(row.gone !== null && { gone: row.gone }),
  };
}
