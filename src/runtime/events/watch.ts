import type { LoggedEvent } from '../../broker/index.ts';
import { typeOf } from '../../cloudevents/index.ts';
import { correlationKeyOf, type Fate, type Outgoing, variablesOf, watchingOf } from '../../router/index.ts';
import type { Database } from '../../store/database.ts';
import type { Tx } from '../module.ts';
import type { Bindings } from './bindings.ts';
import type { EarlyReplies } from './early-replies.ts';

interface WatchedJob {
  readonly jobKey: number;
  readonly processInstanceKey: number;
  readonly elementId: string;
}

/** Jobs that one event may end. */
const MOST_JOBS = 100;

/**
 * Jobs of processes that only watch. They send nothing; the events of others end them. Watching takes no event away
 * from anybody: an event that a job has seen is a message or a reply as well.
 */
export class Watch {
  readonly #db: Database;
  readonly #earlyReplies: EarlyReplies;

  constructor(db: Database, earlyReplies: EarlyReplies) {
    this.#db = db;
    this.#earlyReplies = earlyReplies;
  }

  /**
   * Lets a job stand instead of sending its event.
   * @returns `done` if it is to be completed at once, with the place of the early event that ends it, if one does;
   *   `refused` if it cannot watch
   */
  serve(
    tx: Tx,
    { jobKey, processInstanceKey, elementId }: WatchedJob,
    outgoing: Outgoing,
    customHeaders: Readonly<Record<string, string>>,
  ):
    | { readonly kind: 'stands' }
    | { readonly kind: 'done'; readonly early?: number }
    | { readonly kind: 'refused'; readonly reason: string } {
    const watching = watchingOf(outgoing, customHeaders);
    if (watching.kind === 'refused') return watching;
    if (watching.kind === 'pass') return { kind: 'done' };
    const { type, correlationKey } = watching;
    const early = this.#earlyReplies.take(type, correlationKey, tx.now);
    if (early !== undefined) return { kind: 'done', early };
    this.#db.run(
      `INSERT OR REPLACE INTO router_watch (job_key, process_instance_key, element_id, type, correlation_key)
       VALUES (?, ?, ?, ?, ?)`,
      jobKey,
      processInstanceKey,
      elementId,
      type,
      correlationKey,
    );
    return { kind: 'stands' };
  }

  /** The job has ended. */
  end(jobKey: number): void {
    this.#db.run('DELETE FROM router_watch WHERE job_key = ?', jobKey);
  }

  /**
   * Shows an event to those who watch for it, after it was routed; answers what became of it by that. An event that
   * nobody watches for yet is kept as an early reply.
   * @param until epoch ms, how long it is kept
   */
  see(tx: Tx, { sequence, event }: LoggedEvent, bindings: Bindings, until: number): readonly Fate[] {
    const type = typeOf(event);
    const correlationKey = correlationKeyOf(event);
    if (correlationKey === undefined || !bindings.of(tx.state).watched.has(type)) return [];
    const jobs = this.#db.all<{ job_key: number; process_instance_key: number; element_id: string }>(
      `SELECT job_key, process_instance_key, element_id FROM router_watch
        WHERE correlation_key = ? AND type = ? ORDER BY job_key LIMIT ?`,
      correlationKey,
      type,
      MOST_JOBS,
    );
    if (jobs.length === 0) {
      this.#earlyReplies.keep(sequence, type, correlationKey, until);
      return [{ kind: 'earlyReply', correlationKey, until }];
    }
    return jobs.flatMap((row) => {
      const { job_key: jobKey, process_instance_key: processInstanceKey, element_id: elementId } = row;
      const fate = completeBy(tx, { jobKey, processInstanceKey, elementId }, event);
      return fate ? [fate] : [];
    });
  }
}

/** Completes a job by an event that it has seen: the event's data are its variables, as those of a reply. */
export function completeBy(tx: Tx, job: WatchedJob, event: LoggedEvent['event']): Fate | undefined {
  const { jobKey, processInstanceKey, elementId } = job;
  const read = variablesOf(event);
  const variables = read.ok ? read.variables : new Map<string, string>();
  const { answer } = tx.execute({
    valueType: 'JOB',
    intent: 'COMPLETE',
    key: jobKey,
    value: { variables },
  });
  if (answer.kind === 'rejected') return undefined;
  return {
    kind: 'reply',
    jobKey: String(jobKey),
    processInstanceKey: String(processInstanceKey),
    elementId,
  };
}
