import { type Lane, laneOf } from '../../broker/index.ts';
import { type FailureMapping, mappedTypes } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';
import type { WaitMode } from './waits.ts';

/** All conditions must hold. */
export interface WaitQuery {
  /** Type of the reply. */
  readonly type?: string;
  readonly correlationKey?: string;
  /** Only jobs with a larger key. */
  readonly after?: number;
  readonly limit: number;
}

/** A job that waits for a reply or for its receivers, or that rests until it is tried again. */
export interface OpenWait {
  readonly jobKey: number;
  readonly processInstanceKey: number;
  readonly elementId: string;
  readonly mode: WaitMode;
  readonly waitType?: string;
  /** Types of replies that throw an error or fail the job. */
  readonly failureTypes: readonly string[];
  readonly correlationKey?: string;
  /** Sequence of the event that it has sent. */
  readonly sequence?: number;
  /** Epoch ms, both. */
  readonly since?: number;
  readonly until?: number;
  /** Why it does not wait now. */
  readonly resting?: string;
  /** Receivers whose answer is still to come, at most ten; told only of jobs that wait for them. */
  readonly receivers: readonly Lane[];
}

interface Row {
  readonly job_key: number;
  readonly process_instance_key: number;
  readonly element_id: string;
  readonly mode: WaitMode;
  readonly wait_type: string | null;
  readonly correlation_key: string | null;
  readonly sequence: number | null;
  readonly since: number | null;
  readonly until: number | null;
  readonly resting: string | null;
  readonly mapping: string | null;
}

const MOST_RECEIVERS = 10;

/** Jobs that wait, in the order in which they came to be; from any connection to the data folder. */
export function readWaits(db: Database, { type, correlationKey, after = -1, limit }: WaitQuery): OpenWait[] {
  const conditions = ['gone_at IS NULL', 'job_key > ?'];
  const values: (string | number)[] = [after];
  if (type !== undefined) {
    conditions.push('wait_type = ?');
    values.push(type);
  }
  if (correlationKey !== undefined) {
    conditions.push('correlation_key = ?');
    values.push(correlationKey);
  }
  const rows = db.all<Row>(
    `SELECT job_key, process_instance_key, element_id, mode, wait_type, correlation_key, sequence, since, until,
        resting, mapping FROM router_wait WHERE ${conditions.join(' AND ')} ORDER BY job_key LIMIT ?`,
    ...values,
    limit,
  );
  return rows.map((row) => openWaitOf(row, row.mode === 'confirm' ? receiversOf(db, row.job_key) : []));
}

function receiversOf(db: Database, jobKey: number): Lane[] {
  const rows = db.all<{ lane: string }>(
    'SELECT lane FROM router_confirmation WHERE job_key = ? ORDER BY lane LIMIT ?',
    jobKey,
    MOST_RECEIVERS,
  );
  return rows.map(({ lane }) => laneOf(lane));
}

function openWaitOf(row: Row, receivers: readonly Lane[]): OpenWait {
  return {
    jobKey: row.job_key,
    processInstanceKey: row.process_instance_key,
    elementId: row.element_id,
    mode: row.mode,
    ...(row.wait_type !== null && { waitType: row.wait_type }),
    failureTypes: row.mapping === null ? [] : mappedTypes(JSON.parse(row.mapping) as FailureMapping),
    ...(row.correlation_key !== null && { correlationKey: row.correlation_key }),
    ...(row.sequence !== null && { sequence: row.sequence }),
    ...(row.since !== null && { since: row.since }),
    ...(row.until !== null && { until: row.until }),
    ...(row.resting !== null && { resting: row.resting }),
    receivers,
  };
}
