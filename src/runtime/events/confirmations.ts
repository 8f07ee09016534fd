import type { Attempt, DeliveryRow, Settled } from '../../broker/index.ts';
import { type AnswerStatus, verdictOnStatus } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../module.ts';
import { failureCommand } from './job-failures.ts';
import type { Waits } from './waits.ts';

/**
 * Jobs that wait to hear what became of their deliveries, durably. Calls run inside the writer's transaction.
 *
 * Invariant: a job has rows here only while it waits ({@link Waits} removes them). The first receiver that fails, or
 * the last that confirms, ends the wait with one command, so that no second one can follow.
 */
export class Confirmations {
  readonly #db: Database;
  readonly #waits: Waits;
  /** False: surely there are no rows, so a delivery that has ended need not be looked for. */
  #some: boolean | undefined;

  constructor(db: Database, waits: Waits) {
    this.#db = db;
    this.#waits = waits;
  }

  /** The job waits for the deliveries of this event to these lanes. */
  expect(jobKey: number, sequence: number, lanes: readonly string[]): void {
    if (lanes.length > 0) this.#some = true;
    for (const lane of lanes)
      this.#db.run(
        'INSERT OR REPLACE INTO router_confirmation (sequence, lane, job_key) VALUES (?, ?, ?)',
        sequence,
        lane,
        jobKey,
      );
  }

  /** Takes over what became of a delivery: the job that waits for it may complete, fail or throw an error. */
  onDelivery(
    tx: Tx,
    { sequence, lane }: DeliveryRow,
    settled: Settled,
    attempt: Attempt,
    sink: string,
  ): void {
    this.#some ??= this.#db.get('SELECT 1 FROM router_confirmation LIMIT 1') !== undefined;
    if (settled.kind === 'retried' || !this.#some) return;
    const jobKey = this.#take(sequence, lane);
    if (jobKey === undefined) return;
    const row = this.#waits.row(jobKey);
    if (!row) return;
    const confirms = row.mode === 'confirm';
    if (settled.kind === 'delivered') {
      if (!confirms || this.#awaitsMore(jobKey)) return;
      const value = { variables: new Map<string, string>() };
      tx.follow({ valueType: 'JOB', intent: 'COMPLETE', key: jobKey, value });
      return;
    }
    const { mapping } = row.job;
    const verdict = verdictOnStatus(mapping, statusOf(attempt)) ?? (confirms ? { kind: 'fail' } : undefined);
    if (!verdict) return;
    this.#db.run('DELETE FROM router_confirmation WHERE job_key = ?', jobKey);
    tx.follow(failureCommand(tx, verdict, { jobKey, mapping, message: messageOf(sequence, settled, sink) }));
  }

  /** After a rollback. */
  reset(): void {
    this.#some = undefined;
  }

  #take(sequence: number, lane: string): number | undefined {
    return this.#db.get<{ job_key: number }>(
      'DELETE FROM router_confirmation WHERE sequence = ? AND lane = ? RETURNING job_key',
      sequence,
      lane,
    )?.job_key;
  }

  #awaitsMore(jobKey: number): boolean {
    const sql = 'SELECT 1 FROM router_confirmation WHERE job_key = ? LIMIT 1';
    return this.#db.get(sql, jobKey) !== undefined;
  }
}

function statusOf(attempt: Attempt): AnswerStatus | undefined {
  switch (attempt.kind) {
    case 'answered':
      return attempt.status;
    case 'unreachable':
      return 'unreachable';
    case 'refused':
    case 'unwanted':
      return undefined;
  }
}

function messageOf(
  sequence: number,
  settled: Exclude<Settled, { readonly kind: 'delivered' | 'retried' }>,
  sink: string,
): string {
  return settled.kind === 'deadLettered'
    ? `Event number ${sequence} was given up for ${sink} after ${settled.attempts} attempts: ${settled.reason}`
    : `A receiver of event number ${sequence} did not confirm it: its subscription was deleted.`;
}
