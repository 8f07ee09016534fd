import type { ActivatedJobs } from '../../engine/commands/activate-jobs.ts';
import type { Answer, JobActivationRequest } from '../../engine/records/command.ts';
import { JOBS } from '../../engine/state/tables.ts';
import { DiskFailedError } from '../../store/errors.ts';
import type { JournalRecord } from '../../store/journal.ts';
import { InternalError } from '../errors.ts';
import { PARKED, type RequestHandler, type Tx, type WriterModule } from '../module.ts';

/** Body of request kind `activate`. */
export interface ActivateBody {
  readonly request: JobActivationRequest;
  /** Whether to wait until there is a job; else an empty batch is answered at once. */
  readonly wait: boolean;
  /** Whether it leaves jobs to those who wait behind it, as streams do: they come back for more at once. */
  readonly shares?: boolean;
}

/** Body of request kind `return-jobs`: jobs that were handed to a client that never got them. */
export interface ReturnBody {
  readonly jobs: readonly { readonly key: number; readonly deadline: number }[];
}

interface Waiter extends ActivateBody {
  readonly id: number;
}

const EMPTY: Answer<ActivatedJobs> = { kind: 'accepted', key: -1, value: { jobs: [], truncated: false } };

/**
 * Request kinds `activate` and `return-jobs`. Clients wait per job type, first in, first out; at the end of each
 * transaction that made jobs of a type activatable they are given out, so a job is created and activated in one sync.
 *
 * Invariants
 * - A1 Every waiter that leaves the line is answered in the same transaction.
 * - A2 Jobs of reserved types are served inside the writer and never handed out; clients wait for them in vain.
 * - A3 A waiter that does not want to wait is answered by the end of its first transaction.
 */
export function activateModule(reservedJobTypes: readonly string[] = []): WriterModule {
  const reserved = new Set(reservedJobTypes);
  const lines = new Map<string, Waiter[]>();
  const open = new Set<string>();

  const join: RequestHandler<ActivateBody, never> = {
    kind: 'activate',
    handle: (body, _tx, id) => {
      const { type } = body.request;
      const line = lines.get(type);
      if (line === undefined) lines.set(type, [{ ...body, id }]);
      else line.push({ ...body, id });
      open.add(type);
      return PARKED;
    },
  };

  // The job may have timed out and gone to another worker meanwhile; its deadline tells.
  const giveBack: RequestHandler<ReturnBody, number> = {
    kind: 'return-jobs',
    handle: ({ jobs }, tx) => {
      let returned = 0;
      for (const { key, deadline } of jobs) {
        const job = tx.state.get(JOBS, key);
        if (job?.state !== 'ACTIVATED' || job.deadline !== deadline) continue;
        tx.execute({ valueType: 'JOB', intent: 'UPDATE_TIMEOUT', key, value: { timeout: 0 } });
        tx.execute({ valueType: 'JOB', intent: 'TIME_OUT', key });
        returned += 1;
      }
      return returned;
    },
  };

  const leave = (id: number): void => {
    for (const [type, line] of lines) {
      const rest = line.filter((waiter) => waiter.id !== id);
      if (rest.length === 0) lines.delete(type);
      else if (rest.length < line.length) lines.set(type, rest);
    }
  };

  return {
    name: 'activation',
    handlers: [join, giveBack],
    onRecords: (records) => {
      if (lines.size === 0) return;
      for (const record of records) {
        const type = activatableType(record);
        if (type === 'any') for (const waited of lines.keys()) open.add(waited);
        else if (type !== undefined && lines.has(type)) open.add(type);
      }
    },
    beforeCommit: (tx) => {
      // Handing out runs hooks, which may open further types; the iteration meets those too.
      for (const type of open) {
        open.delete(type);
        serve(type, lines, tx, reserved.has(type));
      }
    },
    cancel: (id) => {
      leave(id);
      return EMPTY;
    },
    forget: leave,
    onFailure: () => {
      for (const type of lines.keys()) open.add(type);
    },
  };
}

function serve(type: string, lines: Map<string, Waiter[]>, tx: Tx, reserved: boolean): void {
  const line = lines.get(type) ?? [];
  while (line.length > 0 && !reserved) {
    const [waiter] = line;
    if (waiter === undefined) break;
    const value = requestOf(waiter, line.length);
    let more = true;
    try {
      const { answer } = tx.scoped(() => tx.execute({ valueType: 'JOB_BATCH', intent: 'ACTIVATE', value }));
      const jobs = activatedJobs(answer).length;
      if (answer.kind === 'accepted' && jobs === 0) break;
      more = answer.kind === 'rejected' || jobs === value.maxJobsToActivate;
      tx.reply(waiter.id, answer);
    } catch (error) {
      if (error instanceof DiskFailedError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      tx.fail(waiter.id, new InternalError(message, { cause: error }));
    }
    line.shift();
    if (!more) break;
  }
  for (const waiter of line) if (!waiter.wait) tx.reply(waiter.id, EMPTY);
  const rest = line.filter((waiter) => waiter.wait);
  if (rest.length === 0) lines.delete(type);
  else lines.set(type, rest);
}

/** What is asked for a waiter that stands first of so many. */
function requestOf({ request, shares }: Waiter, waiting: number): JobActivationRequest {
  if (!shares || waiting === 1) return request;
  const maxJobsToActivate = Math.max(1, Math.floor(request.maxJobsToActivate / waiting));
  return { ...request, maxJobsToActivate };
}

/** The jobs of an answer to `activate`; none if it was rejected. */
export function activatedJobs(answer: Answer): ActivatedJobs['jobs'] {
  return answer.kind === 'accepted' ? (answer.value as ActivatedJobs).jobs : [];
}

/** Type of the job that this record has (perhaps) made activatable; `any` if the record does not tell it. */
function activatableType({ valueType, intent, value }: JournalRecord): string | undefined {
  if (valueType === 'INCIDENT') return intent === 'RESOLVED' ? 'any' : undefined;
  if (valueType !== 'JOB') return undefined;
  switch (intent) {
    case 'CREATED':
    case 'FAILED':
    case 'TIMED_OUT':
    case 'RECURRED_AFTER_BACKOFF':
    case 'RETRIES_UPDATED':
    case 'MIGRATED':
      return (value as { readonly type: string }).type;
    default:
      return undefined;
  }
}
