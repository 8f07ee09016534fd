import { type LoggedEvent, laneText, type Origin, type Targets } from '../../broker/index.ts';
import type { Answer } from '../../engine/records/command.ts';
import type { JobValue } from '../../engine/records/record.ts';
import {
  eventOfJob,
  JobPlans,
  mappedTypes,
  type Outgoing,
  type OutgoingOrReason,
  type OutgoingSettings,
  traceOf,
  traceOfJob,
  type Wait,
} from '../../router/index.ts';
import type { DataValidator } from '../../schemas/index.ts';
import { DiskFailedError } from '../../store/errors.ts';
import type { Tx } from '../module.ts';
import type { Bindings } from './bindings.ts';
import { traceOfInstance } from './instance-traces.ts';
import type { Intake } from './intake.ts';
import type { EventStores } from './stores.ts';
import type { WaitRow } from './waits.ts';
import { completeBy } from './watch.ts';

export interface JobServiceParts {
  readonly stores: EventStores;
  readonly intake: Intake;
  readonly bindings: Bindings;
  readonly outgoing: OutgoingSettings;
  readonly targets: Targets;
  readonly maxHops: number;
  readonly validator: DataValidator;
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
const NOBODY =
  "Nobody would confirm the event: no subscription matches it. Create one, or set the task header 'Host'.";

/**
 * Serves the jobs of the router's types: each sends an event, and completes at once, when its receivers have taken the
 * event, or on a reply.
 */
export class JobService {
  readonly #parts: JobServiceParts;
  readonly #plans = new JobPlans();
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
    const known = this.#waitsLater(job) ? this.#parts.stores.waits.row(job.key) : undefined;
    const made = this.#make(tx, job, known?.answers ?? 0, cause);
    if (made.ok && this.#parts.bindings.isWatchOnly(tx.state, job.value.processDefinitionKey)) {
      this.#watch(tx, job, made.outgoing);
      return;
    }
    const hops = cause ? cause.hops + 1 : 0;
    const reason = made.ok ? this.#obstacle(made.outgoing, hops) : made.reason;
    if (!made.ok || reason !== undefined) {
      this.#fail(tx, job, reason ?? '');
      return;
    }
    const { outgoing } = made;
    const receivers = this.#receivers(outgoing);
    if (outgoing.wait?.mode === 'confirm' && receivers.length === 0) {
      this.#fail(tx, job, NOBODY);
      return;
    }
    const trace = traceOf(outgoing.event);
    const origin = { hops, causeJob: job.key, trace, ...(cause && { cause: cause.sequence }) };
    const sequence = this.#send(tx, outgoing, origin);
    if (outgoing.wait) this.#wait(tx, job, outgoing.wait, { sequence, hops }, receivers, known);
    else this.#complete(tx, job);
  }

  #waitsLater({ value }: ActivatedJob): boolean {
    const read = this.#plans.of(value);
    return read.ok && read.plan.mode !== 'EMIT_ONLY';
  }

  /** The process only watches: the job stands until it sees the event of somebody else. */
  #watch(tx: Tx, job: ActivatedJob, outgoing: Outgoing): void {
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

  #make(tx: Tx, job: ActivatedJob, answers: number, cause: LoggedEvent | undefined): OutgoingOrReason {
    const { bindings, outgoing } = this.#parts;
    const { processDefinitionKey, processInstanceKey, elementId, variables } = job.value;
    const elementName = bindings.elementName(tx.state, processDefinitionKey, elementId);
    const known = traceOfInstance(tx.rows, processInstanceKey) ?? cause?.trace;
    const trace = traceOfJob(job.key, known, cause?.event, `${outgoing.engineId}-${processInstanceKey}`);
    const named = { ...job, variables, answers, trace, ...(elementName !== undefined && { elementName }) };
    return eventOfJob(named, outgoing, tx.now, this.#plans);
  }

  /** Why an event must not be sent. */
  #obstacle({ event, host }: Outgoing, hops: number): string | undefined {
    const { targets, maxHops, validator } = this.#parts;
    const breach = validator.checkEvent(event);
    if (breach) return `The event is not sent. ${breach.message}`;
    const target = host === undefined ? undefined : targets.resolve(host);
    if (target?.ok === false) return `The task header 'Host': ${target.reason}`;
    return hops > maxHops
      ? `More than ${maxHops} events have caused one another; this looks like a loop, so no further one is sent.`
      : undefined;
  }

  /** Lanes whose answers matter to the job: of the host that it names, else of the subscriptions that match now. */
  #receivers({ event, host, wait }: Outgoing): readonly string[] {
    if (!wait) return [];
    const { errorStatuses, failStatuses } = wait.mapping ?? {};
    if (wait.mode === 'reply' && !errorStatuses && !failStatuses) return [];
    if (host !== undefined) return [laneText({ kind: 'host', address: host })];
    return this.#parts.stores.subscriptions
      .matching(event)
      .map((id) => laneText({ kind: 'subscription', id }));
  }

  /** Stores the event with its deliveries; answers its sequence. */
  #send(tx: Tx, { event, host }: Outgoing, origin: Origin): number {
    const { stores, intake } = this.#parts;
    const lane = host === undefined ? undefined : ({ kind: 'host', address: host } as const);
    const { sequence, duplicate, routable } = intake.accept(tx, event, origin, lane);
    // The job was served before: the same event goes out again, receivers drop it by its id.
    if (duplicate) intake.deliver(tx, sequence, event, lane);
    // In its turn, in a later transaction.
    if (routable) stores.log.markToRoute(sequence);
    return sequence;
  }

  #wait(
    tx: Tx,
    { key, value }: ActivatedJob,
    wait: Wait,
    sent: { readonly sequence: number; readonly hops: number },
    receivers: readonly string[],
    known: WaitRow | undefined,
  ): void {
    const { stores } = this.#parts;
    const { retries, timeout, ...rest } = wait;
    const { processInstanceKey, elementId } = value;
    const until = timeout === undefined ? undefined : tx.now + timeout;
    const row = { jobKey: key, processInstanceKey, elementId, ...sent, since: tx.now, ...rest };
    stores.waits.put({ ...row, ...(until !== undefined && { until }) });
    stores.confirmations.expect(key, sent.sequence, receivers);
    // Once: from then on the job's own count goes down, as a worker's would.
    if (!known && retries !== undefined && retries !== value.retries)
      tx.execute({ valueType: 'JOB', intent: 'UPDATE_RETRIES', key, value: { retries } });
    const early = wait.mode === 'reply' ? this.#earlyReply(tx, key, wait, known !== undefined) : undefined;
    if (early !== undefined) stores.log.markToRoute(early);
  }

  #earlyReply(
    tx: Tx,
    jobKey: number,
    { waitType, correlationKey, mapping }: Wait,
    again: boolean,
  ): number | undefined {
    const { earlyReplies } = this.#parts.stores;
    const kept = again ? earlyReplies.takeOf(jobKey, tx.now) : undefined;
    if (kept !== undefined || correlationKey === undefined) return kept;
    const types = [...(waitType === undefined ? [] : [waitType]), ...(mapping ? mappedTypes(mapping) : [])];
    for (const type of types) {
      const early = earlyReplies.take(type, correlationKey, tx.now);
      if (early !== undefined) return early;
    }
    return undefined;
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
