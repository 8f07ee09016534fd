import type { LoggedEvent } from '../../broker/index.ts';
import { type CloudEvent, typeOf } from '../../cloudevents/index.ts';
import type { Document } from '../../engine/records/record.ts';
import {
  correlationKeyOf,
  type EventRule,
  type Fate,
  type IncomingSettings,
  type MessagePlan,
  route,
  type WaitingJob,
} from '../../router/index.ts';
import type { DataValidator } from '../../schemas/index.ts';
import type { JournalRecord } from '../../store/journal.ts';
import type { Tx } from '../module.ts';
import type { Bindings } from './bindings.ts';
import type { Intake } from './intake.ts';
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
}

/** Carries out what the router decides about an event. */
export class Routing {
  readonly #parts: RoutingParts;
  readonly #publishing: Publishing;

  constructor(parts: RoutingParts) {
    this.#parts = parts;
    this.#publishing = new Publishing(parts.stores, parts.reuseIdSources);
  }

  /** Moves the processes that wait for this event, and notes what became of it. In the scope of the caller. */
  run(tx: Tx, logged: LoggedEvent): void {
    const { intake, stores } = this.#parts;
    stores.log.markRouted(logged.sequence);
    intake.fate(tx, logged.sequence, logged.event, this.#decide(tx, logged));
  }

  told(records: readonly JournalRecord[]): boolean {
    return this.#publishing.told(records);
  }

  #decide(tx: Tx, logged: LoggedEvent): readonly Fate[] {
    const { stores, bindings, incoming, rules, validator } = this.#parts;
    const { sequence, event } = logged;
    const breach = validator.checkEvent(event);
    if (breach !== undefined) return [{ kind: 'refused', reason: breach.message }];
    const routing = route(event, routerView(tx.state, bindings, stores, rules), incoming, tx.now);
    switch (routing.kind) {
      case 'reply':
        return [this.#reply(tx, sequence, routing.job, routing.variables)];
      case 'error':
        return [this.#throw(tx, sequence, routing.job, routing.code, routing.variables)];
      case 'unusableReply':
      case 'lateReply':
        return [{ kind: routing.kind, jobKey: String(routing.job.jobKey), reason: routing.reason }];
      case 'unknownJob':
      case 'expired':
        return [routing];
      case 'earlyReply':
        stores.earlyReplies.keep(sequence, typeOf(event), routing.correlationKey, routing.until);
        return [routing];
      case 'messages':
        return this.#messages(tx, logged, routing);
      case 'unmatched':
        return [this.#unmatched(tx, event, routing.reason)];
    }
  }

  #messages(tx: Tx, logged: LoggedEvent, plan: MessagePlan): readonly Fate[] {
    if (plan.reason === undefined) return this.#publishing.run(tx, logged, plan);
    return [...plan.told, this.#unmatched(tx, logged.event, plan.reason)];
  }

  #unmatched(tx: Tx, event: CloudEvent, reason: string): Fate {
    const { waits } = this.#parts.stores;
    const near = nearMisses(tx.state, waits, typeOf(event), correlationKeyOf(event));
    return { kind: 'unmatched', reason, nearMisses: near };
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

  #throw(tx: Tx, sequence: number, job: WaitingJob, errorCode: string, variables: Document): Fate {
    const { jobKey, processInstanceKey, elementId } = job;
    const value = { errorCode, errorMessage: `Thrown by event number ${sequence}.`, variables };
    const { answer } = tx.execute({ valueType: 'JOB', intent: 'THROW_ERROR', key: jobKey, value });
    if (answer.kind === 'rejected')
      return { kind: 'lateReply', jobKey: String(jobKey), reason: answer.reason };
    this.#parts.stores.waits.end(
      jobKey,
      `Event number ${sequence} has ended the job before, with an error.`,
      tx.now,
    );
    return {
      kind: 'errorThrown',
      jobKey: String(jobKey),
      processInstanceKey: String(processInstanceKey),
      elementId,
      errorCode,
    };
  }
}
