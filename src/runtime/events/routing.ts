import type { LoggedEvent } from '../../broker/index.ts';
import { attribute, type CloudEvent, typeOf } from '../../cloudevents/index.ts';
import type { Document } from '../../engine/records/record.ts';
import { JOBS } from '../../engine/state/tables.ts';
import {
  correlationKeyOf,
  type EventRule,
  type Fate,
  type IncomingSettings,
  type KeptFate,
  type MessagePlan,
  type Routing as RouterDecision,
  route,
  traceOf,
  type WaitingJob,
} from '../../router/index.ts';
import type { DataValidator } from '../../schemas/index.ts';
import type { JournalRecord } from '../../store/journal.ts';
import type { Tx } from '../module.ts';
import type { Bindings } from './bindings.ts';
import { startTrace, traceOfInstance } from './instance-traces.ts';
import type { Intake } from './intake.ts';
import { failureCommand } from './job-failures.ts';
import { Publishing } from './publishing.ts';
import type { EventStores } from './stores.ts';
import { nearMisses, routerView } from './view.ts';

export interface RoutingParts {
  readonly stores: EventStores;
  readonly intake: Intake;
  readonly bindings: Bindings;
  readonly rules: ReadonlyMap<string, EventRule>;
  readonly incoming: IncomingSettings;
  readonly validator: DataValidator;
  readonly reuseIdSources: ReadonlySet<string>;
  readonly windowMs: number;
  /** Told, before its effects, that the event that is routed is the reply to a job. */
  readonly onReply: (job: WaitingJob) => void;
}

/** One list, as many events have it in common: it is written as text once. */
const HOMELESS: readonly KeptFate[] = [{ kind: 'unmatched' }];

type FailureReply = Extract<RouterDecision, { readonly kind: 'errorReply' | 'failReply' }>;
type EarlyReply = Extract<RouterDecision, { readonly kind: 'earlyReply' }>;

/** Carries out what the router decides about an event. */
export class Routing {
  readonly #parts: RoutingParts;
  readonly #publishing: Publishing;

  constructor(parts: RoutingParts) {
    this.#parts = parts;
    this.#publishing = new Publishing(parts.stores, parts.reuseIdSources, parts.windowMs);
  }

  /** Moves the processes that wait for this event, and notes what became of it. In the scope of the caller. */
  run(tx: Tx, logged: LoggedEvent): void {
    const { sequence, event } = logged;
    const { intake, stores, bindings, incoming } = this.#parts;
    stores.log.markRouted(sequence);
    const fates = this.#decide(tx, logged);
    const kept = fates.some(({ kind }) => kind === 'earlyReply');
    const seen = kept ? [] : stores.watch.see(tx, logged, bindings, tx.now + incoming.timeToLive);
    const homeless = seen.length > 0 && fates.every(({ kind }) => kind === 'unmatched');
    const told = homeless ? seen : seen.length === 0 ? fates : [...fates, ...seen];
    this.#trace(tx, logged, told);
    intake.fate(tx, sequence, event, told);
  }

  /** An instance belongs to the business transaction of the event that started it, and events that move it as well. */
  #trace(tx: Tx, { sequence, event, trace = traceOf(event) }: LoggedEvent, fates: readonly KeptFate[]): void {
    const { log } = this.#parts.stores;
    for (const fate of fates) {
      if (!('processInstanceKey' in fate)) continue;
      const key = Number(fate.processInstanceKey);
      if (fate.kind === 'started') startTrace(tx.rows, key, trace);
      else if (attribute(event, 'correlationid') === undefined) {
        const known = traceOfInstance(tx.rows, key);
        if (known) tx.onUndo(log.setTrace(sequence, { ...trace, ...traceOf(event, known) }));
      }
    }
  }

  /** Key of the message that these records published and whose fate is told. */
  told(records: readonly JournalRecord[]): number | undefined {
    return this.#publishing.told(records);
  }

  #decide(tx: Tx, logged: LoggedEvent): readonly KeptFate[] {
    const { stores, bindings, incoming, rules, validator } = this.#parts;
    const { sequence, event } = logged;
    const breach = validator.checkEvent(event);
    if (breach !== undefined) return [{ kind: 'refused', reason: breach.message }];
    const routing = route(event, routerView(tx.state, bindings, stores, rules), incoming, tx.now);
    switch (routing.kind) {
      case 'reply':
        this.#parts.onReply(routing.job);
        return [this.#reply(tx, sequence, routing.job, routing.variables)];
      case 'errorReply':
      case 'failReply':
        this.#parts.onReply(routing.job);
        return [this.#failure(tx, sequence, routing)];
      case 'unusableReply':
      case 'lateReply':
        return [{ kind: routing.kind, jobKey: String(routing.job.jobKey), reason: routing.reason }];
      case 'unknownJob':
      case 'expired':
        return [routing];
      case 'earlyReply':
        return [this.#early(sequence, event, routing)];
      case 'messages':
        return this.#messages(tx, logged, routing);
      case 'unmatched':
        return this.#unmatched(tx, event);
    }
  }

  #messages(tx: Tx, logged: LoggedEvent, plan: MessagePlan): readonly KeptFate[] {
    if (plan.reason === undefined) return this.#publishing.run(tx, logged, plan);
    const unmatched = this.#unmatched(tx, logged.event, plan.reason);
    return plan.told.length === 0 ? unmatched : [...plan.told, ...unmatched];
  }

  #unmatched(tx: Tx, event: CloudEvent, reason?: string): readonly KeptFate[] {
    const { waits } = this.#parts.stores;
    const near = nearMisses(tx.state, waits, typeOf(event), correlationKeyOf(event));
    if (reason === undefined && near.length === 0) return HOMELESS;
    return [
      {
        kind: 'unmatched',
        ...(reason !== undefined && { reason }),
        ...(near.length > 0 && { nearMisses: near }),
      },
    ];
  }

  #reply(tx: Tx, sequence: number, job: WaitingJob, variables: Document): Fate {
    const { jobKey, processInstanceKey, elementId } = job;
    const command = { valueType: 'JOB', intent: 'COMPLETE', key: jobKey, value: { variables } } as const;
    const { answer } = tx.execute(command);
    if (answer.kind === 'rejected')
      return { kind: 'lateReply', jobKey: String(jobKey), reason: answer.reason };
    this.#parts.stores.waits.end(jobKey, `Event number ${sequence} has completed the job before.`, tx.now);
    return {
      kind: 'reply',
      jobKey: String(jobKey),
      processInstanceKey: String(processInstanceKey),
      elementId,
    };
  }

  /** A reply that tells of a failure: the job throws a BPMN error, or fails and is tried again. */
  #failure(tx: Tx, sequence: number, reply: FailureReply): Fate {
    const { waits } = this.#parts.stores;
    const { job, note, variables } = reply;
    const { jobKey, processInstanceKey, elementId, mapping } = job;
    const [message, verdict] =
      reply.kind === 'errorReply'
        ? [reply.errorMessage, { kind: 'throw', errorCode: reply.errorCode } as const]
        : [reply.reason, { kind: 'fail' } as const];
    // Before the job may be served again: its next event is another one.
    waits.countAnswer(jobKey);
    const command = failureCommand(tx, verdict, { jobKey, mapping, message, variables });
    const { answer } = tx.execute(command);
    if (answer.kind === 'rejected')
      return { kind: 'lateReply', jobKey: String(jobKey), reason: answer.reason };
    if (tx.state.get(JOBS, jobKey) === undefined)
      waits.end(jobKey, `Event number ${sequence} has ended the job before.`, tx.now);
    return {
      ...(command.intent === 'FAIL'
        ? { kind: 'failReply', retries: command.value.retries }
        : { kind: 'errorReply', errorCode: command.value.errorCode }),
      jobKey: String(jobKey),
      processInstanceKey: String(processInstanceKey),
      elementId,
      ...(note !== undefined && { note }),
    };
  }

  #early(sequence: number, event: CloudEvent, { kind, correlationKey, until, jobKey }: EarlyReply): Fate {
    this.#parts.stores.earlyReplies.keep(sequence, typeOf(event), correlationKey, until, jobKey);
    return { kind, correlationKey, until, ...(jobKey !== undefined && { jobKey: String(jobKey) }) };
  }
}
