import type { LoggedEvent, Targets } from '../../broker/index.ts';
import type { Answer } from '../../engine/records/command.ts';
import type { JobValue } from '../../engine/records/record.ts';
import {
  eventOfJob,
  type Outgoing,
  type OutgoingOrReason,
  type OutgoingSettings,
} from '../../router/index.ts';
import { DiskFailedError } from '../../store/errors.ts';
import type { Tx } from '../module.ts';
import type { Bindings } from './bindings.ts';
import type { Intake } from './intake.ts';
import type { EventStores } from './stores.ts';
import { completeBy } from './watch.ts';

export interface JobServiceParts {
  readonly stores: EventStores;
  readonly intake: Intake;
  readonly bindings: Bindings;
  readonly outgoing: OutgoingSettings;
  readonly targets: Targets;
  readonly maxHops: number;
}

interface ActivatedJob {
  readonly key: number;
  readonly value: JobValue;
}

const WORKER = 'tutti-router';
/** ms; no deadline in practice, as nobody else takes these jobs. */
const ENDLESS = 100 * 365 * 24 * 60 * 60 * 1000;
/** Jobs completed at once in one transaction; more follow in later ones, so that a loop starves nobody. */
const COMPLETIONS = 200;

/** Serves the jobs of the router's types: each sends an event, and goes on at once or waits for a reply. */
export class JobService {
  readonly #parts: JobServiceParts;
  #tx: Tx | undefined;
  #completions = 0;

  constructor(parts: JobServiceParts) {
    this.#parts = parts;
  }

  /**
   * Takes up to `most` jobs of a type and serves them; answers how many there were.
   * @param cause the event whose routing made these jobs, if one did
   */
  serve(tx: Tx, type: string, most: number, cause: LoggedEvent | undefined): number {
    const request = { type, worker: WORKER, timeout: ENDLESS, maxJobsToActivate: most, fetchVariables: [] };
    const { answer } = tx.execute({ valueType: 'JOB_BATCH', intent: 'ACTIVATE', value: request });
    const jobs = jobsOf(answer);
    for (const job of jobs) {
      try {
        tx.scoped(() => this.#serveOne(tx, job, cause));
      } catch (error) {
        if (error instanceof DiskFailedError) throw error;
        this.#fail(tx, job, `The event could not be sent: ${error instanceof Error ? error.message : error}`);
      }
    }
    return jobs.length;
  }

  #serveOne(tx: Tx, job: ActivatedJob, cause: LoggedEvent | undefined): void {
    const made = this.#make(tx, job);
    if (made.ok && this.#parts.bindings.isWatchOnly(tx.state, job.value.processDefinitionKey)) {
      this.#watch(tx, job, made.outgoing);
      return;
    }
    const hops = cause ? cause.hops + 1 : 0;
    const reason = made.ok ? this.#obstacle(made.outgoing, hops) : made.reason;
    if (made.ok && reason === undefined)
      this.#send(tx, job, made.outgoing, {
        hops,
        causeJob: job.key,
        ...(cause && { cause: cause.sequence }),
      });
    else this.#fail(tx, job, reason ?? '');
  }

  /** The process only watches: the job stands until it sees the event of somebody else. */
  #watch(tx: Tx, job: ActivatedJob, outgoing: Outgoing): void {
    void tx.db; // what follows is undone with the job's scope
    const { stores, intake } = this.#parts;
    const { processInstanceKey, elementId, customHeaders } = job.value;
    const watched = { jobKey: job.key, processInstanceKey, elementId };
    const served = stores.watch.serve(tx, watched, outgoing, customHeaders);
    if (served.kind === 'refused') this.#fail(tx, job, served.reason);
    if (served.kind !== 'done') return;
    const early = served.early === undefined ? undefined : stores.log.get(served.early);
    const fate = early && completeBy(tx, watched, early.event);
    if (early && fate) intake.fate(tx, early.sequence, early.event, [fate]);
    else this.#complete(tx, job);
  }

  #make(tx: Tx, job: ActivatedJob): OutgoingOrReason {
    const { bindings, outgoing } = this.#parts;
    const { processDefinitionKey, elementId, variables } = job.value;
    const elementName = bindings.elementName(tx.state, processDefinitionKey, elementId);
    const named = { ...job, variables, ...(elementName !== undefined && { elementName }) };
    return eventOfJob(named, outgoing, tx.now);
  }

  /** Why an event must not be sent. */
  #obstacle({ host }: Outgoing, hops: number): string | undefined {
    const { targets, maxHops } = this.#parts;
    const target = host === undefined ? undefined : targets.resolve(host);
    if (target?.ok === false) return `The task header 'Host': ${target.reason}`;
    return hops > maxHops
      ? `More than ${maxHops} events have caused one another; this looks like a loop, so no further one is sent.`
      : undefined;
  }

  #send(
    tx: Tx,
    job: ActivatedJob,
    { event, host, wait }: Outgoing,
    origin: { readonly hops: number; readonly causeJob: number; readonly cause?: number },
  ): void {
    const { stores, intake } = this.#parts;
    const lane = host === undefined ? undefined : ({ kind: 'host', address: host } as const);
    const { sequence, duplicate, routable } = intake.accept(tx, event, origin, lane);
    // The job was served before: the same event goes out again, receivers drop it by its id.
    if (duplicate) intake.deliver(tx, sequence, event, lane);
    // In its turn, in a later transaction.
    if (routable) stores.log.markToRoute(sequence);
    if (!wait) {
      this.#complete(tx, job);
      return;
    }
    const { processInstanceKey, elementId } = job.value;
    stores.waits.put({ jobKey: job.key, processInstanceKey, elementId, ...wait });
    if (wait.waitType === undefined || wait.correlationKey === undefined) return;
    const early = stores.earlyReplies.take(wait.waitType, wait.correlationKey, tx.now);
    if (early !== undefined) stores.log.markToRoute(early);
  }

  #complete(tx: Tx, { key }: ActivatedJob): void {
    const command = { valueType: 'JOB', intent: 'COMPLETE', key, value: { variables: new Map() } } as const;
    if (this.#tx !== tx) {
      this.#tx = tx;
      this.#completions = 0;
    }
    this.#completions += 1;
    if (this.#completions <= COMPLETIONS) tx.execute(command);
    else tx.follow(command);
  }

  /** No retry mends the model: an incident says what is wrong. */
  #fail(tx: Tx, { key }: ActivatedJob, errorMessage: string): void {
    const value = { retries: 0, retryBackOff: 0, errorMessage, variables: new Map() };
    tx.execute({ valueType: 'JOB', intent: 'FAIL', key, value });
  }
}

function jobsOf(answer: Answer): readonly ActivatedJob[] {
  if (answer.kind === 'rejected') throw new TypeError(`Jobs were not activated: ${answer.reason}`);
  return (answer.value as { readonly jobs: readonly ActivatedJob[] }).jobs;
}
